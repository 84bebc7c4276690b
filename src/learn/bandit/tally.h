// Tally: what is known of an arm, in three sums. Showing an arm and being rewarded for it are two
// events, for a purchase may follow its banner by days: `show` counts the trial at once, `reward`
// adds what it brought whenever that comes. Sums of different processes merge by addition.
//
//     tally.show(now, memory);
//     tally.reward(1.0, shown_at, memory);     // later; in any order among other events
//
// In a world that changes, old trials should count less: with a half-life, every trial and its
// reward weigh ½^(age/half-life). `at` is the time that the sums are as of. Merging and late
// rewards bring both sides to the same time first, so the order of events makes no difference
// beyond rounding.
//
// A plain value; not thread-safe; nothing can fail.
#pragma once

#include "base/describe.h"
#include "base/time.h"

#include <boost/describe/class.hpp>

namespace attune::learn {

// How fast the past fades; zero: never.
struct Memory {
    base::Duration half_life{0};

    // What a weight of 1 at `from` has become at `to`; above 1 when `to` is earlier.
    [[nodiscard]] double kept(base::Time from, base::Time to) const;
};

struct Tally {
    double trials = 0;
    double reward_sum = 0;
    double reward_squares = 0;
    base::Time at{};

    void show(base::Time when, const Memory& memory);
    void reward(double value, base::Time shown_at, const Memory& memory);
    // What was told of a trial was too little, or too much: as if `after` had been told instead of `before`.
    void revise(double before, double after, base::Time shown_at, const Memory& memory);
    void merge(const Tally& other, const Memory& memory);
    // Brings the sums to a later time; an earlier one changes nothing.
    void age(base::Time now, const Memory& memory);

    // 0 before the first trial.
    [[nodiscard]] double mean() const { return trials > 0 ? reward_sum / trials : 0; }
};
BOOST_DESCRIBE_STRUCT(Tally, (), (trials, reward_sum, reward_squares, at))

}  // namespace attune::learn
