#include "engine/experiment/results.h"

#include "red_or_blue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::Passers;
using testing::red_or_blue;

class SegmentResultsTest : public ::testing::Test {
protected:
    void unit(Tally& tally, const std::vector<std::string>& segments, double chance_in_blue) {
        passers_.come(tally, 0s, chance_in_blue, segments);
    }
    static const ArmComparison& blue(const SegmentResult& segment) {
        return segment.metrics.at(0).comparisons.at(0);
    }

    Passers passers_;
};

TEST_F(SegmentResultsTest, AreThoseOfTheUnitsThatWereInThem) {
    const domain::Experiment experiment = red_or_blue(4'000);
    Tally all(experiment);
    Tally vips_alone(experiment);
    for (int i = 0; i < 2'000; ++i) {
        const bool is_vip = i % 3 == 0;
        const Passers before = passers_;
        if (is_vip) {
            unit(vips_alone, {}, 0.6);
            passers_ = before;
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
    const domain::Experiment experiment = red_or_blue(4'000);
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
    const domain::Experiment experiment = red_or_blue(4'000);
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
