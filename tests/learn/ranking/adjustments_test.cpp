#include "learn/ranking/adjustments.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

constexpr std::int64_t kDay = 86'400;

TEST(Novelty, IsHowLittleKnownSomethingIs) {
    EXPECT_EQ(novelty(1'000, 1'000), 0);
    EXPECT_EQ(novelty(1, 1'000), 1);
    EXPECT_EQ(novelty(0, 1'000), 1);
    EXPECT_NEAR(novelty(10, 1'000), 2.0 / 3, 1e-12);
    EXPECT_EQ(novelty(5, 1), 0);
    EXPECT_EQ(novelty(5, 0), 0);
    EXPECT_DOUBLE_EQ(with_novelty(0.4, 1, 0.25), 0.55);
    EXPECT_DOUBLE_EQ(with_novelty(0.4, 1, 0), 0.4);
}

TEST(Shown, FadesByHalfLives) {
    const Shown once = Shown{}.and_once_more(0, kDay);
    EXPECT_DOUBLE_EQ(once.as_of(0, kDay), 1);
    EXPECT_DOUBLE_EQ(once.as_of(2 * kDay, kDay), 0.25);
    EXPECT_DOUBLE_EQ(once.as_of(-kDay, kDay), 1);
    EXPECT_DOUBLE_EQ(once.and_once_more(kDay, kDay).as_of(kDay, kDay), 1.5);
}

TEST(Shown, IsTheSameInAnyOrder) {
    const Shown forth = Shown{}.and_once_more(100, kDay).and_once_more(kDay, kDay);
    const Shown back = Shown{}.and_once_more(kDay, kDay).and_once_more(100, kDay);
    EXPECT_EQ(forth.at, back.at);
    EXPECT_NEAR(forth.times, back.times, 1e-12);
}

TEST(Fatigue, TakesFromWhatWasShownInVainButNeverAll) {
    const Fatigue fatigue{.keep = 0.5, .floor = 0.2, .half_life_seconds = kDay};
    EXPECT_DOUBLE_EQ(with_fatigue(0.8, {}, 0, fatigue), 0.8);
    EXPECT_DOUBLE_EQ(with_fatigue(1, {.times = 1, .at = 0}, 0, fatigue), 0.6);
    EXPECT_DOUBLE_EQ(with_fatigue(1, {.times = 2, .at = 0}, kDay, fatigue), 0.6);
    EXPECT_NEAR(with_fatigue(1, {.times = 1'000, .at = 0}, 0, fatigue), 0.2, 1e-12);
    EXPECT_NEAR(with_fatigue(1, {.times = 3, .at = 0}, 0), 0.69, 0.005);
}

}  // namespace
}  // namespace attune::learn
