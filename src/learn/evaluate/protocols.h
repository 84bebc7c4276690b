// Protocols: how data is cut into what learners may see and what they are then asked. Each is a function from interactions to
// an Exam; cutting the training part of an exam once more gives the validation on which settings are chosen, so that
// nothing is ever chosen on what is reported in the end.
//
//     ATTUNE_TRY(const Exam exam, leave_one_out(interactions));
//     ATTUNE_TRY(const Exam validation, leave_one_out(exam.train));     // the second-last of each
//
// Only touches of positive weight are wanted; all are seen. People without any history, or with nothing wanted, are not
// asked. Every function fails with invalid_argument where nobody is left to ask.
#pragma once

#include "learn/evaluate/exam.h"
#include "learn/evaluate/touch_file.h"

#include <optional>

namespace attune::learn {

// The last touch of each person is tested, and the model sees all before it.
[[nodiscard]] Result<Exam> leave_one_out(const Interactions& all);
// The same where people touch things more than once: what each of them came to last is tested, and the model sees what they
// did before that.
[[nodiscard]] Result<Exam> leave_last_item_out(const Interactions& all);

// A moment that leaves about `share` of all touches after it: the model sees what was before.
[[nodiscard]] Result<Exam> cut_in_time(const Interactions& all, double share);

// About `share` of the people are unknown to the model; each of them brings the older part of their history, and is asked for
// the last `share` of it (at least one touch).
[[nodiscard]] Result<Exam> hold_out_people(const Interactions& all, double share,
                                           std::uint64_t seed);

// Of each person about `share` of the items, with all touches of them, drawn without regard to time, at least one of those who
// touched two.
[[nodiscard]] Result<Exam> hold_out_touches(const Interactions& all, double share,
                                            std::uint64_t seed);

// Two files, and maybe for each person what the tested is ranked against. Everything that any file names is the catalogue.
[[nodiscard]] Result<Exam> exam_of_files(const Vocabulary& vocabulary, Touches train, Touches test,
                                         std::optional<Touches> candidates);

// How an exam was cut, to cut its training part alike.
enum class Cut : std::uint8_t { last, time, people, touches };
inline constexpr double kShare = 0.2;

struct Validation {
    Cut cut = Cut::last;
    double share = kShare;
    std::size_t candidates =
        0;  // drawn for each of the people, of what they have not touched; 0: all
    std::size_t people_max = 10'000;  // evenly picked; more would only cost time
};
[[nodiscard]] Result<Exam> cut_again(const Interactions& train, const Validation& validation,
                                     std::uint64_t seed);
// What fits an exam of two files: the last touch where the test has about one a person, otherwise a draw; as many
// candidates as the exam has.
[[nodiscard]] Validation validation_like(const Exam& exam);

// With the groups that a file told.
void set_groups(Exam& exam, const Vocabulary& vocabulary);

}  // namespace attune::learn
