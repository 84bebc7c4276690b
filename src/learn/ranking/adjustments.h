// Adjustments of scores before a list is made: towards what is less known, and away from what was shown often without effect.
// Scores are 0 to 1 here and stay so (a blend's are; a ranker's by unit_range).
//
// Pure functions.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace attune::learn {

// How little known something is: −log2(share of people who touched it), as a share of what the least known can have, which is
// somebody's first touch: 0 for what everybody knows, 1 for what at most one in `people` does (Vargas and Castells, 2011).
[[nodiscard]] inline double novelty(double touched_by, double people) {
    if (!(people > 1)) return 0;
    const double share = std::clamp(touched_by, 1.0, people) / people;
    return std::log(share) / std::log(1 / people);
}

// (1 − weight) · score + weight · novelty; weight 0 to 1.
[[nodiscard]] inline double with_novelty(double score, double novelty, double weight) {
    return (1 - weight) * score + weight * novelty;
}

// How often something was shown in vain, as it is remembered: each time counts 2^(−age / half-life). A click sets it back to
// none. Kept as a number and the time it is of, so that what was shown need not be listed.
struct Shown {
    double times = 0;
    std::int64_t at = 0;  // in seconds

    // As of `now`; of earlier times as it is.
    [[nodiscard]] double as_of(std::int64_t now, double half_life_seconds) const {
        const double age = static_cast<double>(std::max(now, at) - at);
        return times * std::exp2(-age / half_life_seconds);
    }
    // One more. May come out of order: what is older counts for less.
    [[nodiscard]] Shown and_once_more(std::int64_t now, double half_life_seconds) const {
        const std::int64_t later = std::max(now, at);
        const double once = std::exp2(-static_cast<double>(later - now) / half_life_seconds);
        return {as_of(later, half_life_seconds) + once, later};
    }
};

struct Fatigue {
    double keep = 0.85;  // of the score, each time
    double floor = 0.2;  // what is never lost
    double half_life_seconds = 7 * 86'400.0;
};

// score · (floor + (1 − floor) · keep^times): three times in vain cost a third of it, as it is set here, and a week later half as many.
[[nodiscard]] inline double with_fatigue(double score, const Shown& shown, std::int64_t now,
                                         const Fatigue& fatigue = {}) {
    const double times = shown.as_of(now, fatigue.half_life_seconds);
    return score * (fatigue.floor + (1 - fatigue.floor) * std::pow(fatigue.keep, times));
}

}  // namespace attune::learn
