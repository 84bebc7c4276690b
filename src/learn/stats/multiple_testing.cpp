#include "learn/stats/multiple_testing.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

namespace attune::learn {

namespace {

Result<void> check(std::span<const double> p_values) {
    for (std::size_t i = 0; i < p_values.size(); ++i)
        if (!(p_values[i] >= 0 && p_values[i] <= 1))
            return fail_field("/p_values/" + std::to_string(i), "must lie between 0 and 1");
    return {};
}

// Places of the p-values, smallest first.
std::vector<std::size_t> ascending(std::span<const double> p_values) {
    std::vector<std::size_t> order(p_values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(p_values[i], i); });
    return order;
}

}  // namespace

Result<std::vector<double>> holm(std::span<const double> p_values) {
    ATTUNE_TRY_VOID(check(p_values));
    std::vector<double> adjusted(p_values.size());
    double highest = 0;
    auto left = static_cast<double>(p_values.size());
    for (const std::size_t i : ascending(p_values)) {
        highest = std::max(highest, std::min(1.0, p_values[i] * left));
        adjusted[i] = highest;
        left -= 1;
    }
    return adjusted;
}

Result<std::vector<double>> benjamini_hochberg(std::span<const double> p_values) {
    ATTUNE_TRY_VOID(check(p_values));
    std::vector<double> adjusted(p_values.size());
    const auto order = ascending(p_values);
    const auto count = static_cast<double>(p_values.size());
    double lowest = 1;
    for (std::size_t rank = order.size(); rank > 0; --rank) {
        const std::size_t i = order[rank - 1];
        lowest = std::min(lowest, p_values[i] * count / static_cast<double>(rank));
        adjusted[i] = lowest;
    }
    return adjusted;
}

}  // namespace attune::learn
