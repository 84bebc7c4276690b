#include "learn/bandit/best_of.h"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>

namespace attune::learn {

namespace {

// The C library's writes the sign to a global; this one is pure.
double log_gamma(double x) {
    using namespace boost::math::policies;  // NOLINT(google-build-using-namespace)
    return boost::math::lgamma(x,
                               policy<domain_error<ignore_error>, overflow_error<ignore_error>>());
}

constexpr std::size_t kNodes = 4;
constexpr std::array<double, kNodes> kNode{-0.8611363115940526, -0.3399810435848563,
                                           0.3399810435848563, 0.8611363115940526};
constexpr std::array<double, kNodes> kWeight{0.3478548451374538, 0.6521451548625461,
                                             0.6521451548625461, 0.3478548451374538};

// kPartial[j][k]: how much f(node k) counts in ∫ f from −1 to node j, for cubic f. With it the
// distribution functions at the nodes come from the densities there, at no further exponential.
constexpr auto kPartial = [] {
    std::array<std::array<double, kNodes>, kNodes> partial{};
    for (std::size_t k = 0; k < kNodes; ++k) {
        // The coefficients of the polynomial that is 1 at node k and 0 at the others.
        std::array<double, kNodes> c{1, 0, 0, 0};
        std::size_t degree = 0;
        for (std::size_t other = 0; other < kNodes; ++other) {
            if (other == k) continue;
            std::array<double, kNodes> next{};
            for (std::size_t i = 0; i <= degree; ++i) {
                next[i + 1] += c[i] / (kNode[k] - kNode[other]);
                next[i] -= c[i] * kNode[other] / (kNode[k] - kNode[other]);
            }
            c = next;
            ++degree;
        }
        for (std::size_t j = 0; j < kNodes; ++j) {
            double high = kNode[j];
            double low = -1;
            for (std::size_t i = 0; i < kNodes; ++i) {
                partial[j][k] += c[i] * (high - low) / static_cast<double>(i + 1);
                high *= kNode[j];
                low *= -1;
            }
        }
    }
    return partial;
}();

// Where panels end, in standard deviations from a mean: beyond eight a Gaussian has nothing left,
// but a Beta that leans on 0 or 1 has a tail like an exponential's.
constexpr std::array kEnds{0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0};
constexpr std::array kLongEnds{12.0, 16.0, 24.0, 32.0};
constexpr double kInvSqrt2Pi = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
constexpr double kFar = 6.1;  // one in a billion

struct Spread {
    double mean;
    double deviation;
};

struct Support {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
};

// Panels where some density changes, none much narrower than the narrowest density needs.
std::vector<double> panels_of(std::span<const Spread> spreads, const Support& support,
                              bool long_tails) {
    double narrowest = std::numeric_limits<double>::infinity();
    std::vector<double> points;
    for (const auto& [mean, deviation] : spreads) {
        narrowest = std::min(narrowest, deviation);
        const auto add = [&](double z) {
            points.push_back(std::clamp(mean - z * deviation, support.low, support.high));
            points.push_back(std::clamp(mean + z * deviation, support.low, support.high));
        };
        for (const double z : kEnds) add(z);
        if (long_tails)
            for (const double z : kLongEnds) add(z);
    }
    std::ranges::sort(points);
    std::vector<double> panels{points.front()};
    for (const double point : points)
        if (point - panels.back() > 0.5 * narrowest) panels.push_back(point);
    if (panels.back() < points.back()) panels.push_back(points.back());
    return panels;
}

using Row = std::array<double, kNodes>;

// Adds one panel to the chances. `densities` are those at its nodes, times half its width; `below`
// are the distribution functions at its beginning, and are moved on to its end.
void add_panel(std::span<const Row> densities, std::span<double> below, std::span<double> ahead,
               std::span<double> best) {
    const std::size_t arms = densities.size();
    for (std::size_t j = 0; j < kNodes; ++j) {
        const auto reached = [&](std::size_t a) {
            double inside = 0;
            for (std::size_t k = 0; k < kNodes; ++k) inside += kPartial[j][k] * densities[a][k];
            return std::clamp(below[a] + inside, 0.0, 1.0);
        };
        // ∏ over the others: the product of those after times that of those before.
        ahead[arms] = 1;
        for (std::size_t a = arms; a > 0; --a) ahead[a - 1] = ahead[a] * reached(a - 1);
        double before = 1;
        for (std::size_t a = 0; a < arms; ++a) {
            best[a] += kWeight[j] * densities[a][j] * before * ahead[a + 1];
            before *= reached(a);
        }
    }
    for (std::size_t a = 0; a < arms; ++a)
        for (std::size_t k = 0; k < kNodes; ++k) below[a] += kWeight[k] * densities[a][k];
}

// Panel by panel; memory for one panel only, whatever their number.
template <class Density>
std::vector<double> integrate(std::size_t arms, std::span<const double> panels,
                              const Density& density) {
    std::vector<Row> densities(arms);
    std::vector<double> below(arms, 0.0);
    std::vector<double> ahead(arms + 1);
    std::vector<double> best(arms, 0.0);
    for (std::size_t p = 0; p + 1 < panels.size(); ++p) {
        const double half = (panels[p + 1] - panels[p]) / 2;
        for (std::size_t j = 0; j < kNodes; ++j) {
            const double x = panels[p] + half * (1 + kNode[j]);
            for (std::size_t a = 0; a < arms; ++a) densities[a][j] = density(a, x) * half;
        }
        add_panel(densities, below, ahead, best);
    }
    return best;
}

// Leaves out the arms that cannot win, integrates over the others, and puts the answers in place.
template <class Density>
std::vector<double> chances(std::span<const Spread> all, const Support& support, bool long_tails,
                            const Density& density) {
    const double tail = long_tails ? kLongEnds.back() : kFar;
    double floor = -std::numeric_limits<double>::infinity();
    for (const auto& [mean, deviation] : all) floor = std::max(floor, mean - tail * deviation);
    std::vector<std::size_t> arms;
    std::vector<Spread> spreads;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].mean + tail * all[i].deviation < floor) continue;
        arms.push_back(i);
        spreads.push_back(all[i]);
    }
    std::vector<double> answer(all.size(), 0.0);
    if (arms.size() == 1) {
        answer[arms[0]] = 1;
        return answer;
    }
    const auto panels = panels_of(spreads, support, long_tails);
    const auto best = integrate(arms.size(), panels,
                                [&](std::size_t a, double x) { return density(arms[a], x); });
    double sum = 0;
    for (const double chance : best) sum += chance;
    for (std::size_t a = 0; a < arms.size(); ++a) answer[arms[a]] = best[a] / sum;
    return answer;
}

}  // namespace

std::vector<double> chances_of_being_best(std::span<const Gaussian> values) {
    std::vector<Spread> spreads;
    spreads.reserve(values.size());
    for (const auto& value : values) spreads.push_back({value.mean, value.deviation});
    return chances(spreads, {}, false, [&](std::size_t i, double x) {
        const double z = (x - values[i].mean) / values[i].deviation;
        return std::exp(-0.5 * z * z) * kInvSqrt2Pi / values[i].deviation;
    });
}

std::vector<double> chances_of_being_best(std::span<const Beta> values) {
    std::vector<Spread> spreads;
    std::vector<double> log_scale;
    spreads.reserve(values.size());
    log_scale.reserve(values.size());
    for (const auto& [a, b] : values) {
        const double mean = a / (a + b);
        spreads.push_back({mean, std::sqrt(mean * (1 - mean) / (a + b + 1))});
        log_scale.push_back(log_gamma(a + b) - log_gamma(a) - log_gamma(b));
    }
    return chances(spreads, {0, 1}, true, [&](std::size_t i, double x) {
        const auto& [a, b] = values[i];
        return std::exp(log_scale[i] + (a - 1) * std::log(x) + (b - 1) * std::log1p(-x));
    });
}

}  // namespace attune::learn
