// What JavaScript makes of values that meet: JSONLogic's answers are defined by it, oddities included ([2] < [10] is
// false, null == 0 is false while null <= 0 is true).
//
// `work` is charged for what takes time in the size of the values (joining arrays, comparing long texts), so that a
// caller can bound it; it may become negative, and then the answer is not to be used. Pure otherwise, thread-safe.
#pragma once

#include "engine/logic/logic_value.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace attune::engine {

using Work = std::int64_t;  // what is left of it

// JSONLogic's own: false, nothing, 0, NaN, "" and [] are not, all else is ("0", {} and [0] too).
[[nodiscard]] inline bool is_truthy(LogicValue value) {
    using enum LogicValue::Kind;
    switch (value.kind()) {
        case absent:
        case null:
            return false;
        case boolean:
            return value.boolean();
        case number:
            return value.number() < 0 || value.number() > 0;  // neither 0 nor NaN
        case string:
            return !value.string().empty();
        case list:
        case json_array:
            return value.size() != 0;
        case record:
        case json_object:
            return true;
    }
    return false;
}

// Number(value), parseFloat(value).
[[nodiscard]] double to_number(LogicValue value, Work& work);
[[nodiscard]] double parse_float(LogicValue value, Work& work);

// String(value); arrays are joined with commas, and nothing is "" within them.
void append_text(std::string& out, LogicValue value, Work& work);
// As Array.join writes one entry.
void append_entry(std::string& out, LogicValue value, Work& work);

// String(value) without a copy where it is a string already. Lives as long as the value and itself.
class TextOf {
public:
    TextOf(LogicValue value, Work& work) {
        if (value.is_string()) {
            view_ = value.string();
            return;
        }
        append_text(made_, value, work);
        view_ = made_;
    }
    TextOf(const TextOf&) = delete;
    TextOf& operator=(const TextOf&) = delete;
    TextOf(TextOf&&) = delete;
    TextOf& operator=(TextOf&&) = delete;
    ~TextOf() = default;
    [[nodiscard]] std::string_view view() const { return view_; }

private:
    std::string made_;
    std::string_view view_;
};

namespace detail {
// Relational comparison: texts by their UTF-16 units, all else as numbers.
[[nodiscard]] std::partial_ordering compare(LogicValue a, LogicValue b, Work& work);
[[nodiscard]] bool is_loosely_equal(LogicValue a, LogicValue b, Work& work);
[[nodiscard]] bool is_strictly_equal(LogicValue a, LogicValue b);
}  // namespace detail

[[nodiscard]] inline bool is_same_text(std::string_view a, std::string_view b, Work& work) {
    if (a.size() != b.size()) return false;
    constexpr Work kBytesAStep = 16;
    work -= static_cast<Work>(a.size()) / kBytesAStep;
    return base::is_same_key(a, b);
}

// Two numbers or two texts are compared where they are: most comparisons are of these.
[[nodiscard]] inline bool is_loosely_equal(LogicValue a, LogicValue b, Work& work) {  // ==
    if (a.is_number() && b.is_number()) return a.number() == b.number();
    if (a.is_string() && b.is_string()) return is_same_text(a.string(), b.string(), work);
    return detail::is_loosely_equal(a, b, work);
}
[[nodiscard]] inline bool is_strictly_equal(LogicValue a, LogicValue b, Work& work) {  // ===
    if (a.is_string() && b.is_string()) return is_same_text(a.string(), b.string(), work);
    return detail::is_strictly_equal(a, b);
}
[[nodiscard]] inline bool is_less(LogicValue a, LogicValue b, Work& work) {  // <
    if (a.is_number() && b.is_number()) return a.number() < b.number();
    return detail::compare(a, b, work) < 0;
}
[[nodiscard]] inline bool is_at_most(LogicValue a, LogicValue b, Work& work) {  // <=
    if (a.is_number() && b.is_number()) return a.number() <= b.number();
    return detail::compare(a, b, work) <= 0;
}

}  // namespace attune::engine
