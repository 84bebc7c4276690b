#include "app/real_number.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace attune::app {
namespace {

std::optional<double> number_of(std::string_view text) {
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

}  // namespace

Result<std::optional<double>> real_number(const Invocation& invocation, std::string_view name) {
    const auto text = invocation.text(name);
    if (!text) return std::optional<double>{};
    const auto value = number_of(*text);
    if (!value) return fail_field("--" + std::string(name), "must be a number");
    return value;
}

Result<std::map<std::string, double, std::less<>>> numbers_by_name(const Invocation& invocation,
                                                                   std::string_view name) {
    std::map<std::string, double, std::less<>> numbers;
    for (const std::string& one : invocation.list(name)) {
        const std::size_t equals = std::min(one.find('='), one.size());
        const auto value =
            number_of(std::string_view(one).substr(std::min(equals + 1, one.size())));
        if (!value) return fail_field("--" + std::string(name), "must be NAME=NUMBER");
        numbers[one.substr(0, equals)] = *value;
    }
    return numbers;
}

}  // namespace attune::app
