// The published vectors of GrowthBook's gbstats (packages/stats/tests/frequentist/test_tests.py and
// bayesian/test_tests.py, MIT), to the five decimals they are given with, and further ones computed
// with the same package in full precision:
//
//     pip install gbstats==0.8.0      # on Python 3.11, with SciPy 1.17.1
//     SequentialTwoSidedTTest(a, b, SequentialConfig(sequential_tuning_parameter=1000)).compute_result()
//
// Relative CUPED effects are computed apart, with NumPy, from the gradient of the effect: that
// release multiplied the covariate's spread by the lift as well, which GrowthBook mended later.
#include "learn/stats/comparison.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attune::learn {
namespace {

constexpr double kPublished = 5.1e-6;  // five decimals
constexpr double kFull = 1e-9;

constexpr Alternative kGreater{Direction::greater};
constexpr Alternative kLess{Direction::less};

Sample mean_of(std::uint64_t n, double sum, double squares) {
    return {.n = n, .sum = sum, .sum_squares = squares};
}
Sample control(std::uint64_t n = 3'000) { return mean_of(n, 1396.87, 52377.9767); }
Sample treatment() { return mean_of(3'461, 2422.7, 134698.29); }
Sample share_of(std::uint64_t n, double sum) { return {.n = n, .sum = sum}; }

struct Expected {
    double effect;
    double low;  // infinite: open
    double high;
    double error;
    double p_value;
    double within = kPublished;
};

void expect(const ComparisonRequest& request, const Expected& expected) {
    const auto answer = compare(request);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_NEAR(answer->effect, expected.effect, expected.within);
    ASSERT_EQ(answer->ci[0].has_value(), std::isfinite(expected.low));
    ASSERT_EQ(answer->ci[1].has_value(), std::isfinite(expected.high));
    if (answer->ci[0]) EXPECT_NEAR(*answer->ci[0], expected.low, expected.within);
    if (answer->ci[1]) EXPECT_NEAR(*answer->ci[1], expected.high, expected.within);
    EXPECT_NEAR(answer->standard_error, expected.error, expected.within);
    ASSERT_TRUE(answer->p_value);
    EXPECT_NEAR(*answer->p_value, expected.p_value, expected.within);
    EXPECT_FALSE(answer->chance_to_win || answer->risk);
}

TEST(GrowthBook, TwoSidedMeans) {
    ComparisonRequest request{.control = control(3'407), .treatment = treatment()};
    expect(request, {.70732, -.03526, 1.44989, .37879, .06191});
    expect(request, {0.7073170731707317, -0.03526008906611777, 1.449894235407581,
                     0.3787943616681428, 0.06191182745618362, kFull});
    request.relative = false;
    expect(request, {.29, .04538, .53462, .12478, .02016});
    expect(request, {0.29, 0.04537789255929012, 0.5346221074407098, 0.12478363158758794,
                     0.020158402643587037, kFull});
}

TEST(GrowthBook, TwoSidedProportions) {
    const ComparisonRequest request{
        .metric = Metric::proportion, .control = share_of(28, 14), .treatment = share_of(30, 16)};
    expect(request, {.06667, -.47767, .61101, .2717, .80707});
    expect(request, {0.06666666666666665, -0.4776740282706786, 0.6110073616040119,
                     0.27169855689735606, 0.8070716832021887, kFull});
}

TEST(GrowthBook, OneSidedMeans) {
    ComparisonRequest request{
        .alternative = kGreater, .control = control(), .treatment = treatment()};
    expect(request, {0.5033610858562358, -0.045136675850396046, INFINITY, 0.3334122146400735,
                     0.06558262868467746, kFull});
    request.alternative = kLess;
    expect(request, {0.5033610858562358, -INFINITY, 1.0518588475628676, 0.3334122146400735,
                     0.9344173713153225, kFull});
    request.relative = false;
    expect(request, {0.23437666666666668, -INFINITY, 0.44796185327007765, 0.12983081254184736,
                     0.9644572751012698, kFull});
    request.alternative = kGreater;
    expect(request, {0.23437666666666668, 0.020791480063255735, INFINITY, 0.12983081254184736,
                     0.03554272489873023, kFull});
}

TEST(GrowthBook, SequentialMeansAndProportions) {
    ComparisonRequest request{.method = Method::sequential,
                              .tuning = 1'000,
                              .control = control(),
                              .treatment = treatment()};
    expect(request, {.50336, -.55844, 1.56516, .33341, 1});
    expect(request, {0.5033610858562358, -0.5584405051077315, 1.5651626768202032,
                     0.3334122146400735, 1, kFull});
    request = {.metric = Metric::proportion,
               .method = Method::sequential,
               .control = share_of(3'000, 1'396),
               .treatment = share_of(3'461, 2'422)};
    expect(request, {.50386, .40098, .60675, .03386, 0});
    EXPECT_NEAR(*compare(request)->p_value / 5.174716682839852e-44, 1, 1e-9);
}

TEST(GrowthBook, SequentialOneSided) {
    ComparisonRequest request{.method = Method::sequential,
                              .alternative = kGreater,
                              .control = control(),
                              .treatment = treatment()};
    expect(request, {.50336, -0.42356454602790883, INFINITY, .33341, .4999});
    request.alternative = kLess;
    expect(request, {.50336, -INFINITY, 1.4302867177403806, .33341, .4999});
    request.relative = false;
    expect(request, {.23438, -INFINITY, 0.5953217750613832, .12983, .4999});
    request.alternative = kGreater;
    // Published as 0.46316, found by a bisection that stops at 1e-6 in the interval's end; the
    // equation it solves has its root at 0.463047.
    expect(request, {.23438, -0.12656844172804982, INFINITY, .12983, 0.46304735779462});
}

Sample adjusted(Sample sample, double sum, double squares, double cross) {
    sample.covariate_sum = sum;
    sample.covariate_sum_squares = squares;
    sample.cross_sum = cross;
    return sample;
}

TEST(GrowthBook, CupedSequential) {
    ComparisonRequest request{.method = Method::sequential,
                              .control = adjusted(control(), 16.87, 527.9767, 1),
                              .treatment = adjusted(treatment(), 22.7, 1348.29, 1)};
    expect(request, {.50338, -.50969, 1.51646, .33341, 1});
    request.tuning = 6'461;
    request.control = adjusted(control(), 1000.5, 40'000, 21'000);
    request.treatment = adjusted(treatment(), 1210.25, 52'000, 45'000);
    expect(request, {0.4787201250216802, -0.4052277091696223, 1.3626679592129827,
                     0.29123129148405885, 0.9005324149206032, kFull});
    request.relative = false;
    expect(request, {0.22290326034634478, -0.12012553967936801, 0.5659320603720576,
                     0.11301653398937446, 0.5313739431294852, kFull});
}

TEST(GrowthBook, CupedTwoSided) {
    ComparisonRequest request{.control = adjusted(control(), 1000.5, 40'000, 21'000),
                              .treatment = adjusted(treatment(), 1210.25, 52'000, 45'000)};
    expect(request, {0.4787201250216802, -0.09219350597558168, 1.0496337560189422,
                     0.29123129148405885, 0.10027208751429464, kFull});
    request.relative = false;
    expect(request, {0.22290326034634478, 0.0013519309757815678, 0.444454589716908,
                     0.11301653398937446, 0.04861871835673415, kFull});
}

Sample ratio_of(Sample sample, double sum, double squares, double cross) {
    sample.denominator_sum = sum;
    sample.denominator_sum_squares = squares;
    sample.cross_sum = cross;
    return sample;
}

TEST(GrowthBook, Ratios) {
    ComparisonRequest request{.metric = Metric::ratio,
                              .control = ratio_of(control(), 9'000, 31'000, 6'000),
                              .treatment = ratio_of(treatment(), 10'200, 35'000, 11'000)};
    expect(request, {0.5303331523965975, -0.13158558996885195, 1.1922518947620468,
                     0.3376522264756557, 0.11631652697885575, kFull});
    request.relative = false;
    expect(request, {0.08231183006535947, -0.0030678279755532306, 0.16769148810627216,
                     0.04355312788125861, 0.0588167614658659, kFull});
}

TEST(GrowthBook, CupedOfRatios) {
    Sample a{.n = 100,
             .sum = 485.112236689623,
             .sum_squares = 2715.484666118136,
             .denominator_sum = 679.9093275844917,
             .denominator_sum_squares = 4939.424001640236,
             .covariate_sum = 192.59138069991536,
             .covariate_sum_squares = 460.076026390857,
             .covariate_denominator_sum = 290.1398399750233,
             .covariate_denominator_sum_squares = 920.9461385038898,
             .cross_sums = CrossSums{.value_denominator = 3602.146836776702,
                                     .value_covariate = 1113.6215759318352,
                                     .value_covariate_denominator = 1559.2878434944676,
                                     .denominator_covariate = 1460.3181079276983,
                                     .denominator_covariate_denominator = 2130.9404074446747,
                                     .covariate_covariate_denominator = 634.239482353647}};
    Sample b{.n = 100,
             .sum = 514.7757826608777,
             .sum_squares = 2994.897482705013,
             .denominator_sum = 705.4090874383759,
             .denominator_sum_squares = 5291.36604146392,
             .covariate_sum = 206.94157227402536,
             .covariate_sum_squares = 514.2903702246757,
             .covariate_denominator_sum = 302.54389139107326,
             .covariate_denominator_sum_squares = 994.4506208125663,
             .cross_sums = CrossSums{.value_denominator = 3918.1561431600717,
                                     .value_covariate = 1237.0953021125997,
                                     .value_covariate_denominator = 1701.0287270040265,
                                     .denominator_covariate = 1604.0759503266522,
                                     .denominator_covariate_denominator = 2292.081739775257,
                                     .covariate_covariate_denominator = 698.4173425817908}};
    ComparisonRequest request{.metric = Metric::ratio, .control = a, .treatment = b};
    expect(request, {-.0007, -.00841, .00700, .00391, .85771});
    request.method = Method::sequential;
    expect(request, {-.0007, -.02063, .01923, .00391, 1});
}

struct Posterior {
    double effect;
    double low;
    double high;
    double error;
    double chance;
    double risk_control;
    double risk_treatment;
    double within = kPublished;
};

void expect(const ComparisonRequest& request, const Posterior& expected) {
    const auto answer = compare(request);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_NEAR(answer->effect, expected.effect, expected.within);
    EXPECT_NEAR(answer->ci[0].value(), expected.low, expected.within);
    EXPECT_NEAR(answer->ci[1].value(), expected.high, expected.within);
    EXPECT_NEAR(answer->standard_error, expected.error, expected.within);
    EXPECT_NEAR(answer->chance_to_win.value(), expected.chance, expected.within);
    EXPECT_NEAR(answer->risk.value()[0], expected.risk_control, expected.within);
    EXPECT_NEAR(answer->risk.value()[1], expected.risk_treatment, expected.within);
    EXPECT_FALSE(answer->p_value);
}

TEST(GrowthBook, BayesianProportions) {
    expect({.metric = Metric::proportion,
            .method = Method::bayesian,
            .control = share_of(100, 49),
            .treatment = share_of(100, 51)},
           Posterior{0.04081632653061228, -0.24779335974122607, 0.3294260128024506,
                     0.14725254573469446, 0.6091813095808981, 0.0813958491551631,
                     0.04057952262455082, kFull});
}

TEST(GrowthBook, BayesianMeansWithAndWithoutAPrior) {
    ComparisonRequest request{.method = Method::bayesian,
                              .control = mean_of(10, 100, 1002.25),
                              .treatment = mean_of(10, 105, 1111.5)};
    expect(request, Posterior{.05, -.02, .12, .03572, .91923, .05131, .00131});
    request.prior = GaussianPrior{.mean = .1, .variance = .1};
    expect(request, Posterior{.05063, -.01893, .12019, .03549, .92315, .05186, .00123});
    request.prior->proper = false;
    expect(request, Posterior{.05, -.02, .12, .03572, .91923, .05131, .00131});
    request.prior.reset();
    request.alternative = kLess;
    expect(request, Posterior{.05, -.02, .12, .03572, 1 - .91923, .00131, .05131});
}

TEST(GrowthBook, BayesianRatiosScaleARelativePrior) {
    ComparisonRequest request{.metric = Metric::ratio,
                              .method = Method::bayesian,
                              .prior = GaussianPrior{.mean = .1, .variance = .09},
                              .control = ratio_of(control(), 9'000, 31'000, 6'000),
                              .treatment = ratio_of(treatment(), 10'200, 35'000, 11'000)};
    expect(request, Posterior{0.2898444616237067, -0.14971159877994594, 0.7294005220273592,
                              0.22426741709072956, 0.9018916376223527, 0.30022088074183945,
                              0.010376419118132738, kFull});
    request.relative = false;
    expect(request, Posterior{0.05114415836983159, -0.011197143012178778, 0.11348545975184195,
                              0.03180737088729721, 0.9460752009354082, 0.051869705424062516,
                              0.0007255470542309254, kFull});
}

Sample quantile_of(std::uint64_t n, double estimate, double low, double high) {
    return {.n = n, .quantile = estimate, .quantile_lower = low, .quantile_upper = high};
}

TEST(GrowthBook, BayesianQuantiles) {
    ComparisonRequest request{
        .metric = Metric::quantile,
        .method = Method::bayesian,
        .relative = false,
        .quantile_level = 0.9,
        .control = quantile_of(11'054, 7.157987489967789, 7.098780136176828, 7.217194843758751),
        .treatment = quantile_of(10'861, 7.694499927525767, 7.64180598628119, 7.747193868770344)};
    const auto check = [&](double effect, double low, double high) {
        const auto answer = compare(request);
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_NEAR(answer->effect, effect, 1e-12);
        EXPECT_NEAR(answer->ci[0].value(), low, 1e-12);
        EXPECT_NEAR(answer->ci[1].value(), high, 1e-12);
    };
    check(0.5365124375579775, 0.4572559589115422, 0.6157689162044128);
    request.prior = GaussianPrior{.mean = 0, .variance = 1e6};
    check(0.536512437540855, 0.4572559588956844, 0.6157689161860256);
    request.prior->variance = 1;
    check(0.536495315442269, 0.4572401014910488, 0.6157505293934892);
    request.relative = true;
    check(0.07495037261804469, 0.06340765898986044, 0.08649308624622894);
}

}  // namespace
}  // namespace attune::learn
