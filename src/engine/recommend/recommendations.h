// Recommendations: what a person should be shown in a place, computed when asked from the profile of this instant, the
// catalogue, what everybody does and the tenant's model; with a reason for each, and written into the log of decisions.
//
//     auto answer = recommendations.recommend(tenant, {.placement = "home", .user_id = "ann", .context = context.root()});
//     answer->json;      // {"items": [{"item_id": …, "score": …}], "decision_id": …, "fallbacks": […]}
//
// There is always an answer: what could not be done as asked (an unknown placement or person, no model yet, nothing left by
// the filter) stands in "fallbacks", with why. Thread-safe; reads memory, but for people who are not in it.
#pragma once

#include "base/json_document.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/activity/activity.h"
#include "engine/bandit/bandits.h"
#include "engine/calendar/time_zones.h"
#include "engine/catalogue/catalogue.h"
#include "engine/content/content_models.h"
#include "engine/decisions/decision_log.h"
#include "engine/experiment/experiments.h"
#include "engine/models/models.h"
#include "engine/outcomes/outcomes.h"
#include "engine/profile/people.h"
#include "engine/recommend/condition_masks.h"
#include "engine/recommend/fallback.h"
#include "engine/recommend/placement_set.h"
#include "engine/segment/segments.h"
#include "engine/tenancy/tenant_view.h"

#include <atomic>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct RecommendQuestion {
    std::string_view placement;
    std::string_view user_id;               // empty: nobody in particular
    std::optional<base::JsonView> context;  // an object
    std::optional<std::uint32_t> limit;    // the placement's when empty; at most kRecommendLimitMax
    std::span<const std::string> exclude;  // items not to show
    std::span<const std::string> goes_with;  // items that the answer is to go with
    std::string_view label;                  // only items with it: "category:games"
    // Only these, each once: they are put in order. Empty: whatever may be shown.
    std::span<const std::string> among;
    // As it would be saved, instead of the placement of that id; nothing is recorded then.
    std::shared_ptr<const CompiledPlacement> preview;
    bool reasons = false;
    bool with_items = false;        // each with what the catalogue says of it
    bool record = true;             // false: no decision is kept, for what is not shown yet
    ConditionWork* work = nullptr;  // that it shares with other questions of the same request
};

inline constexpr std::uint32_t kRecommendLimitMax = 200;
inline constexpr std::size_t kRankMax = 1'000;  // items to put in order

struct RecommendAnswer {
    std::string json;
    std::vector<std::string> items;  // their ids, in their order
    Fallbacks fallbacks;             // as the JSON has them
};

class Recommendations {
public:
    // What it is made of; all of it outlives it.
    struct Parts {
        store::Store& store;
        People& people;
        const TenantView& tenants;
        Segments& segments;
        Experiments& experiments;
        Bandits& bandits;
        Placements& placements;
        Catalogue& catalogue;
        Activity& activity;
        Models& models;
        ContentModels& contents;
        Outcomes& outcomes;
        DecisionLog& log;
        const TimeZones& zones;
        const base::Clock& clock;
    };
    explicit Recommendations(const Parts& parts) : parts_(parts) {}

    [[nodiscard]] Result<RecommendAnswer> recommend(TenantId tenant,
                                                    const RecommendQuestion& question);
    // What goes with an item, whoever asks. not_found when the catalogue does not have it.
    [[nodiscard]] Result<RecommendAnswer> similar_items(TenantId tenant, std::string_view item_id,
                                                        std::uint32_t limit, bool with_items);

    // Questions whose conditions on the person took more than those of one may.
    [[nodiscard]] std::uint64_t budgets_spent() const { return budgets_spent_.load(); }

    // Whether the item is in the catalogue and may be shown now.
    [[nodiscard]] Result<bool> is_open(TenantId tenant, std::string_view item_id);
    // For several questions of one request.
    [[nodiscard]] ConditionWork condition_work(const ConditionLimits& limits = {}) const {
        return ConditionWork(parts_.clock, limits);
    }

private:
    class Answering;

    Parts parts_;
    ConditionMasks masks_;
    std::atomic<std::uint64_t> budgets_spent_{0};
};

}  // namespace attune::engine
