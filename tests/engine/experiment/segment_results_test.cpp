#include "engine/experiment/results.h"

#include "base/keyed_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

domain::Experiment button() {
    domain::Experiment experiment{.name = "n"};
    experiment.variants = {{.name = "red", .weight = 0.5}, {.name = "blue", .weight = 0.5}};
    experiment.metrics = {{.name = "bought",
                           .role = domain::MetricRole::primary,
                           .kind = domain::MetricKind::conversion,
                           .event = "purchase"}};
    experiment.plan = domain::ExperimentPlan{.baseline_mean = 0.2, .units_needed = 4'000};
    return experiment;
}

class SegmentResultsTest : public testing::Test {
protected:
    void unit(Tally& tally, std::vector<std::string> segments, double chance_in_blue) {
        const UnitKey key = base::hash128(base::HashKey{}, std::to_string(++units_));
        const std::size_t arm = random_() % 2;
        tally.expose(key, arm, 1, at_, segments);
        const double chance = arm == 1 ? chance_in_blue : 0.2;
        if (std::uniform_real_distribution<>()(random_) < chance)
            tally.observe(key, {.event = "purchase", .time = at_ + 1min, .value = {}});
    }
    static const ArmComparison& blue(const SegmentResult& segment) {
        return segment.metrics.at(0).comparisons.at(0);
    }

    std::mt19937_64 random_{7};
    int units_ = 0;
    const base::Time at_{1'780'000'000s};
};

TEST_F(SegmentResultsTest, AreThoseOfTheUnitsThatWereInThem) {
    const domain::Experiment experiment = button();
    Tally all(experiment);
    Tally vips_alone(experiment);
    for (int i = 0; i < 2'000; ++i) {
        const bool is_vip = i % 3 == 0;
        const auto before = random_;
        if (is_vip) {
            unit(vips_alone, {}, 0.6);
            random_ = before;
        }
        unit(all, is_vip ? std::vector<std::string>{"all", "vip"} : std::vector<std::string>{"all"},
             is_vip ? 0.6 : 0.2);
    }
    const auto segments = results_by_segment(experiment, all);
    ASSERT_EQ(segments.size(), 2u);
    EXPECT_EQ(segments[0].segment_id, "all");
    EXPECT_EQ(segments[0].units, 2'000u);
    EXPECT_EQ(segments[1].segment_id, "vip");
    EXPECT_EQ(segments[1].units, 667u);
    const auto alone = results_of("e", experiment, vips_alone, {});
    ASSERT_TRUE(alone);
    for (std::size_t arm = 0; arm < 2; ++arm) {
        const learn::Sample& in_all = segments[1].metrics[0].arms[arm].sums;
        const learn::Sample& by_itself = alone->metrics[0].arms[arm].sums;
        EXPECT_EQ(in_all.n, by_itself.n);
        EXPECT_EQ(in_all.sum, by_itself.sum);
    }
    EXPECT_EQ(blue(segments[1]).sequential->effect,
              alone->metrics[0].comparisons[0].sequential->effect);
    EXPECT_EQ(blue(segments[1]).direction, "better");
    EXPECT_LE(*blue(segments[1]).adjusted_p_value, 0.05);
}

TEST_F(SegmentResultsTest, AreAtMostTwentyThoseWithTheMostUnitsFirst) {
    const domain::Experiment experiment = button();
    Tally tally(experiment);
    for (int segment = 0; segment < 25; ++segment)
        for (int i = 0; i <= segment; ++i) unit(tally, {"s" + std::to_string(segment)}, 0.2);
    const auto segments = results_by_segment(experiment, tally);
    ASSERT_EQ(segments.size(), kSegmentResultsMax);
    EXPECT_EQ(segments.front().segment_id, "s24");
    EXPECT_EQ(segments.back().segment_id, "s5");
    EXPECT_TRUE(std::ranges::is_sorted(segments, std::ranges::greater{}, &SegmentResult::units));
    EXPECT_TRUE(blue(segments.back()).problem) << "too few to say anything";
}

TEST_F(SegmentResultsTest, OfSegmentsWithoutAnEffectSeldomAnyShowsOne) {
    const domain::Experiment experiment = button();
    int with_a_claim = 0;
    for (int run = 0; run < 100; ++run) {
        Tally tally(experiment);
        for (int i = 0; i < 4'000; ++i) unit(tally, {"s" + std::to_string(i % 10)}, 0.2);
        with_a_claim += std::ranges::any_of(
            results_by_segment(experiment, tally), [](const SegmentResult& one) {
                return blue(one).adjusted_p_value.value_or(1) <= 0.05;
            });
    }
    EXPECT_LE(with_a_claim, 5);
}

}  // namespace
}  // namespace attune::engine
