#include "learn/policy/likelihood_interval.h"

#include "learn/stats/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attune::learn {

namespace {

struct Rows {
    std::span<const double> a;
    std::span<const double> b;

    [[nodiscard]] double gap(std::size_t i, double v) const { return a[i] - v * b[i]; }
};

// The multiplier λ with Σ gᵢ/(1 + λgᵢ) = 0, which falls in λ, by Newton steps held inside a bracket.
double multiplier(const Rows& rows, double v, double low, double high) {
    double lambda = 0;
    const auto count = static_cast<double>(rows.a.size());
    for (int step = 0; step < 60; ++step) {
        double sum = 0;
        double slope = 0;
        for (std::size_t i = 0; i < rows.a.size(); ++i) {
            const double term = rows.gap(i, v) / (1 + lambda * rows.gap(i, v));
            sum += term;
            slope += term * term;
        }
        (sum > 0 ? low : high) = lambda;
        if (slope == 0 || std::abs(sum) <= 1e-12 * std::sqrt(slope * count)) break;
        double next = lambda + sum / slope;
        if (!(next > low && next < high)) next = (low + high) / 2;
        if (next == lambda) break;
        lambda = next;
    }
    return lambda;
}

// √(−2 ln R(v)): about how many standard errors v lies from the estimate. Infinite where no weights
// can bring the mean to v.
double distance(const Rows& rows, double v) {
    double least = 0;
    double most = 0;
    for (std::size_t i = 0; i < rows.a.size(); ++i) {
        least = std::min(least, rows.gap(i, v));
        most = std::max(most, rows.gap(i, v));
    }
    if (least >= 0 || most <= 0) return std::numeric_limits<double>::infinity();
    const double edge = 1 - 1 / static_cast<double>(rows.a.size());
    const double lambda = multiplier(rows, v, -edge / most, -edge / least);
    double sum = 0;
    for (std::size_t i = 0; i < rows.a.size(); ++i) sum += std::log1p(lambda * rows.gap(i, v));
    return std::sqrt(std::max(0.0, 2 * sum));
}

// Where the distance reaches q on the side of `step`, to a thousandth of the standard error. The
// distance is nearly linear in v, so false position meets it in a few steps.
double end_of(const Rows& rows, double estimate, double step, double q) {
    double inside = estimate;
    double inside_distance = 0;
    double outside = estimate + step;
    double outside_distance = distance(rows, outside);
    for (int i = 0; i < 60 && outside_distance < q; ++i) {
        inside = outside;
        inside_distance = outside_distance;
        outside += step;
        outside_distance = distance(rows, outside);
    }
    for (int i = 0; i < 60; ++i) {
        if (std::abs(outside - inside) < 1e-4 * std::abs(step)) break;
        double middle = (inside + outside) / 2;
        if (std::isfinite(outside_distance) && i % 3 != 2)
            middle = inside + (outside - inside) * (q - inside_distance) /
                                  (outside_distance - inside_distance);
        const double reached = distance(rows, middle);
        if (std::abs(reached - q) < 1e-4) return middle;
        if (reached < q) {
            inside = middle;
            inside_distance = reached;
        } else {
            outside = middle;
            outside_distance = reached;
        }
    }
    return inside;
}

}  // namespace

RatioEstimate estimate_ratio(std::span<const double> a, std::span<const double> b, double alpha,
                             double effective_rows) {
    const Rows rows{a, b};
    // Rounding of a million additions would show in the last digits of a value that is read by people.
    long double all_a = 0;
    long double all_b = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        all_a += a[i];
        all_b += b[i];
    }
    const auto sum_b = static_cast<double>(all_b);
    RatioEstimate estimate{.value = static_cast<double>(all_a / all_b)};
    double squares = 0;
    double magnitude = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double gap = rows.gap(i, estimate.value);
        squares += gap * gap;
        magnitude +=
            a[i] * a[i] + std::abs(estimate.value * b[i]) * std::abs(estimate.value * b[i]);
    }
    const auto count = static_cast<double>(a.size());
    const double noise = 1e-24 * magnitude;
    if (a.size() < 2 || squares <= noise) return estimate;
    estimate.standard_error = std::sqrt(squares * count / (count - 1)) / sum_b;
    const double q = student_upper_quantile(alpha / 2, std::max(1.0, effective_rows - 1));
    const double step = q * estimate.standard_error;
    estimate.interval = {end_of(rows, estimate.value, -step, q),
                         end_of(rows, estimate.value, step, q)};
    return estimate;
}

}  // namespace attune::learn
