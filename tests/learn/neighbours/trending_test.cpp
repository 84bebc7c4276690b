#include "learn/neighbours/trending.h"

#include "tests/learn/recommend/recommender_contract.h"

#include <algorithm>

namespace attune::learn {
namespace {

constexpr std::int64_t kDay = 86'400;

TEST(Trending, KeepsTheContract) { check_recommender(kTrending, {.is_personal = false}); }

TEST(Trending, PutsWhatRisesBeforeWhatIsPopular) {
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < 200; ++person)
        deeds.push_back({person, {.item = 0, .time = person * kDay / 10}});
    for (PersonIndex person = 0; person < 6; ++person)
        deeds.push_back({person, {.item = 1, .time = 20 * kDay + person}});
    const auto made = Interactions::of(std::move(deeds), 200, 3);
    ASSERT_TRUE(made);
    const auto model = learned(kTrending, {*made}, {});
    const Query now{.now = 20 * kDay + 60};
    const auto best = model->best(now, 3, ItemMask(3));
    ASSERT_FALSE(best.empty());
    EXPECT_EQ(best.front().item, 1U);
    // A month later nothing does.
    EXPECT_TRUE(model->best({.now = 50 * kDay}, 3, ItemMask(3)).empty());
    EXPECT_TRUE(model->like(1, 3, ItemMask(3)).empty());
}

TEST(Trending, OfCountsKeptEventByEventIsThatOfWholeHistories) {
    const Interactions board = checkerboard(30, 16);
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < board.people(); ++person)
        for (const Touch& touch : board.of_person(person)) deeds.push_back({person, touch});
    std::ranges::sort(deeds, {},
                      [](const Deed& deed) { return std::pair(deed.touch.time, deed.person); });
    TrendCounts counts(board.items(), {});
    for (const Deed& deed : deeds) counts.add(deed.touch.item, deed.person, deed.touch.time);
    EXPECT_EQ(saved(*trending_of(counts.trends())), saved(*learned(kTrending, {board}, {})));
}

}  // namespace
}  // namespace attune::learn
