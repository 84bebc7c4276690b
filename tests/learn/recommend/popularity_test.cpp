#include "learn/recommend/popularity.h"

#include "tests/learn/recommend/recommender_contract.h"

namespace attune::learn {
namespace {

TEST(Popularity, KeepsTheContract) { check_recommender(kPopularity, {.is_personal = false}); }

TEST(Popularity, APersonCountsOnceAnItem) {
    std::vector<Deed> deeds(50, {.person = 0, .touch = {.item = 0}});
    deeds.push_back({.person = 1, .touch = {.item = 1}});
    deeds.push_back({.person = 2, .touch = {.item = 1}});
    const auto made = Interactions::of(std::move(deeds), 3, 2);
    ASSERT_TRUE(made);
    EXPECT_EQ(scores_of(*learned(kPopularity, {*made}, {}), {}), (std::vector<float>{1, 2}));
}

}  // namespace
}  // namespace attune::learn
