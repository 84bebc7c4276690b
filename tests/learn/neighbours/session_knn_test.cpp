#include "learn/neighbours/session_knn.h"

#include "tests/learn/recommend/recommender_contract.h"

namespace attune::learn {
namespace {

constexpr std::int64_t kDay = 86'400;
const Settings::Given kPlain{{"damping", 0}, {"popularity", 0}, {"recency_decay", 0.5}};

TEST(SessionKnn, KeepsTheContract) { check_recommender(kSessionKnn, {}); }

// Sessions {0, 1} and {2, 3} of one person on two days: the days do not mix.
TEST(SessionKnn, ReadsTheSessionSomebodyIsIn) {
    const auto made = Interactions::of({{0, {.item = 0, .time = 0}},
                                        {0, {.item = 1, .time = 60}},
                                        {0, {.item = 2, .time = kDay}},
                                        {0, {.item = 3, .time = kDay + 60}}},
                                       1, 4);
    ASSERT_TRUE(made);
    const auto model = learned(kSessionKnn, {*made}, kPlain);
    const std::vector<Touch> history{{.item = 0, .time = 9 * kDay}, {.item = 2, .time = 10 * kDay}};
    const auto scores = scores_of(*model, {.history = history, .now = 10 * kDay});
    EXPECT_EQ(scores[1], 0);
    EXPECT_FLOAT_EQ(scores[3], 1 / std::sqrt(2.0F));
}

// In one session with both, item 2 as the latest weighs 1 and item 0 a half of that: their sessions are alike by
// 1 and ½ ÷ (√(1 + ¼) × √2).
TEST(SessionKnn, TheLatestItemTellsMost) {
    const auto made = Interactions::of({{0, {.item = 0, .time = 0}},
                                        {0, {.item = 1, .time = 1}},
                                        {1, {.item = 2, .time = 0}},
                                        {1, {.item = 3, .time = 1}}},
                                       2, 4);
    ASSERT_TRUE(made);
    const auto model = learned(kSessionKnn, {*made}, kPlain);
    const std::vector<Touch> history{{.item = 0, .time = 1}, {.item = 2, .time = 2}};
    const auto scores = scores_of(*model, {.history = history});
    EXPECT_FLOAT_EQ(scores[3], 1 / std::sqrt(2.5F));
    EXPECT_FLOAT_EQ(scores[1], 0.5F / std::sqrt(2.5F));
}

TEST(SessionKnn, LeadsToTheLatestSessionsWithAnItem) {
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < 6; ++person) {
        deeds.push_back({person, {.item = 0, .time = person * kDay}});
        deeds.push_back({person, {.item = 1 + person, .time = person * kDay + 1}});
    }
    const auto made = Interactions::of(std::move(deeds), 6, 7);
    ASSERT_TRUE(made);
    Settings::Given given = kPlain;
    given["recent"] = 2;
    const auto model = learned(kSessionKnn, {*made}, given);
    ItemMask others(7);
    others.forbid(0);
    const auto best = model->best({.history = std::vector<Touch>{{.item = 0}}}, 10, others);
    ASSERT_EQ(best.size(), 2U);
    EXPECT_EQ(best[0].item, 5U);
    EXPECT_EQ(best[1].item, 6U);
}

}  // namespace
}  // namespace attune::learn
