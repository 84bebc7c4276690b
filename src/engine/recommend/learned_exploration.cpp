#include "engine/recommend/learned_exploration.h"

#include "engine/recommend/slot_chances.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace attune::engine {
namespace {

struct Promising {
    ItemNumber item = 0;
    learn::Tally tally;
    double expected = 0;
};

double rounded(double value) { return std::round(value * 1'000) / 1'000; }

}  // namespace

std::optional<LearnedExploration> learned_exploration_of(const CompiledPlacement& placement,
                                                         const TriedItems* tried,
                                                         const CatalogueSnapshot& catalogue,
                                                         base::Time now) {
    const auto& exploration = placement.definition.exploration;
    if (!exploration) return std::nullopt;
    LearnedExploration out{
        .by = exploration->by, .slots = exploration->slots, .share = exploration->share};
    if (tried == nullptr) return out;
    const learn::Tally all = tried->of_all(now);
    out.shown = rounded(all.trials);
    out.chosen = rounded(all.reward_sum);
    std::vector<Promising> items;
    tried->each(now, [&](ItemNumber item, const learn::Tally& tally) {
        if (catalogue.item(item) != nullptr)
            items.push_back({item, tally, expected_rate(tally, all)});
    });
    out.tried = items.size();
    const auto last =
        items.begin() + static_cast<std::ptrdiff_t>(std::min(items.size(), kTriedItemsTold));
    std::ranges::partial_sort(items, last, [](const Promising& a, const Promising& b) {
        return a.expected != b.expected ? a.expected > b.expected : a.item < b.item;
    });
    for (const Promising& one : std::span(items.begin(), last))
        out.items.push_back({.item_id = std::string(catalogue.id_of(one.item)),
                             .shown = rounded(one.tally.trials),
                             .chosen = rounded(one.tally.reward_sum),
                             .expected = rounded(one.expected)});
    return out;
}

}  // namespace attune::engine
