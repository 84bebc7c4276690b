#include "learn/stats/quantile.h"

#include "learn/stats/distributions.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace attune::learn {

namespace {

double value_at(std::span<double> values, double share) {
    const double rank = std::clamp(share, 0.0, 1.0) * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::ptrdiff_t>(rank);
    std::nth_element(values.begin(), values.begin() + below, values.end());
    const double low = values[static_cast<std::size_t>(below)];
    const double part = rank - static_cast<double>(below);
    if (part == 0) return low;
    const double high = *std::min_element(values.begin() + below + 1, values.end());
    return low + (high - low) * part;
}

}  // namespace

Result<Sample> quantile_sample(std::span<double> values, double level) {
    if (!(level > 0 && level < 1)) return fail_field("/level", "must be between 0 and 1");
    if (values.empty()) return fail_field("/values", "must not be empty");
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i]))
            return fail_field("/values/" + std::to_string(i), "must be a finite number");
    const double spread = normal_upper_quantile(0.025) *
                          std::sqrt(level * (1 - level) / static_cast<double>(values.size()));
    return Sample{.n = values.size(),
                  .quantile = value_at(values, level),
                  .quantile_lower = value_at(values, level - spread),
                  .quantile_upper = value_at(values, level + spread)};
}

std::uint64_t people_for_quantile(double level) {
    constexpr double kEachSide = 25;
    // 1 - .9 is a little less than a tenth.
    constexpr double kRounding = 1e-6;
    return static_cast<std::uint64_t>(
        std::ceil(kEachSide / std::min(level, 1 - level) - kRounding));
}

}  // namespace attune::learn
