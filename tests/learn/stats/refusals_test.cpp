#include "base/json.h"
#include "learn/stats/comparison.h"
#include "learn/stats/used_members.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

// The pointer of what is wrong with a request, or "answered".
std::string wrong_with(std::string_view json) {
    const auto request = base::from_json<ComparisonRequest>(json);
    if (!request) return request.error().fields.empty() ? "?" : request.error().fields[0].pointer;
    const auto answer = compare(*request);
    return answer ? "answered" : answer.error().fields[0].pointer;
}

constexpr std::string_view kGood = R"({"n": 10, "sum": 50, "sum_squares": 300})";
std::string request(std::string_view control, std::string_view more = "",
                    std::string_view treatment = kGood) {
    return R"({"metric": "mean", )" + std::string(more) + R"("control": )" + std::string(control) +
           R"(, "treatment": )" + std::string(treatment) + "}";
}

TEST(Comparison, NamesTheMemberThatCannotBe) {
    EXPECT_EQ(wrong_with(request(kGood)), "answered");
    EXPECT_EQ(wrong_with(request(R"({"n": 1, "sum": 5, "sum_squares": 25})")), "/control/n");
    EXPECT_EQ(wrong_with(request(R"({"n": -1, "sum": 5, "sum_squares": 25})")), "/control/n");
    EXPECT_EQ(wrong_with(request(R"({"n": 10, "sum_squares": 300})")), "/control/sum");
    EXPECT_EQ(wrong_with(request(R"({"n": 10, "sum": 50})")), "/control/sum_squares");
    EXPECT_EQ(wrong_with(request(R"({"n": 10, "sum": 50, "sum_squares": 100})")),
              "/control/sum_squares");
    EXPECT_EQ(wrong_with(request(R"({"n": 10, "sum": 50, "sum_squares": 250})")), "/control");
    EXPECT_EQ(wrong_with(request(R"({"n": 10, "sum": 0, "sum_squares": 10})")), "/control");
    EXPECT_EQ(wrong_with(request(R"({"n": 10, "sum": -50, "sum_squares": 300})")), "/control");
    EXPECT_EQ(wrong_with(request(kGood, "", R"({"n": 0, "sum": 0, "sum_squares": 0})")),
              "/treatment/n");
    EXPECT_EQ(wrong_with(request(kGood, R"("alpha": 1, )")), "/alpha");
    EXPECT_EQ(wrong_with(request(kGood, R"("alternative": "both", )")), "/alternative");
    EXPECT_EQ(wrong_with(request(kGood, R"("method": "psychic", )")), "/method");
    EXPECT_EQ(wrong_with(request(kGood, R"("method": "sequential", "tuning": 0, )")), "/tuning");
    EXPECT_EQ(wrong_with(request(kGood, R"("method": "bayesian", "prior": {"variance": 0}, )")),
              "/prior/variance");
    EXPECT_EQ(wrong_with(request(kGood, R"("level": 1, )")), "/level");
}

TEST(Comparison, RefusesSumsThatContradictThemselves) {
    const auto proportion = [](std::string_view control) {
        return R"({"metric": "proportion", "control": )" + std::string(control) +
               R"(, "treatment": {"n": 10, "sum": 5}})";
    };
    EXPECT_EQ(wrong_with(proportion(R"({"n": 10, "sum": 4.5})")), "/control/sum");
    EXPECT_EQ(wrong_with(proportion(R"({"n": 10, "sum": -1})")), "/control/sum");
    const auto quantile = [](double at) {
        return R"({"metric": "quantile", "quantile_level": 0.5, "control": {"n": 100, "quantile": )" +
               std::to_string(at) + R"(, "quantile_lower": 4, "quantile_upper": 6}, )" +
               R"("treatment": {"n": 100, "quantile": 6, "quantile_lower": 4, "quantile_upper": 6}})";
    };
    EXPECT_EQ(wrong_with(quantile(5)), "answered");
    EXPECT_EQ(wrong_with(quantile(3.9)), "/control/quantile");
    EXPECT_EQ(wrong_with(quantile(6.1)), "/control/quantile");
    EXPECT_EQ(wrong_with(request(kGood, R"("alpha": 0, )")), "/alpha");
    EXPECT_EQ(wrong_with(request(kGood, R"("alpha": -0.05, )")), "/alpha");
    EXPECT_EQ(wrong_with(request(R"({"n": 10, "sum": 50, "sum_squares": -1})")),
              "/control/sum_squares");
}

// The pointer of what is there in vain, or "used".
std::string unused_in(const std::string& json) {
    const auto request = base::from_json<ComparisonRequest>(json);
    if (!request) return request.error().message;
    const auto checked = check_members(*request);
    return checked ? "used" : checked.error().fields[0].pointer;
}

TEST(Members, ThatSayNothingAboutTheMetricAreNamed) {
    EXPECT_EQ(unused_in(request(kGood)), "used");
    for (const std::string_view member :
         {"denominator_sum", "denominator_sum_squares", "covariate_sum_squares",
          "covariate_denominator_sum", "covariate_denominator_sum_squares", "cross_sum", "quantile",
          "quantile_lower", "quantile_upper", "n_star"}) {
        const std::string control =
            R"({"n": 10, "sum": 50, "sum_squares": 300, ")" + std::string(member) + R"(": 5})";
        EXPECT_EQ(unused_in(request(control)), "/control/" + std::string(member));
        EXPECT_EQ(unused_in(request(kGood, "", control)), "/treatment/" + std::string(member));
    }
    EXPECT_EQ(unused_in(request(R"({"n": 10, "cross_sums": {"value_covariate": 1}})")),
              "/control/cross_sums");
    EXPECT_EQ(unused_in(request(
                  R"({"n": 10, "covariate_sum": 1, "covariate_sum_squares": 1, "cross_sum": 2})")),
              "used");
    const auto of = [](std::string_view metric, std::string_view control) {
        return R"({"metric": ")" + std::string(metric) + R"(", "control": )" +
               std::string(control) + R"(, "treatment": {"n": 10}})";
    };
    EXPECT_EQ(unused_in(of("quantile", R"({"n": 10, "sum": 5})")), "/control/sum");
    EXPECT_EQ(unused_in(of("ratio", R"({"n": 10, "cross_sum": 5})")), "used");
    EXPECT_EQ(unused_in(of("ratio", R"({"n": 10, "cross_sums": {"denominator_covariate": 1}})")),
              "/control/cross_sums/denominator_covariate");
    EXPECT_EQ(unused_in(of("ratio",
                           R"({"n": 10, "cross_sum": 5, "cross_sums": {"value_denominator": 6}})")),
              "/control/cross_sum");
    EXPECT_EQ(unused_in(of("proportion", R"({"n": 10, "sum": 5, "sum_squares": 5})")), "used");
    EXPECT_EQ(unused_in(of("proportion", R"({"n": 10, "sum": 5, "sum_squares": 6})")),
              "/control/sum_squares");
}

TEST(Members, ThatSayNothingToTheMethodAreNamed) {
    EXPECT_EQ(unused_in(request(kGood, R"("tuning": 100, )")), "/tuning");
    EXPECT_EQ(unused_in(request(kGood, R"("method": "sequential", "tuning": 100, )")), "used");
    EXPECT_EQ(unused_in(request(kGood, R"("prior": {"mean": 0}, )")), "/prior");
    EXPECT_EQ(unused_in(request(kGood, R"("method": "bayesian", "prior": {"mean": 0}, )")), "used");
    EXPECT_EQ(unused_in(request(kGood, R"("quantile_level": 0.5, )")), "/quantile_level");
}

TEST(Comparison, IsAdjustedByWhatIsKnownOfBothSides) {
    constexpr std::string_view kWithCovariate =
        R"({"n": 10, "sum": 50, "sum_squares": 300, "covariate_sum": 20, "covariate_sum_squares": 60, "cross_sum": 110})";
    EXPECT_EQ(wrong_with(request(kWithCovariate, "", kWithCovariate)), "answered");
    EXPECT_EQ(wrong_with(request(kWithCovariate)), "/treatment/covariate_sum");
    EXPECT_EQ(wrong_with(request(kGood, "", kWithCovariate)), "/control/covariate_sum");
}

TEST(Comparison, AnAbsoluteEffectNeedsNoBaseline) {
    EXPECT_EQ(
        wrong_with(request(R"({"n": 10, "sum": 0, "sum_squares": 10})", R"("relative": false, )")),
        "answered");
    EXPECT_EQ(wrong_with(request(R"({"n": 10, "sum": -50, "sum_squares": 300})",
                                 R"("relative": false, )")),
              "answered");
}

TEST(Comparison, ProportionsRatiosAndQuantilesSayWhatTheyNeed) {
    const auto of = [](std::string_view metric, std::string_view control) {
        return R"({"metric": ")" + std::string(metric) + R"(", "control": )" +
               std::string(control) + R"(, "treatment": )" + std::string(control) + "}";
    };
    EXPECT_EQ(wrong_with(of("proportion", R"({"n": 10, "sum": 5})")), "answered");
    EXPECT_EQ(wrong_with(of("proportion", R"({"n": 10, "sum": 11})")), "/control/sum");
    EXPECT_EQ(wrong_with(of("proportion", R"({"n": 10, "sum": 10})")), "/control");
    EXPECT_EQ(wrong_with(of("ratio", kGood)), "/control/denominator_sum");
    EXPECT_EQ(wrong_with(of("quantile", R"({"n": 1000, "quantile": 5})")), "/quantile_level");
    const std::string level = R"(quantile", "quantile_level": 0.99, "x": ")";
    EXPECT_EQ(wrong_with(of(level, kGood)), "/x");
    const std::string extreme =
        R"({"metric": "quantile", "quantile_level": 0.99, "control": )"
        R"({"n": 100, "quantile": 5, "quantile_lower": 4, "quantile_upper": 6},)"
        R"("treatment": {"n": 100}})";
    EXPECT_EQ(wrong_with(extreme), "/control/n");
}

TEST(Comparison, ValuesThatDifferOnlyByRoundingHaveNoVariance) {
    SampleSums a;
    SampleSums b;
    for (int i = 0; i < 1'000; ++i) {
        a.add({.value = 0.1});
        b.add({.value = 0.1 + (i % 2) * 1e-3});
    }
    const auto answer = compare(ComparisonRequest{}, a, b, false);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().fields[0].pointer, "/control");
    EXPECT_TRUE(compare(ComparisonRequest{}, b, b, false));
}

TEST(Comparison, WatchingBeginsWhenEnoughIsKnown) {
    const auto of = [](int people, int givers, double value) {
        SampleSums sums;
        for (int i = 0; i < people; ++i) sums.add({.value = i < givers ? value : 0});
        return sums;
    };
    EXPECT_FALSE(is_enough_to_watch(Metric::proportion, of(1'000, 24, 1)));
    EXPECT_TRUE(is_enough_to_watch(Metric::proportion, of(1'000, 25, 1)));
    EXPECT_FALSE(is_enough_to_watch(Metric::proportion, of(1'000, 980, 1)));
    EXPECT_FALSE(is_enough_to_watch(Metric::mean, of(99, 99, 7)));
    EXPECT_TRUE(is_enough_to_watch(Metric::mean, of(100, 100, 7)));
    EXPECT_FALSE(is_enough_to_watch(Metric::mean, of(100, 20, 7)));
    EXPECT_TRUE(is_enough_to_watch(Metric::mean, of(5'000, 20, 7)));
    // Few in one of them is what there is to see where the other has many.
    EXPECT_TRUE(is_enough_to_compare(Metric::proportion, of(1'000, 0, 1), of(1'000, 50, 1)));
    EXPECT_FALSE(is_enough_to_compare(Metric::proportion, of(1'000, 20, 1), of(1'000, 24, 1)));
    EXPECT_FALSE(is_enough_to_compare(Metric::proportion, of(20, 0, 1), of(1'000, 50, 1)));
    EXPECT_TRUE(is_enough_to_compare(Metric::mean, of(100, 0, 7), of(100, 50, 7)));
    EXPECT_FALSE(is_enough_to_compare(Metric::mean, of(100, 10, 7), of(100, 30, 7)));
}

TEST(Comparison, WritesAnOpenEndAsNull) {
    const auto request = base::from_json<ComparisonRequest>(
        R"({"metric": "proportion", "alternative": "greater",
            "control": {"n": 28, "sum": 14}, "treatment": {"n": 30, "sum": 16}})");
    ASSERT_TRUE(request) << request.error().message;
    const std::string text = base::to_json(*compare(*request));
    EXPECT_NE(text.find(R"(,null],"standard_error":0.27169855689735)"), std::string::npos) << text;
}

}  // namespace
}  // namespace attune::learn
