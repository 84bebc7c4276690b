#include "learn/simulate/curves.h"

#include <bit>
#include <cstdint>

namespace attune::learn::simulate {

namespace {
constexpr double kLn2 = 0.693147180559945309417232121458;
}

double exp_of(double x) {
    if (x < -700) return 0;
    if (x > 700) x = 700;
    // x = n·ln 2 + r with |r| ≤ ln 2 / 2, then e^r by its series and 2^n by its exponent bits.
    const double scaled = x / kLn2;
    const auto n = static_cast<std::int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    const double r = x - static_cast<double>(n) * kLn2;
    double sum = 1;
    for (int k = 16; k >= 1; --k) sum = 1 + sum * r / k;
    return sum * std::bit_cast<double>(static_cast<std::uint64_t>(n + 1023) << 52);
}

double ln_of(double x) {
    // x = m·2^n with m in [√½, √2), then ln m = 2·artanh((m−1)/(m+1)) by its series.
    const auto bits = std::bit_cast<std::uint64_t>(x);
    auto n = static_cast<std::int64_t>(bits >> 52) - 1023;
    double m = std::bit_cast<double>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
    if (m > 1.41421356237309504880) {
        m /= 2;
        ++n;
    }
    const double z = (m - 1) / (m + 1);
    const double z2 = z * z;
    double sum = 0;
    for (int k = 25; k >= 1; k -= 2) sum = sum * z2 + 1.0 / k;
    return 2 * z * sum + static_cast<double>(n) * kLn2;
}

double sigmoid(double x) { return 1 / (1 + exp_of(-x)); }

}  // namespace attune::learn::simulate
