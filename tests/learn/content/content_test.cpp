#include "learn/content/content.h"

#include "tests/learn/recommend/recommender_contract.h"

#include <string>

namespace attune::learn {
namespace {

constexpr ItemIndex kItems = 24;

ItemFacts two_colours() {
    ItemFacts facts(kItems);
    for (ItemIndex item = 0; item < kItems; ++item) {
        facts[item].text = item % 2 == 0 ? "a garden of roses" : "dragons and swords";
        facts[item].labels = {"no:" + std::to_string(item / 4)};
        facts[item].price = item;
        facts[item].embedding = {item % 2 == 0 ? 1.0F : -1.0F, 0.1F};
    }
    return facts;
}

TEST(Content, KeepsTheContract) {
    const ItemFacts facts = two_colours();
    check_recommender(kContent, {.facts = &facts, .items = kItems});
    check_recommender(kContent, {.settings = {{"embedding", 0}, {"terms", 3}}, .facts = &facts});
}

TEST(Content, ScoresTheCosineWithTheHistoryAsByHand) {
    const ItemFacts facts{{.labels = {"red"}}, {.labels = {"blue"}}, {.labels = {"red", "blue"}}};
    const auto nobody = Interactions::of({}, 0, 3);
    ASSERT_TRUE(nobody);
    const auto model = learned(kContent, {*nobody, &facts}, {{"recency_decay", 0.5}});
    const std::vector<Touch> red{{.item = 0}};
    EXPECT_EQ(scores_of(*model, {.history = red}), (std::vector<float>{1, 0, std::sqrt(0.5F)}));
    // Red, then blue: (½, 1) ÷ √1.25.
    const std::vector<Touch> both{{.item = 0}, {.item = 1}};
    const auto scores = scores_of(*model, {.history = both});
    EXPECT_NEAR(scores[0], 0.5 / std::sqrt(1.25), 1e-6);
    EXPECT_NEAR(scores[1], 1 / std::sqrt(1.25), 1e-6);
    // A touch that weighs twice as much brings them level.
    const std::vector<Touch> heavy{{.item = 0, .weight = 2}, {.item = 1}};
    const auto level = scores_of(*model, {.history = heavy});
    EXPECT_FLOAT_EQ(level[0], level[1]);
}

TEST(Content, KnowsAnItemThatNobodyTouched) {
    const ItemFacts facts{{.text = "wooden puzzle"}, {.text = "steel knife"}, {.text = "puzzles"}};
    const auto made = Interactions::of({{0, {.item = 0}}, {0, {.item = 1}}}, 1, 3);
    ASSERT_TRUE(made);
    const auto model = learned(kContent, {*made, &facts}, {});
    const auto like = model->like(0, 5, ItemMask(3));
    ASSERT_EQ(like.size(), 1U);
    EXPECT_EQ(like.front().item, 2U);
}

TEST(Content, RefusesFactsThatAreNotOneForEachItem) {
    const auto made = Interactions::of({}, 0, 3);
    ASSERT_TRUE(made);
    const auto settings = Settings::of(kContent);
    ASSERT_TRUE(settings);
    const ItemFacts two(2);
    for (const Lesson lesson : {Lesson{*made, &two}, Lesson{*made}}) {
        const auto model = kContent.learn(lesson, *settings, {});
        ASSERT_FALSE(model);
        EXPECT_EQ(model.error().code, Code::invalid_argument);
    }
}

}  // namespace
}  // namespace attune::learn
