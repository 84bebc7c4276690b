// Logic: a condition or a computation that was written down as JSONLogic, compiled once and evaluated often.
//
//     ATTUNE_TRY(const Logic adult, Logic::compile(document.root()));        // {">=": [{"var": "age"}, 18]}
//     ATTUNE_TRY(const bool holds, adult.holds({.data = LogicValue(person.root()), .now = clock.now()}));
//
// The dialect is that of json-logic-js 2 with its coercions to the letter, flagd's operators (fractional, starts_with,
// ends_with, sem_ver) and a few of our own (within_days, count_of, matches, in_segment); docs/logic.md describes each.
//
// Immutable, cheap to copy and thread-safe. An evaluation never throws, recurses no deeper than the expression, and its
// work and memory are bounded, whatever the data: compiling says what is wrong with an expression, evaluating can only
// fail with resource_exhausted (and with invalid_argument where unknown operators were let through).
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/logic/logic_scratch.h"
#include "engine/logic/logic_sharing.h"
#include "engine/logic/logic_value.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct LogicProgram;

struct LogicOptions {
    std::size_t depth_max = 64;      // of operations and arrays within each other
    std::size_t nodes_max = 10'000;  // of operations, arrays and constants
    // Lets operators through that nobody knows, and literal arguments that never work; then evaluating them fails, or
    // gives null.
    bool permissive = false;
    // One operator that is let through though nobody knows it, and fails when it is reached: flagd's "$ref" to nothing.
    std::string_view tolerated_operator{};
    // Where other expressions may be asked about the same data; needed only while compiling.
    LogicSharing* sharing = nullptr;
};

struct LogicInput {
    LogicValue data;
    base::Time now{};  // for within_days
    // About one step for each operation, and for each entry or sixteen bytes that it goes over: ten milliseconds or so.
    std::int64_t steps_max = 1'000'000;
    // What several evaluations have left together; this one takes off what it took. Null: they are apart.
    std::int64_t* steps_left = nullptr;
    // What expressions compiled with one LogicSharing have found out about this data so far.
    LogicMemo* memo = nullptr;
};

// What must hold for an expression to be truthy: the text of what lies at `path` is one of `values`.
struct LogicEquality {
    std::string path;
    std::vector<std::string> values;  // sorted, without duplicates

    bool operator==(const LogicEquality&) const = default;
};

// A place that reads the data: {"var": "variants.checkout"} reads the member "checkout" of "variants".
struct LogicRead {
    std::string root;     // empty: all of the data, or what is only known when it is asked
    std::string member;   // empty: all of the root
    std::string pointer;  // of the sub-expression: "/and/0"

    bool operator==(const LogicRead&) const = default;
};

// What stands in an expression and may be what it comes to.
struct LogicOutcome {
    base::JsonText value;
    std::string pointer;  // of where it stands, or of what comes to it

    bool operator==(const LogicOutcome&) const = default;
};

struct LogicStep {
    std::string pointer;  // of the sub-expression: "/and/0/=="
    base::JsonText value;
};

struct LogicTrace {
    Result<base::JsonText> value;
    std::vector<LogicStep> steps;  // in the order of evaluation; constants are left out
    bool is_complete = true;       // false: there were more steps than a trace takes
};

class Logic {
public:
    // invalid_argument whose field is the JSON pointer of the place within `expression`.
    [[nodiscard]] static Result<Logic> compile(base::JsonView expression,
                                               const LogicOptions& options = {});

    // The value borrows from this Logic, the data and `scratch`, which it does not clear.
    [[nodiscard]] Result<LogicValue> evaluate(const LogicInput& input, LogicScratch& scratch) const;
    // Whether the value is truthy.
    [[nodiscard]] Result<bool> holds(const LogicInput& input) const;
    // The value as JSON of its own.
    [[nodiscard]] Result<base::JsonText> answer(const LogicInput& input) const;
    // The same with what each operation came to. An order of magnitude slower.
    [[nodiscard]] LogicTrace evaluate_traced(const LogicInput& input) const;

    // Tests of which all are necessary (and usually not sufficient) for truth, so that an index over thousands of
    // expressions can pass over those that cannot hold. A value's text is what TextOf (coerce.h) makes of it.
    [[nodiscard]] std::vector<LogicEquality> necessary_equalities() const;
    // What is read of the data, outside of the entries that map, filter and their kin go over; in_segment apart.
    [[nodiscard]] std::vector<LogicRead> reads() const;
    // The roots of these, and "segments" where in_segment asks; sorted. An empty one: everything.
    [[nodiscard]] std::vector<std::string> roots_read() const;
    // Each in_segment, also within map and its kin: the name as the member of "segments", empty where it is worked out.
    [[nodiscard]] std::vector<LogicRead> segments_asked() const;
    // The same where the name stands there, and what says it in other words: {"in": ["vip", {"var": "segments"}]}, a comparison
    // with it of each entry of `segments`.
    [[nodiscard]] std::vector<LogicRead> segments_named() const;
    // The paths, outside of such entries, that a var reads without a default and that it is not asked about whether they are there:
    // by missing and missing_some, by ! and !!, by a comparison with null, as the condition of an if. Sorted.
    [[nodiscard]] std::vector<std::string> paths_needed() const;
    // What it may come to, as far as that can be read in it: {"if": [x, "on", "off"]} comes to "on" or "off", a comparison to
    // true or false. What is worked out, or read from the data, is not among them.
    [[nodiscard]] std::vector<LogicOutcome> outcomes() const;
    // Each fractional that chooses nothing, whatever the data: its weights are all 0.
    [[nodiscard]] std::vector<std::string> idle_fractionals() const;
    // Whether the answer may be another one later on, the data being the same: by within_days.
    [[nodiscard]] bool asks_the_time() const;

private:
    explicit Logic(std::shared_ptr<const LogicProgram> program) : program_(std::move(program)) {}

    std::shared_ptr<const LogicProgram> program_;
};

}  // namespace attune::engine
