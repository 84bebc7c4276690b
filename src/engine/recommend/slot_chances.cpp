#include "engine/recommend/slot_chances.h"

#include "learn/bandit/strategies.h"

#include <algorithm>
#include <numeric>

namespace attune::engine {
namespace {

// As if twenty showings had been seen of which one was chosen, until there are more.
constexpr double kShownBefore = 20;
constexpr double kChosenBefore = 1;

// An item that was never tried is expected to do as all that were tried here, and is known as little as by one choice: one showing in
// vain hardly speaks against it, and one choice speaks for it.
learn::BetaPrior prior_of(const learn::Tally& all) {
    const double mean =
        (all.reward_sum + kChosenBefore) / (std::max(all.trials, all.reward_sum) + kShownBefore);
    return {.successes = 1, .failures = std::max(1.0, (1 - mean) / mean)};
}

}  // namespace

double expected_rate(const learn::Tally& item, const learn::Tally& all) {
    const learn::BetaPrior prior = prior_of(all);
    const double vain = std::max(0.0, item.trials - item.reward_sum);
    return (prior.successes + item.reward_sum) /
           (prior.successes + prior.failures + item.reward_sum + vain);
}

SlotChances::SlotChances(const domain::PlacementExploration& exploration, const Asking& asking,
                         const std::deque<Candidate>& left)
    : exploration_(exploration) {
    if (exploration.by != domain::PlacementExplorationBy::thompson || left.empty()) return;
    const std::size_t compared = std::min(left.size(), kComparedMax);
    const TriedItems nothing;
    const TriedItems& tried = asking.tried ? *asking.tried : nothing;
    std::vector<learn::Tally> arms;
    for (std::size_t i = 0; i < compared; ++i) arms.push_back(tried.of(left[i].item, asking.now));
    const auto chances = learn::thompson_bernoulli(arms, prior_of(tried.of_all(asking.now)));
    if (!chances) return;  // of what no trials can have: each alike
    for (std::size_t i = 0; i < compared; ++i) is_best_.emplace(left[i].item, (*chances)[i]);
}

std::vector<double> SlotChances::of(const std::deque<Candidate>& left) const {
    std::vector<double> chances(left.size(), 1 / static_cast<double>(left.size()));
    if (!is_best_.empty()) {
        std::vector<double> best(left.size(), 0);
        for (std::size_t i = 0; i < left.size(); ++i)
            if (const auto found = is_best_.find(left[i].item); found != is_best_.end())
                best[i] = found->second;
        // Those before may have taken all that had a chance.
        if (const double sum = std::accumulate(best.begin(), best.end(), 0.0); sum > 0)
            for (std::size_t i = 0; i < left.size(); ++i)
                chances[i] = kEvenly * chances[i] + (1 - kEvenly) * best[i] / sum;
    }
    for (double& chance : chances) chance *= exploration_.share;
    chances.front() += 1 - exploration_.share;
    return chances;
}

}  // namespace attune::engine
