#include "learn/bandit/tally.h"

#include <cmath>

namespace attune::learn {

double Memory::kept(base::Time from, base::Time to) const {
    if (half_life.count() <= 0) return 1;
    return std::exp2(-static_cast<double>((to - from).count()) /
                     static_cast<double>(half_life.count()));
}

void Tally::age(base::Time now, const Memory& memory) {
    if (now <= at) return;
    const double kept = memory.kept(at, now);
    trials *= kept;
    reward_sum *= kept;
    reward_squares *= kept;
    at = now;
}

void Tally::show(base::Time when, const Memory& memory) {
    age(when, memory);
    trials += memory.kept(when, at);
}

void Tally::reward(double value, base::Time shown_at, const Memory& memory) {
    age(shown_at, memory);
    const double weight = memory.kept(shown_at, at);
    reward_sum += weight * value;
    reward_squares += weight * value * value;
}

void Tally::revise(double before, double after, base::Time shown_at, const Memory& memory) {
    age(shown_at, memory);
    const double weight = memory.kept(shown_at, at);
    reward_sum += weight * (after - before);
    reward_squares += weight * (after * after - before * before);
}

void Tally::merge(const Tally& other, const Memory& memory) {
    age(other.at, memory);
    const double weight = memory.kept(other.at, at);
    trials += weight * other.trials;
    reward_sum += weight * other.reward_sum;
    reward_squares += weight * other.reward_squares;
}

}  // namespace attune::learn
