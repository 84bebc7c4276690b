#include "learn/neighbours/transitions.h"

#include "tests/learn/recommend/recommender_contract.h"

namespace attune::learn {
namespace {

TEST(Transitions, KeepTheContract) { check_recommender(kTransitions, {}); }

// Two people went 0 → 1 → 2, one 0 → 2. By hand, with a step decay of one half: 0 → 1 counts 2, 0 → 2 counts ½ + ½ + 1,
// 1 → 2 counts 2. Item 1 was touched by 2 people, item 2 by 3.
TEST(Transitions, ScoreAsComputedByHand) {
    std::vector<Deed> deeds;
    const auto touch = [&](PersonIndex person, ItemIndex item, std::int64_t time) {
        deeds.push_back({person, {.item = item, .time = time}});
    };
    for (const PersonIndex person : {0U, 1U}) {
        touch(person, 0, 1);
        touch(person, 1, 2);
        touch(person, 2, 3);
    }
    touch(2, 0, 1);
    touch(2, 2, 2);
    const auto made = Interactions::of(std::move(deeds), 3, 3);
    ASSERT_TRUE(made);
    const auto model = learned(kTransitions, {*made},
                               {{"step_decay", 0.5},
                                {"damping", 1},
                                {"source_damping", 0},
                                {"recency_decay", 0.5},
                                {"backward", 0}});
    const std::vector<Touch> zero{{.item = 0}};
    EXPECT_EQ(scores_of(*model, {.history = zero}),
              (std::vector<float>{0, 2 * (1.0F / 2), 2 * (1.0F / 3)}));
    const std::vector<Touch> both{{.item = 0}, {.item = 1}};
    const auto scores = scores_of(*model, {.history = both});
    EXPECT_FLOAT_EQ(scores[1], 0.5F);
    EXPECT_FLOAT_EQ(scores[2], 2.0F / 3 + 0.5F * 2 / 3);
}

// One person went 0 → 1: back from 1 to 0 counts a quarter of it, if asked to.
TEST(Transitions, CountStepsBackAsAShareOfStepsAhead) {
    const auto made =
        Interactions::of({{0, {.item = 0, .time = 1}}, {0, {.item = 1, .time = 2}}}, 1, 2);
    ASSERT_TRUE(made);
    const auto model = learned(kTransitions, {*made}, {{"backward", 0.25}});
    EXPECT_EQ(scores_of(*model, {.history = std::vector<Touch>{{.item = 1}}}),
              (std::vector<float>{0.25F, 0}));
    EXPECT_EQ(scores_of(*model, {.history = std::vector<Touch>{{.item = 0}}}),
              (std::vector<float>{0, 1}));
}

TEST(Transitions, OfCountsKeptEventByEventAreThoseOfWholeHistories) {
    const Interactions board = checkerboard(30, 16);
    TransitionCounts counts(board.items(), {});
    for (PersonIndex person = 0; person < board.people(); ++person) {
        const History history = board.of_person(person);
        for (std::size_t i = 0; i < history.size(); ++i) counts.add(history.first(i), history[i]);
    }
    EXPECT_EQ(saved(*transitions_of(counts)), saved(*learned(kTransitions, {board}, {})));
}

}  // namespace
}  // namespace attune::learn
