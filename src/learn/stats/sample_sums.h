// SampleSums: all that statistics need to know of one variant's people, in fifteen numbers. Each
// person contributes up to four values; kept are their count, their sums and the sums of their
// products, so samples merge by addition, in any order, and a person's value may be corrected later.
//
//     SampleSums sums;
//     sums.add({.value = 12.5});                       // a person who spent 12.50
//     sums.add({.value = 3, .covariate = 2.5});        // … and 2.50 in the month before
//     sums.remove({.value = 12.5});                    // it was refunded
//     sums += sums_of_another_partition;
//
// Sums are kept as they are, not centred: they are what a warehouse can produce and what an answer
// can be explained with. The price is that values which differ by less than about 1e-6 of their mean
// (for a million people) cannot be told from equal ones with rounding errors; their variance is 0.
// Plain values: not thread-safe, nothing can fail.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace attune::learn {

// What a person contributes. The metric is `value`, or value/denominator for a ratio; covariates
// are the same quantities before the experiment began (CUPED).
enum class Variable : std::uint8_t { value, denominator, covariate, covariate_denominator };
inline constexpr std::size_t kVariables = 4;

struct Observation {
    double value = 0;
    double denominator = 0;
    double covariate = 0;
    double covariate_denominator = 0;
};

class SampleSums {
public:
    void add(const Observation& person) { count(person, 1, 1); }
    void remove(const Observation& person) { count(person, static_cast<std::uint64_t>(-1), -1); }
    SampleSums& operator+=(const SampleSums& other);

    [[nodiscard]] std::uint64_t n() const { return n_; }
    [[nodiscard]] double sum(Variable of) const { return sums_[index(of)]; }
    // The sum of products of two variables; of squares when they are the same.
    [[nodiscard]] double product(Variable a, Variable b) const { return products_[place(a, b)]; }

    // For sums that were made elsewhere.
    void set_n(std::uint64_t n) { n_ = n; }
    void set_sum(Variable of, double sum) { sums_[index(of)] = sum; }
    void set_product(Variable a, Variable b, double sum) { products_[place(a, b)] = sum; }

    [[nodiscard]] double mean(Variable of) const { return sum(of) / static_cast<double>(n_); }
    // The covariance (a == b: the variance) with `divisor` n or n − 1. Exactly 0 when what is left
    // after subtracting the means is within rounding error of nothing.
    [[nodiscard]] double covariance(Variable a, Variable b, double divisor) const;

    bool operator==(const SampleSums&) const = default;

private:
    static constexpr std::size_t index(Variable v) { return static_cast<std::size_t>(v); }
    // Of the upper triangle, row by row.
    static constexpr std::size_t place(Variable a, Variable b) {
        const std::size_t low = index(a) < index(b) ? index(a) : index(b);
        const std::size_t high = index(a) < index(b) ? index(b) : index(a);
        return (low * (2 * kVariables - low + 1) / 2) + (high - low);
    }
    void count(const Observation& person, std::uint64_t people, double sign);

    std::uint64_t n_ = 0;
    std::array<double, kVariables> sums_{};
    std::array<double, kVariables*(kVariables + 1) / 2> products_{};
};

}  // namespace attune::learn
