// Asking: all that one answer looks at, taken together at one instant: the person, what they like, the catalogue, what
// everybody does, the model. Lives on the stack of one request.
#pragma once

#include "base/time.h"
#include "domain/item.h"
#include "engine/activity/activity.h"
#include "engine/catalogue/catalogue_snapshot.h"
#include "engine/decide/person_facts.h"
#include "engine/models/served_model.h"
#include "engine/outcomes/tried_items.h"
#include "engine/recommend/condition_masks.h"
#include "engine/recommend/taste.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

namespace attune::engine {

// When and on what they ask, where that is known.
struct Moment {
    std::optional<double> hour;     // 0 to 23, where they are
    std::optional<double> weekday;  // 0 is Monday
    std::optional<bool> is_mobile;
};

struct Asking {
    base::Time now;
    std::shared_ptr<const PersonFacts> facts;  // of somebody known who lets us; else null
    Taste taste;
    std::shared_ptr<const CatalogueSnapshot> catalogue;
    std::shared_ptr<const ActivityOfTenant> activity;
    std::shared_ptr<const ServedModel> model;     // null: none is published
    std::shared_ptr<const ServedModel> content;   // null: there is none yet
    std::shared_ptr<const PlacementMasks> masks;  // null before the placement is known
    std::vector<ItemNumber> seeds;                // that the answer is to go with
    // A placement that names no sources looks for what is similar only where it is asked what goes with something.
    bool is_similar_for_seeds_alone = false;
    std::optional<domain::GeoPoint> place;
    Moment moment;
    std::vector<ShownInVain> in_vain;            // by item
    std::shared_ptr<const TriedItems> tried;     // by the placement; null: nothing was
    std::shared_ptr<const ItemTallies> ratings;  // null: none are known

    // How often they were shown it and did not choose it.
    [[nodiscard]] double shown_in_vain(ItemNumber item) const {
        const auto found = std::ranges::lower_bound(in_vain, item, {}, &ShownInVain::item);
        return found == in_vain.end() || found->item != item ? 0 : double{found->times};
    }
    [[nodiscard]] std::int64_t seconds() const {
        return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    }
};

}  // namespace attune::engine
