#include "engine/recommend/scoring.h"

#include "engine/recommend/item_sight.h"
#include "engine/recommend/ranking_features.h"
#include "learn/ranking/adjustments.h"
#include "learn/ranking/unit_range.h"

#include <algorithm>
#include <span>

namespace attune::engine {
namespace {

// The placement's filter and boosts as one question's candidates meet them: read from masks where these are known for all
// items, else worked out with the item shown.
class Conditions {
public:
    Conditions(const CompiledPlacement& placement, const Asking& asking, LogicValue surroundings,
               ConditionWork& work)
        : placement_(placement),
          work_(work),
          masks_(*asking.masks),
          filters_(placement.filter && !masks_.filter),
          sight_(*asking.catalogue, asking.now, reads()),
          item_{{"item", sight_.data()}},
          data_{.members = item_, .rest = surroundings, .depth = 3},
          input_{.data = LogicValue(data_), .now = asking.now} {}
    Conditions(const Conditions&) = delete;
    Conditions& operator=(const Conditions&) = delete;

    void look_at(ItemNumber item) {
        now_ = item;
        if (shows_) sight_.show(item);
    }
    // The mask of what is allowed has seen to the filter where it is known.
    [[nodiscard]] bool passes() { return !filters_ || holds(*placement_.filter); }
    [[nodiscard]] bool lifts(std::size_t boost) {
        if (const auto& mask = masks_.boosts[boost]) return mask->allows(now_);
        return holds(placement_.boosts[boost].condition);
    }

private:
    [[nodiscard]] ItemReads reads() {
        ItemReads reads;
        shows_ = filters_;
        if (filters_) reads = placement_.filter_reads;
        for (std::size_t i = 0; i < placement_.boosts.size(); ++i) {
            if (masks_.boosts[i]) continue;
            shows_ = true;
            reads = reads.with(placement_.boosts[i].reads);
        }
        return reads;
    }
    [[nodiscard]] bool holds(const Logic& condition) { return work_.holds(condition, input_); }

    const CompiledPlacement& placement_;
    ConditionWork& work_;
    const PlacementMasks& masks_;
    const bool filters_;
    bool shows_ = false;
    ItemSight sight_;
    LogicMember item_[1];
    LogicRecord data_;
    LogicInput input_;
    ItemNumber now_ = 0;
};

}  // namespace

// What the ranker makes of each, from 0 to 1 among those of one answer, as weights make it: its own unit means nothing.
void rank_candidates(const ServedRanker& ranker, const Asking& asking,
                     std::span<Candidate> candidates) {
    const RankingFeatures features(asking);
    std::vector<float> rows(candidates.size() * RankingFeatures::kCount);
    for (std::size_t i = 0; i < candidates.size(); ++i)
        features.write(candidates[i], std::span(rows).subspan(i * RankingFeatures::kCount,
                                                              RankingFeatures::kCount));
    std::vector<float> scores(candidates.size());
    ranker.score(RankingFeatures::names(), rows, scores);
    const std::vector<double> unit = learn::unit_range(scores);
    for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i].score = unit[i];
}

// A tenth for each time, never less than a fifth of it.
float fatigue_of(const domain::PlacementFatigue& fatigue, double times) {
    const learn::Fatigue how{.keep = 1 - fatigue.strength};
    return static_cast<float>(learn::with_fatigue(1, {.times = times, .at = 0}, 0, how));
}

double boosted_by(const CompiledPlacement& placement, const Candidate& one) {
    double factor = 1;
    for (std::size_t i = 0; i < placement.boosts.size(); ++i)
        if ((one.boosts >> i & 1U) != 0) factor *= placement.boosts[i].factor;
    return std::min(factor, kLiftMax);
}

void score_candidates(const CompiledPlacement& placement, const Asking& asking,
                      const Ranking& ranking, LogicValue surroundings, ConditionWork& work,
                      std::vector<Candidate>& candidates) {
    Conditions conditions(placement, asking, surroundings, work);
    std::erase_if(candidates, [&](Candidate& one) {
        conditions.look_at(one.item);
        if (!conditions.passes()) return true;
        for (std::size_t i = 0; i < placement.boosts.size(); ++i)
            if (conditions.lifts(i)) one.boosts |= std::uint64_t{1} << i;
        return false;
    });
    for (Candidate& one : candidates) one.score = ranking.blend(one);
    if (ranking.ranker != nullptr) rank_candidates(*ranking.ranker, asking, candidates);
    const auto fatigue = placement.definition.fatigue.value_or(domain::PlacementFatigue{});
    for (Candidate& one : candidates) {
        one.score *= boosted_by(placement, one);
        one.fatigue = fatigue_of(fatigue, asking.shown_in_vain(one.item));
        one.score *= double{one.fatigue};
    }
    std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
        return a.score != b.score ? a.score > b.score : a.item < b.item;
    });
}

}  // namespace attune::engine
