// The operators by name, and how many arguments make sense. Inside of engine/logic.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace attune::engine {

enum class LogicOp : std::uint8_t {
    // What has no name in the text.
    constant,
    array,  // an array with something to evaluate in it
    path,   // var with a path that is known when compiling
    unknown,

    // In the order of the table in operators.cpp.
    var,
    missing,
    missing_some,
    choose,
    ternary,
    loosely_equal,
    strictly_equal,
    loosely_unequal,
    strictly_unequal,
    negate,
    truthy,
    any_of,
    all_of,
    less,
    at_most,
    greater,
    at_least,
    max,
    min,
    add,
    subtract,
    multiply,
    divide,
    remainder,
    map,
    filter,
    reduce,
    all,
    none,
    some,
    merge,
    in,
    cat,
    substr,
    log,
    fractional,
    starts_with,
    ends_with,
    sem_ver,
    within_days,
    count_of,
    matches,
    in_segment,
};

struct LogicOperator {
    std::string_view name;
    LogicOp op;
    // Fewer can mean nothing and are refused. The dialect's own operators take any number where json-logic-js does.
    std::uint32_t arguments_min = 0;
    std::uint32_t arguments_max = std::numeric_limits<std::uint32_t>::max();
    // Its second argument is evaluated for each entry of the first, which becomes the data.
    bool iterates = false;
};

[[nodiscard]] const LogicOperator* find_operator(std::string_view name);
// "" for what has no name.
[[nodiscard]] std::string_view name_of(LogicOp op);

}  // namespace attune::engine
