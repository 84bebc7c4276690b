#include "learn/policy/evaluation.h"

#include "base/json.h"
#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attune::learn {
namespace {

std::string wrong_with(PolicyLog& log, std::string_view json) {
    const auto document = base::JsonDocument::parse(json);
    if (!document) return "no JSON";
    const auto added = log.add(document->root());
    if (added) return "added";
    return added.error().fields.empty() ? added.error().message : added.error().fields[0].pointer;
}

void add(PolicyLog& log, const std::string& json) { ASSERT_EQ(wrong_with(log, json), "added"); }

bool warns(const PolicyReport& report, std::string_view code) {
    return std::ranges::any_of(report.warnings,
                               [&](const auto& warning) { return warning.code == code; });
}

// By hand: w = (.9/.5, .1/.5, .9/.5, .1/.5) = (1.8, .2, 1.8, .2), r = (1, 0, 0, 1).
TEST(PolicyEvaluation, WeighsRewardsAsTheFormulasSay) {
    PolicyLog log;
    for (const auto& [action, reward] :
         std::vector<std::pair<const char*, int>>{{"a", 1}, {"b", 0}, {"a", 0}, {"b", 1}})
        add(log, R"({"action": ")" + std::string(action) + R"(", "reward": )" +
                     std::to_string(reward) +
                     R"(, "propensity": 0.5, "target": {"a": 0.9, "b": 0.1}})");
    const auto report = log.evaluate({});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_DOUBLE_EQ(report->logged.value, 0.5);
    EXPECT_DOUBLE_EQ(report->estimators.ips.value, (1.8 + 0.2) / 4);
    EXPECT_DOUBLE_EQ(report->estimators.snips.value, 2.0 / 4);
    EXPECT_DOUBLE_EQ(report->weight_mean, 1);
    EXPECT_DOUBLE_EQ(report->weight_max, 1.8);
    EXPECT_NEAR(report->effective_sample_size, 16 / (2 * 1.8 * 1.8 + 2 * 0.2 * 0.2), 1e-12);
    EXPECT_TRUE(warns(*report, "few_effective_rows"));
}

// A world where the truth is known: young people like "games", others like "news".
class World {
public:
    explicit World(std::uint64_t seed) : random_(seed) {}

    // Logs `rows` decisions of an even choice between three actions; the target picks what suits.
    PolicyLog log(int rows, double propensity_said = 1.0 / 3) {
        PolicyLog log;
        static constexpr std::array kActions{"games", "news", "music"};
        for (int i = 0; i < rows; ++i) {
            const bool young = random_.unit() < 0.5;
            const auto action = static_cast<std::size_t>(random_.below(3));
            const double rate = rate_of(young, action);
            add(log, R"({"context": {"age": ")" + std::string(young ? "young" : "old") +
                         R"(", "hour": )" + std::to_string(random_.below(24)) +
                         R"(}, "action": ")" + kActions[action] + R"(", "reward": )" +
                         (random_.unit() < rate ? "1" : "0") + R"(, "propensity": )" +
                         std::to_string(propensity_said) + R"(, "target": )" +
                         (young ? R"({"games": 0.8, "news": 0.1, "music": 0.1}})"
                                : R"({"games": 0.1, "news": 0.8, "music": 0.1}})"));
        }
        return log;
    }

    static double truth() { return 0.8 * 0.5 + 0.1 * 0.1 + 0.1 * 0.2; }

private:
    static double rate_of(bool young, std::size_t action) {
        if (action == 2) return 0.2;
        return (action == 0) == young ? 0.5 : 0.1;
    }

    base::SeededRandom random_;
};

TEST(PolicyEvaluation, EveryEstimatorFindsTheTruthOfAWorldItCanSee) {
    World world(1);
    auto log = world.log(3'000);
    const auto report = log.evaluate({});
    ASSERT_TRUE(report) << report.error().message;
    const auto& found = report->estimators;
    for (const auto& estimate : {found.dm, found.ips, found.snips, found.dr, found.switch_dr})
        EXPECT_NEAR(estimate.value, World::truth(), 0.03);
    EXPECT_NEAR(report->logged.value, 0.8 / 3, 0.03);
    EXPECT_TRUE(report->warnings.empty()) << report->warnings[0].message;
    // The model knows most of what weights are noisy about.
    EXPECT_LT(found.snips.standard_error, found.ips.standard_error);
    EXPECT_LT(found.dr.standard_error, 1.02 * found.snips.standard_error);
}

TEST(PolicyEvaluation, IntervalsCoverTheTruthAsOftenAsTheyClaim) {
    constexpr int kRuns = 100;
    std::array<int, 5> covered{};
    for (int run = 0; run < kRuns; ++run) {
        World world(static_cast<std::uint64_t>(run) + 100);
        auto log = world.log(900);
        const auto report = log.evaluate({});
        ASSERT_TRUE(report);
        const auto& found = report->estimators;
        const std::array estimates{found.dm, found.ips, found.snips, found.dr, found.switch_dr};
        for (std::size_t i = 0; i < estimates.size(); ++i)
            covered[i] +=
                (*estimates[i].ci)[0] <= World::truth() && World::truth() <= (*estimates[i].ci)[1]
                    ? 1
                    : 0;
    }
    for (const int count : covered) EXPECT_GE(count, 90) << kRuns;
}

TEST(PolicyEvaluation, SwitchingTakesTheModelWhereWeightsAreLarge) {
    World world(3);
    auto log = world.log(1'000);
    const auto report = log.evaluate({.switch_at = 0.5});  // all weights but the small ones
    ASSERT_TRUE(report);
    EXPECT_DOUBLE_EQ(report->switch_at, 0.5);
    EXPECT_LT(report->estimators.switch_dr.standard_error, report->estimators.dr.standard_error);
    const auto all = log.evaluate({.switch_at = 1e9});
    EXPECT_DOUBLE_EQ(all->estimators.switch_dr.value, all->estimators.dr.value);
}

TEST(PolicyEvaluation, WarnsLoudlyOfWhatTheLogCannotTell) {
    World world(4);
    auto false_propensities = world.log(2'000, 0.2);
    EXPECT_TRUE(warns(*false_propensities.evaluate({}), "propensities_off"));
    auto halved = world.log(2'000, 0.6);
    EXPECT_TRUE(warns(*halved.evaluate({}), "missing_support"));

    PolicyLog unseen;
    for (int i = 0; i < 200; ++i)
        add(unseen, R"({"action": "a", "reward": )" + std::to_string(i % 2) +
                        R"(, "propensity": 1, "target": {"a": 0.6, "b": 0.4}})");
    const auto report = unseen.evaluate({});
    ASSERT_TRUE(report);
    EXPECT_NEAR(report->unseen_share, 0.4, 1e-12);
    EXPECT_TRUE(warns(*report, "missing_support"));

    PolicyLog lucky;
    for (int i = 0; i < 200; ++i)
        add(lucky, R"({"action": 1, "reward": 0, "propensity": )" +
                       std::string(i == 0 ? "0.001" : "1") + R"(, "target": {"1": 1}})");
    EXPECT_TRUE(warns(*lucky.evaluate({}), "one_row_dominates"));
    EXPECT_TRUE(warns(*lucky.evaluate({}), "few_effective_rows"));
    EXPECT_TRUE(warns(*lucky.evaluate({}), "no_variation"));
    EXPECT_FALSE(lucky.evaluate({})->estimators.ips.ci);
}

TEST(PolicyEvaluation, RefusesALineByNamingTheMember) {
    PolicyLog log;
    const auto line = [](std::string_view change) {
        return R"({"context": null, )" + std::string(change) + "}";
    };
    constexpr std::string_view kRest = R"("action": "a", "reward": 1, "propensity": 0.5, )";
    EXPECT_EQ(wrong_with(log, "[]"), "");
    EXPECT_EQ(wrong_with(log, line(R"("reward": 1, "propensity": 1, "target": {"a": 1})")),
              "/action");
    EXPECT_EQ(wrong_with(log, line(R"("action": 1.5, "reward": 1, "propensity": 1)")), "/action");
    EXPECT_EQ(wrong_with(log, line(R"("action": "a", "reward": true, "propensity": 1)")),
              "/reward");
    EXPECT_EQ(
        wrong_with(log, line(R"("action": "a", "reward": 1, "propensity": 0, "target": {"a": 1})")),
        "/propensity");
    EXPECT_EQ(
        wrong_with(log,
                   line(R"("action": "a", "reward": 1, "propensity": 1.1, "target": {"a": 1})")),
        "/propensity");
    for (const std::string_view target :
         {R"("target": 1)", R"("target": {})", R"("target": {"a": -0.1, "b": 1.1})",
          R"("target": {"a": 0.5})", R"("target": {"a": "x"})", R"("other": 1)"})
        EXPECT_EQ(wrong_with(log, line(std::string(kRest) + std::string(target))), "/target");
    EXPECT_EQ(wrong_with(log, line(R"("action": "a", "reward": -1e60, "propensity": 1, )"
                                   R"("target": {"a": 1})")),
              "/reward");
    EXPECT_EQ(wrong_with(log, line(R"("action": "a", "reward": 1, "propensity": 1e-200, )"
                                   R"("target": {"a": 1})")),
              "/propensity");
    EXPECT_EQ(log.rows(), 0u);
    EXPECT_FALSE(log.evaluate({}));
    add(log, line(std::string(kRest) + R"("target": {"b": 1})"));
    add(log, line(std::string(kRest) + R"("target": {"b": 1})"));
    EXPECT_FALSE(log.evaluate({}));  // the target never does what was logged
    EXPECT_FALSE(log.evaluate({.alpha = 0}));
    EXPECT_FALSE(log.evaluate({.switch_at = 0}));
}

TEST(PolicyEvaluation, TakesDecisionsThatAreNoJson) {
    PolicyLog log;
    const std::vector<std::pair<std::string_view, double>> target{{"a", 0.9}, {"b", 0.1}};
    for (int i = 0; i < 4; ++i)
        ASSERT_TRUE(log.add({.action = i % 2 == 0 ? "a" : "b",
                             .reward = i % 2 == 0 ? 1.0 : 0.0,
                             .propensity = 0.5,
                             .target = target}));
    EXPECT_DOUBLE_EQ(log.evaluate({})->estimators.ips.value, 0.9);
    EXPECT_FALSE(log.add({.action = "a", .reward = NAN, .propensity = 0.5, .target = target}));
    EXPECT_FALSE(log.add({.action = "a", .reward = 1, .propensity = 0.5}));
}

TEST(PolicyEvaluation, ContextsOfAnyShapeDoNoHarm) {
    PolicyLog log;
    base::SeededRandom random(6);
    const std::array<std::string, 6> contexts{"null",
                                              "7",
                                              R"("x")",
                                              R"([1, 2, [3, [4, [5, [6]]]]])",
                                              R"({"a": {"b": {"c": 1e300}}})",
                                              R"({"a": true, "b": "y", "c": -0.5})"};
    for (int i = 0; i < 300; ++i)
        add(log, R"({"context": )" + contexts[static_cast<std::size_t>(i) % contexts.size()] +
                     R"(, "action": ")" + (random.unit() < 0.5 ? "a" : "b") + R"(", "reward": )" +
                     std::to_string(random.unit()) +
                     R"(, "propensity": 0.5, "target": {"a": 0.3, "b": 0.7}})");
    const auto report = log.evaluate({});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_NEAR(report->estimators.dr.value, 0.5, 0.1);
    EXPECT_NEAR(report->estimators.dm.value, 0.5, 0.1);
}

}  // namespace
}  // namespace attune::learn
