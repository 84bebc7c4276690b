#include "learn/content/nearby.h"

#include "tests/learn/recommend/recommender_contract.h"

#include <limits>

namespace attune::learn {
namespace {

constexpr Place kMunich{.latitude = 48.1372, .longitude = 11.5756};
constexpr Place kAugsburg{.latitude = 48.3689, .longitude = 10.8978};
constexpr Place kSydney{.latitude = -33.8688, .longitude = 151.2093};

TEST(Nearby, KeepsTheContract) {
    ItemFacts facts(24);
    for (ItemIndex item = 0; item < 24; ++item) {
        Place place = item % 2 == 0 ? kMunich : kSydney;
        place.latitude += 0.001 * item;
        facts[item].place = place;
    }
    check_recommender(kNearby, {.facts = &facts, .items = 24});
}

// Two items in Munich, one with three people and one with none, one in Augsburg and one nowhere.
std::unique_ptr<Recommender> four_items(const ItemFacts& facts) {
    const auto made =
        Interactions::of({{0, {.item = 0}}, {1, {.item = 0}}, {2, {.item = 0}}}, 3, 4);
    EXPECT_TRUE(made);
    return learned(kNearby, {*made, &facts}, {{"scale_km", 10}, {"popularity", 0.5}});
}

const ItemFacts kFacts{{.place = kMunich}, {.place = kMunich}, {.place = kAugsburg}, {}};

TEST(Nearby, ScoresAsComputedByHand) {
    const auto model = four_items(kFacts);
    const Nearby* nearby = as_nearby(*model);
    ASSERT_NE(nearby, nullptr);
    const auto best = nearby->best_near(kMunich, 10, ItemMask(4));
    ASSERT_EQ(best.size(), 3U);
    EXPECT_EQ(best[0], (Scored{0, 2}));  // √(1 + 3)
    EXPECT_EQ(best[1], (Scored{1, 1}));
    // Augsburg is 56.4 km away by the haversine formula: 1 ÷ (1 + 5.64²).
    EXPECT_EQ(best[2].item, 2U);
    EXPECT_NEAR(best[2].score, 1 / (1 + 5.64 * 5.64), 2e-4);
    EXPECT_NEAR(nearby->distance_km(kMunich, 2).value_or(0), 56.4, 0.1);
    EXPECT_FALSE(nearby->distance_km(kMunich, 3));
}

TEST(Nearby, LeavesOutWhatIsFarAwayOrNowhere) {
    const auto model = four_items(kFacts);
    const Nearby* nearby = as_nearby(*model);
    EXPECT_TRUE(nearby->best_near(kSydney, 10, ItemMask(4)).empty());
    ItemMask only_nowhere(4, false);
    only_nowhere.allow(3);
    EXPECT_TRUE(nearby->best_near(kMunich, 10, only_nowhere).empty());
    for (const double latitude : {91.0, std::numeric_limits<double>::quiet_NaN()})
        EXPECT_TRUE(nearby->best_near({.latitude = latitude}, 10, ItemMask(4)).empty());
}

TEST(Nearby, KnowsMetresAndTheDateLine) {
    const ItemFacts facts{{.place = Place{.latitude = -17, .longitude = 179.9995}},
                          {.place = Place{.latitude = -17, .longitude = -179.9995}},
                          {},
                          {}};
    const auto model = four_items(facts);
    const Nearby* nearby = as_nearby(*model);
    // A thousandth of a degree at 17° south: 106 m.
    EXPECT_NEAR(nearby->distance_km(*facts[0].place, 1).value_or(0), 0.1063, 0.002);
}

TEST(Nearby, AsksAroundTheLastItemWithAPlace) {
    const auto model = four_items(kFacts);
    const std::vector<Touch> history{{.item = 2}, {.item = 3}};
    EXPECT_EQ(model->best({.history = history}, 1, ItemMask(4)).front().item, 2U);
    EXPECT_TRUE(model->best({}, 1, ItemMask(4)).empty());
}

}  // namespace
}  // namespace attune::learn
