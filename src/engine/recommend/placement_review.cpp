#include "engine/recommend/placement_review.h"

#include "base/field_error.h"
#include "engine/recommend/condition_work.h"
#include "engine/recommend/item_sight.h"

#include <algorithm>
#include <string>

namespace attune::engine {
namespace {

constexpr ItemNumber kSample = 32;

// Some from all over the catalogue, and one that is not in it: what an empty catalogue is tried with.
std::vector<ItemNumber> sample_of(const CatalogueSnapshot& catalogue) {
    std::vector<ItemNumber> sample{static_cast<ItemNumber>(catalogue.width())};
    const ItemNumber width = static_cast<ItemNumber>(catalogue.width());
    const ItemNumber step = std::max<ItemNumber>(1, width / kSample);
    for (ItemNumber number = 0; number < width; number += step)
        if (catalogue.item(number) != nullptr) sample.push_back(number);
    return sample;
}

Result<void> check_cost(const Logic& condition, const std::string& pointer,
                        const CatalogueSnapshot& catalogue, std::span<const ItemNumber> sample,
                        base::Time now) {
    ItemSight sight(catalogue, now, ItemReads::of(condition));
    for (const ItemNumber number : sample) {
        sight.show(number);
        const LogicMember item[] = {{"item", sight.data()}};
        const LogicRecord data{.members = item, .rest = {}, .depth = 3};
        const auto holds = condition.holds(
            {.data = LogicValue(data), .now = now, .steps_max = ConditionWork::kItemSteps});
        if (holds || holds.error().code != Code::resource_exhausted) continue;
        const std::string whom = catalogue.item(number) == nullptr
                                     ? std::string("an item")
                                     : "item " + std::string(catalogue.id_of(number));
        return fail_field(pointer, "takes more than " + std::to_string(ConditionWork::kItemSteps) +
                                       " steps for " + whom +
                                       "; it is asked for each item, so it must be simpler");
    }
    return {};
}

bool is_constant(const Logic& logic) {
    return logic.reads().empty() && logic.segments_asked().empty() && !logic.asks_the_time();
}

// What is asked to be one of some values and elsewhere one of others; empty where nothing is.
std::string asked_to_be_two(const Logic& logic) {
    const auto all = logic.necessary_equalities();
    for (auto one = all.begin(); one != all.end(); ++one)
        for (auto other = all.begin(); other != one; ++other) {
            if (one->path != other->path) continue;
            const bool has_common = std::ranges::any_of(one->values, [&](const std::string& value) {
                return std::ranges::find(other->values, value) != other->values.end();
            });
            if (!has_common) return one->path;
        }
    return {};
}

}  // namespace

Result<void> check_sense(const CompiledPlacement& placement) {
    if (!placement.filter) return {};
    if (is_constant(*placement.filter) && !placement.filter->holds({}).value_or(false))
        return fail_field("/filter", "is never true, so nothing would ever be shown");
    const std::string path = asked_to_be_two(*placement.filter);
    if (path.empty()) return {};
    return fail_field(
        "/filter", "wants '" + path + "' to be two things at once, so nothing would ever be shown");
}

Result<void> check_costs(const CompiledPlacement& placement, const CatalogueSnapshot& catalogue,
                         base::Time now) {
    const auto sample = sample_of(catalogue);
    if (placement.filter)
        ATTUNE_TRY_VOID(check_cost(*placement.filter, "/filter", catalogue, sample, now));
    for (std::size_t i = 0; i < placement.boosts.size(); ++i)
        ATTUNE_TRY_VOID(check_cost(placement.boosts[i].condition,
                                   "/boosts/" + std::to_string(i) + "/condition", catalogue, sample,
                                   now));
    return {};
}

}  // namespace attune::engine
