#include "learn/stats/sample_sums.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attune::learn {

SampleSums& SampleSums::operator+=(const SampleSums& other) {
    n_ += other.n_;
    for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += other.sums_[i];
    for (std::size_t i = 0; i < products_.size(); ++i) products_[i] += other.products_[i];
    return *this;
}

void SampleSums::count(const Observation& person, std::uint64_t people, double sign) {
    n_ += people;
    const std::array<double, kVariables> values{person.value, person.denominator, person.covariate,
                                                person.covariate_denominator};
    std::size_t at = 0;
    for (std::size_t a = 0; a < kVariables; ++a) {
        sums_[a] += sign * values[a];
        for (std::size_t b = a; b < kVariables; ++b)
            products_[at++] += sign * values[a] * values[b];
    }
}

double SampleSums::covariance(Variable a, Variable b, double divisor) const {
    // In long double, so that the subtraction loses digits of the sums rather than of their product.
    const auto raw = static_cast<long double>(product(a, b));
    const auto expected = static_cast<long double>(sum(a)) * static_cast<long double>(sum(b)) /
                          static_cast<long double>(n_);
    const long double left = raw - expected;
    // Adding n values one by one leaves rounding errors of about √n units in the last place. A
    // residue of that size is noise; calling it a variance would give absurdly narrow intervals.
    const long double noise = 8 * std::sqrt(static_cast<double>(n_)) *
                              std::numeric_limits<double>::epsilon() *
                              std::max(std::abs(raw), std::abs(expected));
    if (std::abs(left) <= noise) return 0;
    return static_cast<double>(left / static_cast<long double>(divisor));
}

}  // namespace attune::learn
