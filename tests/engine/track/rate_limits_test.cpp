#include "engine/track/rate_limits.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

const base::SteadyTime kStart{1h};
constexpr domain::TenantId kShop{1};

TEST(RateLimits, LetEverythingThroughWhereThereIsNoLimit) {
    RateLimits limits;
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limits.admit(kShop, {}, 1'000'000, kStart));
}

TEST(RateLimits, HoldATenantToItsRateAndSayWhenToComeBack) {
    RateLimits limits;
    const domain::TenantLimits ten{.events_per_second_max = 10};
    EXPECT_TRUE(limits.admit(kShop, ten, 10, kStart));
    const auto refused = limits.admit(kShop, ten, 1, kStart);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::resource_exhausted);
    EXPECT_EQ(refused.error().reason, "rate_limited");
    EXPECT_NE(refused.error().message.find("in 1 s"), std::string::npos) << refused.error().message;
    EXPECT_TRUE(limits.admit({2}, ten, 10, kStart)) << "another tenant has its own";
    EXPECT_TRUE(limits.admit(kShop, ten, 5, kStart + 500ms));
    EXPECT_FALSE(limits.admit(kShop, ten, 1, kStart + 500ms));
}

TEST(RateLimits, LetAListLargerThanTheBurstPassAndCollectAfterwards) {
    RateLimits limits;
    const domain::TenantLimits ten{.events_per_second_max = 10, .events_burst_max = 20};
    EXPECT_TRUE(limits.admit(kShop, ten, 100, kStart));
    EXPECT_FALSE(limits.admit(kShop, ten, 1, kStart + 8s));
    EXPECT_TRUE(limits.admit(kShop, ten, 1, kStart + 9s));
}

TEST(RateLimits, FollowAChangedLimitAndGiveBackWhatWasNotTaken) {
    RateLimits limits;
    EXPECT_TRUE(limits.admit(kShop, {.events_per_second_max = 10}, 10, kStart));
    limits.give_back(kShop, 10);
    EXPECT_TRUE(limits.admit(kShop, {.events_per_second_max = 10}, 10, kStart));
    EXPECT_TRUE(limits.admit(kShop, {.events_per_second_max = 1000}, 100, kStart + 100ms));
    EXPECT_FALSE(limits.admit(kShop, {.events_per_second_max = 1000}, 1, kStart + 100ms));
}

}  // namespace
}  // namespace attune::engine
