#include "engine/models/training_due.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

constexpr std::string_view kByChange = "change";

TrainingNow with_lists(std::uint64_t lists) { return {.now = {}, .answered_lists = lists}; }
TrainingNow with_touches(std::uint64_t touches) { return {.now = {}, .touches = touches}; }

ModelEntry ranker(ModelState state, std::uint64_t lists) {
    ModelEntry entry{.kind = ModelKind::ranker, .state = state};
    entry.answered_lists = lists;
    return entry;
}

ModelEntry recommender(ModelState state, std::uint64_t learned_from, std::uint64_t of) {
    ModelEntry entry{.state = state};
    entry.touches = learned_from;
    entry.all_touches = of;
    return entry;
}

TEST(TrainingDue, ARankerIsTrainedAfterSoManyListsAsThePlanSays) {
    const TrainingPlan plan{.ranker_after_lists = 1};
    const std::vector<ModelEntry> all{ranker(ModelState::ready, 1'000)};
    EXPECT_FALSE(why_ranker_is_due(plan, all, with_lists(1'000)));
    EXPECT_EQ(why_ranker_is_due(plan, all, with_lists(1'001)), kByChange);
}

TEST(TrainingDue, WhatFailedIsTriedAgainWithClearlyMore) {
    const TrainingPlan plan{.ranker_after_lists = 1};
    const std::vector<ModelEntry> few{ranker(ModelState::failed, 3)};
    EXPECT_FALSE(why_ranker_is_due(plan, few, with_lists(22)));
    EXPECT_EQ(why_ranker_is_due(plan, few, with_lists(23)), kByChange);
    const std::vector<ModelEntry> many{ranker(ModelState::failed, 1'000)};
    EXPECT_FALSE(why_ranker_is_due(plan, many, with_lists(1'099)));
    EXPECT_EQ(why_ranker_is_due(plan, many, with_lists(1'100)), kByChange);
    EXPECT_FALSE(why_ranker_is_due({.ranker_after_lists = 500}, many, with_lists(1'499)));
}

TEST(TrainingDue, ARecommenderCountsFromTheTouchesThatThereWereNotFromThoseItLearnedFrom) {
    const TrainingPlan plan{.after_touches = 100};
    const std::vector<ModelEntry> all{recommender(ModelState::published, 700, 1'000)};
    EXPECT_FALSE(why_recommender_is_due(plan, all, with_touches(1'099)));
    EXPECT_EQ(why_recommender_is_due(plan, all, with_touches(1'100)), kByChange);
    EXPECT_EQ(why_recommender_is_due(plan, all, with_touches(900)), kByChange) << "were erased";
    const std::vector<ModelEntry> failed{recommender(ModelState::failed, 0, 1'000)};
    EXPECT_FALSE(why_recommender_is_due({.after_touches = 1}, failed, with_touches(1'099)));
}

}  // namespace
}  // namespace attune::engine
