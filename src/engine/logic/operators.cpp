#include "engine/logic/operators.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace attune::engine {
namespace {

using enum LogicOp;

constexpr std::array kOperators = std::to_array<LogicOperator>({
    {"var", var},
    {"missing", missing},
    {"missing_some", missing_some, 2},
    {"if", choose},
    {"?:", ternary},
    {"==", loosely_equal},
    {"===", strictly_equal},
    {"!=", loosely_unequal},
    {"!==", strictly_unequal},
    {"!", negate},
    {"!!", truthy},
    {"or", any_of},
    {"and", all_of},
    {"<", less},
    {"<=", at_most},
    {">", greater},
    {">=", at_least},
    {"max", max},
    {"min", min},
    {"+", add},
    {"-", subtract},
    {"*", multiply, 1},
    {"/", divide},
    {"%", remainder},
    {.name = "map", .op = map, .iterates = true},
    {.name = "filter", .op = filter, .iterates = true},
    {.name = "reduce", .op = reduce, .iterates = true},
    {.name = "all", .op = all, .iterates = true},
    {.name = "none", .op = none, .iterates = true},
    {.name = "some", .op = some, .iterates = true},
    {"merge", merge},
    {"in", in},
    {"cat", cat},
    {"substr", substr},
    {"log", log},
    {"fractional", fractional},
    {"starts_with", starts_with},
    {"ends_with", ends_with},
    {"sem_ver", sem_ver},
    {"within_days", within_days, 2, 2},
    {.name = "count_of", .op = count_of, .arguments_min = 1, .arguments_max = 2, .iterates = true},
    {"matches", matches, 2, 2},
    {"in_segment", in_segment, 1, 1},
});

constexpr std::size_t kFirst = static_cast<std::size_t>(var);

// name_of looks up by position.
static_assert([] {
    for (std::size_t i = 0; i < kOperators.size(); ++i) {
        if (static_cast<std::size_t>(kOperators[i].op) != kFirst + i) return false;
    }
    return true;
}());

}  // namespace

const LogicOperator* find_operator(std::string_view name) {
    const auto* const found = std::ranges::find(kOperators, name, &LogicOperator::name);
    return found == kOperators.end() ? nullptr : found;
}

std::string_view name_of(LogicOp op) {
    const auto at = static_cast<std::size_t>(op);
    return at < kFirst ? std::string_view() : kOperators[at - kFirst].name;
}

}  // namespace attune::engine
