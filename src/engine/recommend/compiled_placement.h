// CompiledPlacement: a placement as it is asked: its conditions are programs, its sources' weights sum to 1.
//
// Immutable and thread-safe.
#pragma once

#include "base/result.h"
#include "domain/event_kind.h"
#include "domain/placement.h"
#include "engine/logic/logic.h"
#include "engine/recommend/context_needs.h"
#include "engine/recommend/item_sight.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace attune::engine {

struct CompiledPlacement {
    // invalid_argument names the place: "/filter/and/0", "/pins/1/slot", "/exclude_seen/0/events/0".
    [[nodiscard]] static Result<std::shared_ptr<const CompiledPlacement>> compile(
        std::string id, std::uint64_t version, domain::Placement definition);

    // Of a placement that names none: what does well in general, each where it has something to say; `similar` only where it is
    // asked what goes with something.
    [[nodiscard]] static std::vector<domain::PlacementSource> default_sources();

    struct Boost {
        Logic condition;
        double factor = 1;
        std::string name;          // never empty
        bool is_of_items = false;  // as is_filter_of_items
        ItemReads reads;
    };
    struct Pin {
        std::string item_id;
        std::uint32_t slot = 1;
        std::optional<Logic> condition;
    };
    struct Seen {
        // A kind that has a name is meant whatever its senders call it.
        std::vector<domain::EventKind> kinds;
        std::vector<std::string> names;
        std::chrono::microseconds within{};

        [[nodiscard]] bool means(std::string_view event) const;
    };

    std::string id;
    std::uint64_t version = 0;
    domain::Placement definition;
    std::vector<domain::PlacementSource> sources;  // weights sum to 1
    domain::PlacementRanking ranking = domain::PlacementRanking::written;
    std::optional<Logic> filter;
    // The filter looks at the item alone, so that who passes is the same for everybody until the catalogue changes.
    bool is_filter_of_items = false;
    ItemReads filter_reads;
    ContextNeeds context_needs;  // of the filter
    std::vector<Boost> boosts;
    std::vector<Pin> pins;  // by slot
    std::vector<Seen> exclude_seen;
    // Whose variants its conditions ask for: {"var": "variants.hero"}; sorted.
    std::vector<std::string> experiments;

    // By its filter, boosts and pins; as often as they do.
    [[nodiscard]] std::vector<std::string> segments_asked() const;
    [[nodiscard]] bool is_active() const {
        return definition.status == domain::PlacementStatus::active;
    }
};

}  // namespace attune::engine
