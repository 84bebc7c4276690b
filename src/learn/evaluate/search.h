// Search for good settings of a learner: seeded draws within the bounds that its settings name, then steps around the best so
// far, each judged by NDCG on a validation exam. The exam is cut from the training part of whatever is reported in the end, so
// nothing is chosen on a test.
//
//     ATTUNE_TRY(const Exam validation, cut_again(exam.train, like, seed));
//     ATTUNE_TRY(const Found found, search(kIals, {}, {validation}, {.tries_max = 40}, training));
//     ATTUNE_TRY(const auto settings, Settings::of(kIals, found.given));
#pragma once

#include "learn/evaluate/exam.h"

#include <functional>
#include <vector>

namespace attune::learn {

struct SearchOptions {
    unsigned tries_max = 1'000;  // beside the settings that it begins with
    // Tried before anything is drawn: what was found good at another time. What they say of settings that are not searched does
    // not count.
    std::vector<Settings::Given> also{};
    // Where a setting is searched below its own upper bound only: factors, for a catalogue that answers have to look through.
    Settings::Given at_most{};
    std::size_t at = 10;
    bool may_repeat = false;
    // Asked between tries and while a model learns, which then ends unfinished; for a budget of time.
    std::function<bool()> is_over = [] { return false; };
    // Told of each try; from the calling thread.
    std::function<void(const Settings::Given& tried, double ndcg)> on_try{};
};

struct Found {
    Settings::Given given;  // what was given, and the best of what was searched
    double ndcg = 0;
    unsigned tries = 0;
};

// Whether a search with this given has anything to vary.
[[nodiscard]] bool has_searched_settings(const Learner& learner, const Settings::Given& given);

// Begins with `given`, beside which fallbacks stand; what is given is not searched. A try that does not fit into memory or
// cannot be learned is passed over; when none can, the last error is the answer. The same for the same seed, for any number
// of threads, where no time is up.
[[nodiscard]] Result<Found> search(const Learner& learner, const Settings::Given& given,
                                   const Exam& validation, const ItemFacts* facts,
                                   const SearchOptions& options, const Training& training);

}  // namespace attune::learn
