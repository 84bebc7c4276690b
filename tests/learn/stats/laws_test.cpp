// What must hold whatever the data is.
#include "base/random.h"
#include "learn/stats/comparison.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

namespace attune::learn {
namespace {

// A sample with some spread and a mean well above 0, with a covariate that goes along with it.
SampleSums any_sample() {
    const int count = *rc::gen::inRange(3, 60);
    const int base = *rc::gen::inRange(10, 50);
    SampleSums sums;
    for (int i = 0; i < count; ++i) {
        const double before = base + *rc::gen::inRange(-400, 400) / 100.0;
        const double value = before + *rc::gen::inRange(-200, 200) / 100.0 + i % 2;
        sums.add({.value = value, .denominator = 2.0 + i % 3, .covariate = before});
    }
    return sums;
}

ComparisonRequest any_request() {
    ComparisonRequest request;
    request.metric = *rc::gen::element(Metric::mean, Metric::ratio);
    request.relative = *rc::gen::arbitrary<bool>();
    request.alpha = *rc::gen::element(0.001, 0.01, 0.05, 0.2);
    request.tuning = *rc::gen::element(10.0, 500.0, 5'000.0);
    return request;
}

bool law(const char* name, auto body) { return rc::check(name, body); }

TEST(ComparisonLaws, ASequentialIntervalContainsTheFixedOne) {
    EXPECT_TRUE(law("contains", [] {
        auto request = any_request();
        // With a handful of people Welch's t quantile exceeds the sequence's normal one.
        SampleSums a = any_sample();
        SampleSums b = any_sample();
        for (int i = 0; i < 6; ++i) {
            a += a;
            b += b;
        }
        const auto fixed = compare(request, a, b, false);
        request.method = Method::sequential;
        const auto always = compare(request, a, b, false);
        RC_ASSERT(fixed && always);
        RC_ASSERT(*always->ci[0] <= *fixed->ci[0]);
        RC_ASSERT(*always->ci[1] >= *fixed->ci[1]);
        // Far out t has heavier tails than the normal distribution that the sequence assumes.
        if (*fixed->p_value > 1e-6) RC_ASSERT(*always->p_value >= *fixed->p_value);
    }));
}

TEST(ComparisonLaws, SwappingTheVariantsTurnsAnAbsoluteEffectAround) {
    EXPECT_TRUE(law("swap", [] {
        auto request = any_request();
        request.relative = false;
        request.method =
            *rc::gen::element(Method::frequentist, Method::sequential, Method::bayesian);
        const auto a = any_sample();
        const auto b = any_sample();
        const bool adjusted = request.metric == Metric::mean && *rc::gen::arbitrary<bool>();
        const auto there = compare(request, a, b, adjusted);
        const auto back = compare(request, b, a, adjusted);
        RC_ASSERT(there && back);
        const double scale = 1e-9 * (1 + std::abs(there->effect));
        RC_ASSERT(std::abs(there->effect + back->effect) < scale);
        RC_ASSERT(std::abs(*there->ci[0] + *back->ci[1]) < scale);
        if (there->p_value) RC_ASSERT(std::abs(*there->p_value - *back->p_value) < 1e-9);
        if (there->chance_to_win)
            RC_ASSERT(std::abs(*there->chance_to_win + *back->chance_to_win - 1) < 1e-9);
    }));
}

TEST(ComparisonLaws, AnIntervalLeavesOutZeroExactlyWhenPIsBelowAlpha) {
    EXPECT_TRUE(law("duality", [] {
        auto request = any_request();
        request.method = *rc::gen::element(Method::frequentist, Method::sequential);
        request.alternative.direction =
            *rc::gen::element(Direction::two_sided, Direction::greater, Direction::less);
        const auto answer = compare(request, any_sample(), any_sample(), false);
        RC_ASSERT(answer.has_value());
        const bool without_zero = answer->ci[0].value_or(-1) > 0 || answer->ci[1].value_or(1) < 0;
        RC_PRE(std::abs(*answer->p_value - request.alpha) > 1e-12);
        RC_ASSERT(without_zero == (*answer->p_value < request.alpha));
    }));
}

TEST(ComparisonLaws, MultiplyingAllValuesLeavesARelativeEffectAsItIs) {
    EXPECT_TRUE(law("scale", [] {
        SampleSums a;
        SampleSums b;
        SampleSums a_scaled;
        SampleSums b_scaled;
        const double factor = *rc::gen::element(0.01, 3.0, 1e5);
        for (int i = 0; i < 20; ++i) {
            const double x = *rc::gen::inRange(100, 900) + i;
            const double y = *rc::gen::inRange(100, 900) + i;
            a.add({.value = x});
            b.add({.value = y});
            a_scaled.add({.value = x * factor});
            b_scaled.add({.value = y * factor});
        }
        const ComparisonRequest request;
        const auto plain = compare(request, a, b, false);
        const auto scaled = compare(request, a_scaled, b_scaled, false);
        RC_ASSERT(plain && scaled);
        RC_ASSERT(std::abs(plain->effect - scaled->effect) < 1e-9);
        RC_ASSERT(std::abs(*plain->p_value - *scaled->p_value) < 1e-7);
    }));
}

// The point of CUPED: what the past explains is no noise any more. With a correlation of ρ between
// before and after, a fraction √(1 − ρ²) of the standard error is left.
TEST(ComparisonLaws, AdjustingByACovariateLeavesWhatThePastDoesNotExplain) {
    base::SeededRandom random(7);
    SampleSums a;
    SampleSums b;
    const auto noise = [&] { return random.unit() - random.unit(); };
    for (int i = 0; i < 4'000; ++i) {
        const double before = 10 + 4 * noise();
        (i % 2 == 0 ? a : b).add({.value = before + 3 * noise(), .covariate = before});
    }
    const ComparisonRequest request{.relative = false};
    const auto plain = compare(request, a, b, false);
    const auto adjusted = compare(request, a, b, true);
    ASSERT_TRUE(plain && adjusted);
    EXPECT_NEAR(adjusted->standard_error / plain->standard_error, 3.0 / 5, 0.02);
}

TEST(ComparisonLaws, NoAnswerEverHoldsANaN) {
    EXPECT_TRUE(law("finite", [] {
        const auto number = [] {
            return *rc::gen::element(0.0, -1.0, 1.0, 5.0, 1e-300, -1e-300, 1e150, 1e308, -1e308,
                                     std::numeric_limits<double>::quiet_NaN(),
                                     std::numeric_limits<double>::infinity());
        };
        const auto sample = [&] {
            return Sample{.n = *rc::gen::element<std::uint64_t>(0, 1, 2, 5, 1'000, UINT64_MAX),
                          .sum = number(),
                          .sum_squares = number(),
                          .denominator_sum = number(),
                          .denominator_sum_squares = number(),
                          .covariate_sum = number(),
                          .covariate_sum_squares = number(),
                          .cross_sum = number(),
                          .quantile = number(),
                          .quantile_lower = number(),
                          .quantile_upper = number()};
        };
        ComparisonRequest request{
            .metric = *rc::gen::element(Metric::mean, Metric::proportion, Metric::ratio,
                                        Metric::quantile),
            .method = *rc::gen::element(Method::frequentist, Method::sequential, Method::bayesian),
            .relative = *rc::gen::arbitrary<bool>(),
            .alpha = *rc::gen::element(0.05, 1e-300, 0.999),
            .tuning = *rc::gen::element(1e-300, 5'000.0, 1e300),
            .quantile_level = 0.5,
            .control = sample(),
            .treatment = sample()};
        if (*rc::gen::arbitrary<bool>())
            request.prior = GaussianPrior{.mean = number(), .variance = number()};
        const auto answer = compare(request);
        if (!answer) {
            RC_ASSERT(answer.error().code == Code::invalid_argument);
            RC_ASSERT(!answer.error().fields.empty());
            return;
        }
        RC_ASSERT(std::isfinite(answer->effect) && answer->standard_error > 0);
        for (const auto& end : answer->ci) RC_ASSERT(!end || std::isfinite(*end));
        RC_ASSERT(std::isfinite(answer->p_value.value_or(0)));
        RC_ASSERT(std::isfinite(answer->chance_to_win.value_or(0)));
    }));
}

TEST(SampleSumsLaws, PartsAddUpInAnyOrderAndWhatWasRemovedIsGone) {
    EXPECT_TRUE(law("monoid", [] {
        // Whole numbers, whose sums are exact.
        const auto values = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-1'000, 1'000));
        const int extra = *rc::gen::inRange(-1'000, 1'000);
        SampleSums all;
        SampleSums even;
        SampleSums odd;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const Observation person{.value = static_cast<double>(values[i]),
                                     .covariate = static_cast<double>(i)};
            all.add(person);
            (i % 2 == 0 ? even : odd).add(person);
        }
        all.add({.value = static_cast<double>(extra)});
        all.remove({.value = static_cast<double>(extra)});
        odd += even;
        RC_ASSERT(odd == all);
    }));
}

}  // namespace
}  // namespace attune::learn
