// What an expression names: the paths that it counts on, the segments that it asks for.
#include "engine/logic/logic.h"
#include "engine/logic/logic_program.h"

#include <algorithm>
#include <set>
#include <span>
#include <string_view>

namespace attune::engine {
namespace {

using enum LogicOp;

bool is_equality(LogicOp op) { return op >= loosely_equal && op <= strictly_unequal; }

// What map, filter and their kin do with each entry stands second.
bool has_scope(LogicOp op) { return (op >= map && op <= some) || op == count_of; }

class Names {
public:
    explicit Names(const LogicProgram& program) : program_(program) {}

protected:
    [[nodiscard]] const LogicNode& node(std::uint32_t at) const { return program_.nodes[at]; }
    // Of an operation, not of a path; null beyond its arguments.
    [[nodiscard]] const LogicNode* argument(const LogicNode& of, std::uint32_t index) const {
        return index < of.count ? &node(program_.arguments[of.first + index]) : nullptr;
    }
    [[nodiscard]] std::span<const std::uint32_t> arguments(const LogicNode& of) const {
        return std::span(program_.arguments).subspan(of.first, of.count);
    }
    [[nodiscard]] static bool is_text(const LogicNode* one) {
        return one != nullptr && one->op == constant && one->constant.is_string();
    }
    [[nodiscard]] std::string path_text(const LogicNode& path) const {
        std::string text;
        for (const LogicSegment& step :
             std::span(program_.segments).subspan(path.first, path.count)) {
            if (!text.empty()) text += '.';
            text += step.key.text();
        }
        return text;
    }

    const LogicProgram& program_;
};

class PathsNeeded : Names {
public:
    using Names::Names;

    std::vector<std::string> all() && {
        collect(program_.root());
        std::erase_if(needed_, [&](const std::string& path) { return is_asked_about(path); });
        return {needed_.begin(), needed_.end()};
    }

private:
    void collect(std::uint32_t at) {
        const LogicNode& one = node(at);
        if (one.op == path) {
            if (one.extra != LogicNode::kNone)
                collect(one.extra);
            else if (one.count > 0)
                needed_.insert(path_text(one));
            return;
        }
        note_what_is_asked_about(one);
        for (std::uint32_t i = 0; i < one.count; ++i)
            if (!(has_scope(one.op) && i == 1)) collect(program_.arguments[one.first + i]);
    }

    void note_what_is_asked_about(const LogicNode& one) {
        if (one.op == missing) {
            for (const std::uint32_t key : arguments(one)) note_keys(&node(key));
        } else if (one.op == missing_some) {
            note_keys(argument(one, 1));
        } else if (one.op == negate || one.op == truthy) {
            note_path(argument(one, 0));
        } else if (one.op == choose || one.op == ternary) {
            for (std::uint32_t i = 0; i + 1 < one.count; i += 2) note_path(argument(one, i));
        } else if (is_equality(one.op) && one.count == 2) {
            for (const std::uint32_t side : {0u, 1u}) {
                const LogicNode* other = argument(one, 1 - side);
                if (other->op == constant && other->constant.is_nothing())
                    note_path(argument(one, side));
            }
        }
    }

    // Keys are texts, in one array or beside each other; one that is an array is a path with its default.
    void note_keys(const LogicNode* keys) {
        if (keys == nullptr) return;
        if (is_text(keys)) {
            asked_about_.emplace(keys->constant.string());
        } else if (keys->op == constant) {
            keys->constant.each([&](const LogicValue& key) {
                if (key.is_string()) asked_about_.emplace(key.string());
                return true;
            });
        } else if (keys->op == array) {
            for (const std::uint32_t key : arguments(*keys)) note_keys(&node(key));
        }
    }

    void note_path(const LogicNode* one) {
        if (one != nullptr && one->op == path && one->count > 0)
            asked_about_.insert(path_text(*one));
    }

    // Itself, or something that it lies in.
    [[nodiscard]] bool is_asked_about(std::string_view path) const {
        for (std::size_t end = path.size(); end != std::string_view::npos;
             end = end == 0 ? std::string_view::npos : path.rfind('.', end - 1))
            if (asked_about_.contains(path.substr(0, end))) return true;
        return false;
    }

    std::set<std::string> needed_;
    std::set<std::string, std::less<>> asked_about_;
};

class SegmentsNamed : Names {
public:
    using Names::Names;

    std::vector<LogicRead> all() && {
        for (std::uint32_t at = 0; at < program_.nodes.size(); ++at) {
            const LogicNode& one = node(at);
            if (one.op == in_segment && is_text(argument(one, 0)))
                note(at, argument(one, 0)->constant);
            else if (one.op == in && are_segments(argument(one, 1)) && is_text(argument(one, 0)))
                note(at, argument(one, 0)->constant);
            else if (is_equality(one.op))
                note_compared(at, [&](const LogicNode& side) { return is_entry_by_place(side); });
            else if (has_scope(one.op) && one.op != reduce && one.count > 1 &&
                     are_segments(argument(one, 0)))
                note_in_scope(program_.arguments[one.first + 1]);
        }
        return std::move(named_);
    }

private:
    void note(std::uint32_t at, const LogicValue& name) {
        named_.push_back({.root = "segments",
                          .member = std::string(name.string()),
                          .pointer = program_.pointer(at)});
    }

    [[nodiscard]] bool are_segments(const LogicNode* one) const {
        return one != nullptr && one->op == path && one->count == 1 &&
               program_.segments[one->first].key.text() == "segments";
    }

    // {"var": "segments.0"}
    [[nodiscard]] bool is_entry_by_place(const LogicNode& one) const {
        return one.op == path && one.count == 2 &&
               program_.segments[one.first].key.text() == "segments" &&
               program_.segments[one.first + 1].index != LogicNode::kNone;
    }

    // {"var": ""} where entries are gone over
    [[nodiscard]] static bool is_whole_entry(const LogicNode& one) {
        return one.op == path && one.count == 0;
    }

    template <class IsSegment>
    void note_compared(std::uint32_t at, const IsSegment& is_segment) {
        const LogicNode& one = node(at);
        if (one.count != 2) return;
        for (const std::uint32_t side : {0u, 1u})
            if (is_segment(*argument(one, side)) && is_text(argument(one, 1 - side)))
                note(at, argument(one, 1 - side)->constant);
    }

    // What is asked of each entry of the segments; an iteration within has entries of its own.
    void note_in_scope(std::uint32_t at) {
        const LogicNode& one = node(at);
        if (one.op == path || has_scope(one.op)) return;
        if (is_equality(one.op)) note_compared(at, is_whole_entry);
        if (one.op == in && one.count == 2 && is_whole_entry(*argument(one, 0)) &&
            argument(one, 1)->op == constant)
            argument(one, 1)->constant.each([&](const LogicValue& name) {
                if (name.is_string()) note(at, name);
                return true;
            });
        for (const std::uint32_t inner : arguments(one)) note_in_scope(inner);
    }

    std::vector<LogicRead> named_;
};

}  // namespace

std::vector<std::string> Logic::paths_needed() const { return PathsNeeded(*program_).all(); }

std::vector<LogicRead> Logic::segments_named() const { return SegmentsNamed(*program_).all(); }

}  // namespace attune::engine
