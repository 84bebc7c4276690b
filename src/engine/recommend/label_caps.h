// LabelCaps: how many items of each brand, category or tag an answer has so far, against the most that it may have.
#pragma once

#include "domain/placement.h"
#include "engine/catalogue/catalogue_snapshot.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <span>

namespace attune::engine {

class LabelCaps {
public:
    LabelCaps(std::span<const domain::PlacementCap> caps, const CatalogueSnapshot& catalogue)
        : caps_(caps), catalogue_(catalogue) {}

    // Whether one more of its labels fits.
    [[nodiscard]] bool allow(ItemNumber item) const;
    // True when a label of it is full now, so that others may have come to be out.
    bool take(ItemNumber item);

private:
    // Calls take(label, max) for each label of the item that is capped, until it answers false.
    template <class Take>
    void each_capped(ItemNumber item, Take take) const;

    std::span<const domain::PlacementCap> caps_;
    const CatalogueSnapshot& catalogue_;
    boost::unordered_flat_map<LabelNumber, std::uint32_t> counts_;
};

}  // namespace attune::engine
