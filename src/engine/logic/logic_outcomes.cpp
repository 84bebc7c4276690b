// What an expression may come to, as it can be read in it.
#include "base/json_locate.h"
#include "engine/logic/coerce.h"
#include "engine/logic/logic.h"
#include "engine/logic/logic_program.h"

#include <algorithm>
#include <optional>
#include <span>

namespace attune::engine {
namespace {

using enum LogicOp;

// Of those that are taken for a condition, only some values are handed on: `and` hands on what is falsy, `or` what is truthy.
enum class Handed : std::uint8_t { all, truthy, falsy };

// Comes to true and to false; some of them to null as well, where they are asked about what is no text.
bool is_question(const LogicNode& node) {
    switch (node.op) {
        case all:
        case none:
        case some:
        case starts_with:
        case ends_with:
        case sem_ver:
        case within_days:
        case matches:
        case in_segment:
            return true;
        default:
            return node.is_boolean;
    }
}

class Outcomes {
public:
    explicit Outcomes(const LogicProgram& program) : program_(program) {}

    // An expression is at most as deep as it may be compiled, which bounds the recursion.
    void collect(std::uint32_t at, Handed handed) {
        const LogicNode& node = program_.nodes[at];
        if (node.op == constant) return note(node.constant, program_.pointer(at), handed);
        if (is_question(node)) {
            note(LogicValue(true), program_.pointer(at), handed);
            note(LogicValue(false), program_.pointer(at), handed);
        } else if (node.op == choose || node.op == ternary) {
            collect_branches(node, handed);
        } else if (node.op == all_of) {
            collect_chain(node, handed, Handed::falsy);
        } else if (node.op == any_of) {
            collect_chain(node, handed, Handed::truthy);
        } else if (node.op == fractional) {
            for (const std::uint32_t pair : arguments(node)) collect_pair(pair, handed);
        }
    }

    std::vector<LogicOutcome> found;

private:
    [[nodiscard]] std::span<const std::uint32_t> arguments(const LogicNode& node) const {
        return std::span(program_.arguments).subspan(node.first, node.count);
    }

    void note(const LogicValue& value, std::string pointer, Handed handed) {
        if (handed != Handed::all && is_truthy(value) != (handed == Handed::truthy)) return;
        found.push_back({value.json(), std::move(pointer)});
    }

    // Conditions stand first, third and so on; one at the end is what is left.
    void collect_branches(const LogicNode& node, Handed handed) {
        const auto all = arguments(node);
        for (std::size_t i = 0; i < all.size(); ++i)
            if (i % 2 == 1 || i + 1 == all.size()) collect(all[i], handed);
    }

    // All but the last hand on `early` alone.
    void collect_chain(const LogicNode& node, Handed handed, Handed early) {
        const auto all = arguments(node);
        const bool are_early = handed == Handed::all || handed == early;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (i + 1 == all.size())
                collect(all[i], handed);
            else if (are_early)
                collect(all[i], early);
    }

    void collect_pair(std::uint32_t at, Handed handed) {
        const LogicNode& pair = program_.nodes[at];
        if (pair.op == array && pair.count > 0)
            return collect(program_.arguments[pair.first], handed);
        if (pair.op != constant || pair.constant.size() == 0) return;
        std::string pointer = program_.pointer(at);
        base::append_pointer(pointer, std::size_t{0});
        note(pair.constant.at(0), std::move(pointer), handed);
    }

    const LogicProgram& program_;
};

// Of a pair of a fractional; empty where only the data say it.
std::optional<double> weight_of(const LogicProgram& program, const LogicNode& pair) {
    if (pair.op == constant) {
        if (pair.constant.size() == 1) return 1;
        const LogicValue weight = pair.constant.at(1);
        return weight.is_number() ? std::optional(weight.number()) : std::nullopt;
    }
    if (pair.op != array || pair.count == 0) return std::nullopt;
    if (pair.count == 1) return 1;
    const LogicNode& weight = program.nodes[program.arguments[pair.first + 1]];
    if (weight.op != constant || !weight.constant.is_number()) return std::nullopt;
    return weight.constant.number();
}

bool is_pair(const LogicNode& node) {
    return node.op == array || (node.op == constant && node.constant.is_array());
}

}  // namespace

std::vector<LogicOutcome> Logic::outcomes() const {
    Outcomes outcomes(*program_);
    outcomes.collect(program_->root(), Handed::all);
    return std::move(outcomes.found);
}

std::vector<std::string> Logic::idle_fractionals() const {
    std::vector<std::string> idle;
    for (std::uint32_t at = 0; at < program_->nodes.size(); ++at) {
        const LogicNode& node = program_->nodes[at];
        if (node.op != fractional) continue;
        auto pairs = std::span(program_->arguments).subspan(node.first, node.count);
        // What stands first may say by what to spread.
        if (!pairs.empty() && !is_pair(program_->nodes[pairs.front()])) pairs = pairs.subspan(1);
        const bool is_idle = std::ranges::all_of(pairs, [&](std::uint32_t pair) {
            const auto weight = weight_of(*program_, program_->nodes[pair]);
            return weight && *weight <= 0;
        });
        if (is_idle) idle.push_back(program_->pointer(at));
    }
    return idle;
}

}  // namespace attune::engine
