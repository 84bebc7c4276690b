#include "learn/stats/winsorize.h"

#include <cmath>
#include <string>
#include <vector>

namespace attune::learn {

Result<WinsorLimits> winsor_limits(std::span<const double> values, const WinsorShares& shares) {
    if (!(shares.lower_share >= 0)) return fail_field("/lower_share", "must be 0 or more");
    if (!(shares.upper_share >= 0)) return fail_field("/upper_share", "must be 0 or more");
    if (!(shares.lower_share + shares.upper_share < 1))
        return fail_field("/upper_share", "and lower_share must sum to less than 1");
    std::vector<double> left;
    left.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i]))
            return fail_field("/values/" + std::to_string(i), "must be a finite number");
        if (!shares.ignore_zeros || values[i] != 0) left.push_back(values[i]);
    }
    WinsorLimits limits;
    const auto count_of = [&](double share) {
        return static_cast<std::ptrdiff_t>(share * static_cast<double>(left.size()));
    };
    if (const auto capped = count_of(shares.lower_share); capped > 0) {
        std::nth_element(left.begin(), left.begin() + capped, left.end());
        limits.low = left[static_cast<std::size_t>(capped)];
    }
    if (const auto capped = count_of(shares.upper_share); capped > 0) {
        const auto place = std::ssize(left) - 1 - capped;
        std::nth_element(left.begin(), left.begin() + place, left.end());
        limits.high = left[static_cast<std::size_t>(place)];
    }
    return limits;
}

}  // namespace attune::learn
