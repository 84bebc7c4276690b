#include "learn/neighbours/covisits.h"

#include "tests/learn/recommend/recommender_contract.h"

namespace attune::learn {
namespace {

constexpr std::int64_t kHour = 3'600;
const Settings::Given kPlain{{"shrinkage", 0}, {"asymmetry", 0.5}};

TEST(Covisits, KeepTheContract) { check_recommender(kCovisits, {}); }

TEST(Covisits, CountWhatIsTouchedInOneSession) {
    // Items 0 and 1 within a minute, item 2 the day after.
    const auto made = Interactions::of({{0, {.item = 0, .time = 0}},
                                        {0, {.item = 1, .time = 60}},
                                        {0, {.item = 2, .time = 24 * kHour}},
                                        {0, {.item = 3, .time = 24 * kHour + 60}}},
                                       1, 4);
    ASSERT_TRUE(made);
    const std::vector<Touch> zero{{.item = 0}};
    EXPECT_EQ(scores_of(*learned(kCovisits, {*made}, kPlain), {.history = zero}),
              (std::vector<float>{0, 1, 0, 0}));
    // One long session holds them all.
    Settings::Given whole = kPlain;
    whole["gap_minutes"] = 0;
    EXPECT_EQ(scores_of(*learned(kCovisits, {*made}, whole), {.history = zero}),
              (std::vector<float>{0, 1, 1, 1}));
}

// Person 0 looks at items 0 and 1 in nine sessions; persons 1 and 2 look at 0 and 2 once. With the norm of the recommended
// item alone, the pairs show what each person gives: nine sessions give no more than one.
TEST(Covisits, NobodyAddsMoreThanOneToAPair) {
    std::vector<Deed> deeds;
    for (std::int64_t session = 0; session < 9; ++session) {
        deeds.push_back({0, {.item = 0, .time = session * 24 * kHour}});
        deeds.push_back({0, {.item = 1, .time = session * 24 * kHour + 1}});
    }
    for (const PersonIndex person : {1U, 2U}) {
        deeds.push_back({person, {.item = 0, .time = 0}});
        deeds.push_back({person, {.item = 2, .time = 1}});
    }
    const auto made = Interactions::of(std::move(deeds), 3, 3);
    ASSERT_TRUE(made);
    const std::vector<Touch> zero{{.item = 0}};
    const auto scores = scores_of(*learned(kCovisits, {*made}, kPlain), {.history = zero});
    // Cosines: 1 ÷ √(3 × 1) and 2 ÷ √(3 × 2).
    EXPECT_NEAR(scores[1], 1 / std::sqrt(3.0), 1e-5);
    EXPECT_NEAR(scores[2], 2 / std::sqrt(6.0), 1e-5);
}

}  // namespace
}  // namespace attune::learn
