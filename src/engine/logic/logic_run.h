// LogicRun: one evaluation of a program. Inside of engine/logic; Logic is what others use.
//
// Every node costs a step, and whatever goes over entries or bytes costs more; when the steps or the scratch are used up,
// everything below answers at once and the whole fails. The recursion is as deep as the expression, which compiling bounds.
#pragma once

#include "engine/logic/coerce.h"
#include "engine/logic/logic.h"
#include "engine/logic/logic_program.h"

#include <span>

namespace attune::engine {

using LogicArguments = std::span<const LogicValue>;

class LogicRun {
public:
    // All outlive it. `trace` may be null.
    LogicRun(const LogicProgram& program, const LogicInput& input, LogicScratch& scratch,
             LogicTrace* trace)
        : LogicRun(program, input, scratch, input.steps_max, trace) {}
    // With fewer steps than the input says.
    LogicRun(const LogicProgram& program, const LogicInput& input, LogicScratch& scratch,
             Work steps, LogicTrace* trace = nullptr)
        : program_(program),
          nodes_(program.nodes.data()),
          arguments_(program.arguments.data()),
          input_(input),
          scratch_(scratch),
          trace_(trace),
          work_(steps) {}

    [[nodiscard, gnu::always_inline]] Result<LogicValue> run();

    // For operators, which are functions of their own.
    [[nodiscard]] Work& work() { return work_; }
    // Of the steps that it was given, after it ran; below zero where they were too few.
    [[nodiscard]] Work left() const {
        return failure_ == Failure::none ? work_ : left_when_failed_;
    }
    [[nodiscard]] const LogicInput& input() const { return input_; }
    // A copy in the scratch; absent, and the run fails, when there is no room.
    [[nodiscard]] LogicValue text(std::string_view text);
    // Room for so many values; empty, and the run fails, when there is none.
    [[nodiscard]] std::span<LogicValue> room(std::size_t count);
    [[nodiscard]] std::span<char> text_room(std::size_t bytes);
    // A list over items that lie in the scratch; fails when it is nested too deeply.
    [[nodiscard]] LogicValue list(std::span<const LogicValue> items);

    // What lies at a path; absent when there is nothing.
    [[nodiscard]] LogicValue follow(std::string_view path, LogicValue data);

private:
    enum class Failure : std::uint8_t { none, memory, depth, unknown_operator };

    LogicValue node(std::uint32_t at, LogicValue data);
    LogicValue computed(const LogicNode& node, LogicValue data);
    [[gnu::noinline]] LogicValue operation(const LogicNode& node, LogicValue data);
    [[gnu::noinline]] LogicValue plain(const LogicNode& node, LogicValue data);
    // Whether a node's value is truthy, without making the value where it is a boolean anyway.
    bool holds(std::uint32_t at, LogicValue data);
    bool holds(const LogicNode& node, std::uint32_t index, LogicValue data);
    [[gnu::noinline]] bool holds_otherwise(const LogicNode& node, LogicValue data);
    // What a node that is_boolean comes to.
    [[gnu::noinline]] LogicValue decided(const LogicNode& node, LogicValue data);
    [[gnu::noinline]] bool decide(const LogicNode& node, LogicValue data);
    [[gnu::noinline]] bool decide_otherwise(const LogicNode& node, LogicValue data);
    // The argument's value; absent when it was not given.
    LogicValue argument(const LogicNode& node, std::uint32_t index, LogicValue data);
    LogicArguments arguments(const LogicNode& node, LogicValue data);
    [[gnu::noinline]] LogicValue path(const LogicNode& node, LogicValue data);
    // What lies at the path of a node; absent when there is nothing.
    [[gnu::always_inline]] LogicValue walk(const LogicNode& node, LogicValue data);
    [[gnu::noinline]] LogicValue fallback(const LogicNode& node, LogicValue data);
    [[gnu::always_inline]] bool test(const LogicNode& node, LogicValue data);
    [[nodiscard]] std::uint32_t number_of(const LogicNode& node) const {
        return static_cast<std::uint32_t>(&node - nodes_);
    }
    // Whether somebody beside its parent asks what the node comes to: a trace, or other expressions.
    [[nodiscard]] bool is_watched(const LogicNode& node) const {
        return trace_ != nullptr || (node.share != kNotShared && input_.memo != nullptr);
    }
    [[gnu::noinline]] LogicValue watched(const LogicNode& node, LogicValue data);
    [[gnu::noinline]] LogicValue step(LogicValue data, const LogicSegment& segment);
    LogicValue step_into_text(std::string_view text, const LogicSegment& segment);
    LogicValue fresh(LogicValue constant);

    LogicValue conditional(const LogicNode& node, LogicValue data);
    LogicValue first_that_is(bool truthy, const LogicNode& node, LogicValue data);
    bool is_one(bool truthy, const LogicNode& node, LogicValue data);
    LogicValue joined(const LogicNode& node, LogicValue data);
    LogicValue sum(const LogicNode& node, LogicValue data);
    bool between(const LogicNode& node, LogicValue data);
    bool is_in(const LogicNode& node, LogicValue data);
    bool is_among(std::string_view needle, LogicArguments texts);
    LogicValue matches(const LogicNode& node, LogicValue data);

    LogicValue iterate(const LogicNode& node, LogicValue data);
    LogicValue map(const LogicNode& node, LogicValue entries);
    LogicValue filter(const LogicNode& node, LogicValue entries);
    LogicValue reduce(const LogicNode& node, LogicValue entries, LogicValue data);
    // How many entries satisfy the second argument; stops after `enough` that do (or do not, as `wanted` says).
    std::size_t count(const LogicNode& node, LogicValue entries, bool wanted, std::size_t enough);
    bool satisfies(const LogicNode& node, LogicValue entry);

    void fail_with(Failure failure);
    [[nodiscard, gnu::noinline]] Result<LogicValue> failed() const;
    [[nodiscard]] Error error() const;
    [[nodiscard]] Error unknown_operator() const;
    void record_step(const LogicNode& node, LogicValue value);

    const LogicProgram& program_;
    const LogicNode* const nodes_;          // of the program
    const std::uint32_t* const arguments_;  // of the program
    const LogicInput& input_;
    LogicScratch& scratch_;
    LogicTrace* const trace_;
    std::size_t traced_bytes_ = 0;
    const LogicNode* failed_at_ = nullptr;
    Work work_;
    Work left_when_failed_ = 0;
    Failure failure_ = Failure::none;
    // A path led into a text: what it found lies in the scratch, which the memo of several evaluations outlives.
    bool made_unit_ = false;
    std::uint8_t slots_known_ = 0;  // a bit each
    static_assert(kLogicSlotsMax <= 8);
    union {
        LogicValue slots_[kLogicSlotsMax];  // good where it is known
    };
};

// Constants cost no call.
inline LogicValue LogicRun::node(std::uint32_t at, LogicValue data) {
    const LogicNode& node = nodes_[at];
    if (node.op != LogicOp::constant) return computed(node, data);
    --work_;
    return node.constant.kind() == LogicValue::Kind::list ? fresh(node.constant) : node.constant;
}

inline LogicValue LogicRun::argument(const LogicNode& node, std::uint32_t index, LogicValue data) {
    if (index >= node.count) return {};
    return this->node(arguments_[node.first + index], data);
}

inline bool LogicRun::holds(std::uint32_t at, LogicValue data) {
    const LogicNode& node = nodes_[at];
    if (!node.is_boolean || is_watched(node)) return holds_otherwise(node, data);
    return --work_ >= 0 && decide(node, data);
}

inline bool LogicRun::holds(const LogicNode& node, std::uint32_t index, LogicValue data) {
    return index < node.count && holds(arguments_[node.first + index], data);
}

inline Result<LogicValue> LogicRun::run() {
    const LogicNode& root = nodes_[program_.root()];
    const LogicValue value = root.is_boolean ? LogicValue(holds(program_.root(), input_.data))
                                             : node(program_.root(), input_.data);
    if (failure_ == Failure::none && work_ >= 0) [[likely]]
        return value;
    return failed();
}

// The operators that evaluate all their arguments first and need nothing but these.
[[nodiscard]] LogicValue apply_arithmetic(LogicOp op, LogicArguments arguments, LogicRun& run);
[[nodiscard]] LogicValue apply_text(LogicOp op, LogicArguments arguments, LogicRun& run);
[[nodiscard]] LogicValue apply_lookup(LogicOp op, LogicArguments arguments, LogicValue data,
                                      LogicRun& run);

}  // namespace attune::engine
