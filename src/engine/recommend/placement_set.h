// PlacementSet: all of a tenant's placements as they are in force, and the older versions that are on trial.
//
// Immutable and thread-safe.
#pragma once

#include "engine/definitions/definitions.h"
#include "engine/recommend/compiled_placement.h"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class PlacementSet {
public:
    // The errors of CompiledPlacement.
    [[nodiscard]] static Result<std::shared_ptr<const PlacementSet>> compile(
        std::span<const Definition> definitions);

    // Whether there is one, active or not.
    [[nodiscard]] bool has(std::string_view id) const { return placements_.contains(id); }
    // Null where there is none, or none that is active.
    [[nodiscard]] std::shared_ptr<const CompiledPlacement> find(std::string_view id) const;
    // The version that is on trial with the variant; the newest for every other one.
    [[nodiscard]] std::shared_ptr<const CompiledPlacement> find(std::string_view id,
                                                                std::string_view variant) const;

private:
    struct Entry {
        std::shared_ptr<const CompiledPlacement> newest;
        std::map<std::string, std::shared_ptr<const CompiledPlacement>, std::less<>> by_variant;
    };
    std::map<std::string, Entry, std::less<>> placements_;
};

using Placements = Definitions<PlacementSet>;

// What a placement asks for that is written down so; nothing where it cannot be read.
[[nodiscard]] std::vector<std::string> segments_of_placement(const base::JsonText& body);
// "placement home", of those that ask for the segment.
[[nodiscard]] Result<std::vector<std::string>> placements_asking_for(Placements& placements,
                                                                     domain::TenantId tenant,
                                                                     std::string_view segment);

[[nodiscard]] std::unique_ptr<Placements> make_placements(store::Store& store,
                                                          const base::Clock& clock);

}  // namespace attune::engine
