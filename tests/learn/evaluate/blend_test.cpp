#include "learn/evaluate/blend.h"

#include "../recommend/recommender_contract.h"
#include "learn/evaluate/best.h"
#include "learn/evaluate/learners.h"
#include "learn/factors/ease.h"
#include "learn/factors/ials.h"
#include "learn/neighbours/item_knn.h"
#include "learn/recommend/popularity.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

// Answers everybody with the scores it was given.
class Fixed final : public Recommender {
public:
    explicit Fixed(std::vector<float> scores) : scores_(std::move(scores)) {}
    [[nodiscard]] std::string_view name() const override { return "fixed"; }
    [[nodiscard]] ItemIndex items() const override {
        return static_cast<ItemIndex>(scores_.size());
    }
    void score(const Query&, std::span<float> scores) const override {
        std::ranges::copy(scores_, scores.begin());
    }
    void save(ModelWriter&) const override {}
    [[nodiscard]] std::size_t bytes() const override { return scores_.size() * sizeof(float); }

private:
    std::vector<float> scores_;
};

Blend blend_of(std::vector<std::pair<std::vector<float>, double>> members, std::size_t depth) {
    std::vector<BlendMember> out;
    for (auto& [scores, weight] : members)
        out.push_back({.model = std::make_shared<Fixed>(std::move(scores)), .weight = weight});
    return {"best", std::move(out), depth};
}

TEST(Blend, CountsMembersAlikeWhateverTheirUnit) {
    // The second says the same as the first reversed, in a unit a thousand times as large.
    const std::vector<float> rising{1'000, 2'000, 3'000, 4'000};
    const Blend even = blend_of({{{4, 3, 2, 1}, 0.5}, {rising, 0.5}}, 4);
    const auto scores = scores_of(even, {});
    for (const float score : scores) EXPECT_NEAR(score, scores[0], 1e-5);
    const Blend first = blend_of({{{4, 3, 2, 1}, 0.6}, {rising, 0.4}}, 4);
    EXPECT_EQ(first.best({}, 1, ItemMask(4)).front().item, 0U);
}

TEST(Blend, DividesByTheDeviationOverWhatMembersPropose) {
    // Looked at two deep, they propose items 0 to 3; deviations are those of 4, 3, 0, 0 and of 0, 0, 6, 8.
    const Blend blend = blend_of({{{4, 3, 0, 0, 1}, 0.75}, {{0, 0, 6, 8, 1}, 0.25}}, 2);
    const double first = std::sqrt((25.0 / 4) - std::pow(7.0 / 4, 2));
    const double second = std::sqrt((100.0 / 4) - std::pow(14.0 / 4, 2));
    const auto scores = scores_of(blend, {});
    EXPECT_NEAR(scores[0], 0.75 * 4 / first, 1e-5);
    EXPECT_NEAR(scores[3], 0.25 * 8 / second, 1e-5);
    EXPECT_NEAR(scores[4], 0.75 / first + 0.25 / second, 1e-5);
}

TEST(Blend, AMemberThatTellsNothingApartAddsNothing) {
    const Blend blend = blend_of({{{0, 2, 4}, 0.2}, {{7, 7, 7}, 0.8}}, 3);
    const auto scores = scores_of(blend, {});
    EXPECT_EQ(scores[0], 0);
    EXPECT_FLOAT_EQ(scores[2], 2 * scores[1]);
}

TEST(Blend, WhatSomebodyTouchedDoesNotSqueezeTheRest) {
    const Blend blend = blend_of({{{100, 2, 1, 0}, 1}}, 4);
    const Touch touched{.item = 0};
    const auto scores = scores_of(blend, {.history = {&touched, 1}});
    EXPECT_NEAR(scores[1] - scores[2], 1 / std::sqrt(2.0 / 3), 1e-5);
}

TEST(Blend, BestIsThatOfAllScoresWhereMembersLookDeepEnough) {
    const Blend blend = blend_of({{{5, 1, 3, 2, 4}, 0.5}, {{1, 5, 2, 4, 3}, 0.3}}, 5);
    const ItemMask all(5);
    EXPECT_EQ(blend.best({}, 5, all), best_of_scores(scores_of(blend, {}), 5, all));
}

TEST(Best, KeepsTheContract) { check_recommender(kBest, {.settings = {{"depth", 24}}}); }

TEST(Best, GivesWeightToWhoIsRightAndSaysSo) {
    const Interactions board = checkerboard(60, 24);
    const auto best = learn_best({board}, {}, {});
    ASSERT_TRUE(best);
    double sum = 0;
    for (const BestMember& member : best->members) {
        sum += member.weight;
        EXPECT_GE(member.weight, 0) << member.name;
        if (member.name == kPopularity.name) EXPECT_LT(member.alone, best->ndcg);
    }
    EXPECT_NEAR(sum, 1, 1e-9);
}

TEST(Best, WhoIsLateIsLeftOutAndSaidToBe) {
    const Interactions board = checkerboard(60, 24);
    std::string learning;
    std::map<std::string, std::string, std::less<>> last;
    const auto best = learn_best({board},
                                 {.is_late = [&] { return learning == "ials"; },
                                  .on_member =
                                      [&](std::string_view name, std::string_view what) {
                                          learning = name;
                                          last[learning] = what;
                                      }},
                                 {});
    ASSERT_TRUE(best);
    EXPECT_EQ(last["ials"], "is left out: it takes too long");
    for (const BestMember& member : best->members) EXPECT_NE(member.name, "ials");
    EXPECT_GT(best->members.size(), 3U);
}

TEST(Best, AStopIsNotTakenForBeingLate) {
    const Interactions board = checkerboard(60, 24);
    std::stop_source stop;
    const auto best = learn_best({board},
                                 {.on_member =
                                      [&](std::string_view name, std::string_view) {
                                          if (name == "ease") stop.request_stop();
                                      }},
                                 {.stop = stop.get_token()});
    ASSERT_FALSE(best);
    EXPECT_EQ(best.error().code, Code::cancelled);
}

TEST(Best, MembersAreBoundedUnlessTheyAreToldOtherwise) {
    EXPECT_EQ(given_to_member({}, kEase), (Settings::Given{{"dense", 10'000}, {"pair_people", 1}}));
    EXPECT_EQ(given_to_member({{"ease", {{"dense", 0}}}}, kEase),
              (Settings::Given{{"dense", 0}, {"pair_people", 1}}));
    EXPECT_EQ(given_to_member({{"ials", {{"factors", 8}}}}, kIals, 2),
              (Settings::Given{{"factors", 8}}));
    EXPECT_EQ(given_to_member({}, kItemKnn, 2), (Settings::Given{{"pair_people", 2}}));
    EXPECT_EQ(given_to_member({{"item-knn", {{"pair_people", 1}}}}, kItemKnn, 2),
              (Settings::Given{{"pair_people", 1}}));
}

TEST(Best, WithoutAnybodyToAskIsWhatIsPopular) {
    const auto once =
        Interactions::of({{0, {.item = 1}}, {1, {.item = 1}}, {2, {.item = 0}}}, 3, 3);
    ASSERT_TRUE(once);
    const auto best = learn_best({*once}, {}, {});
    ASSERT_TRUE(best);
    ASSERT_EQ(best->members.size(), 1U);
    EXPECT_EQ(best->members[0].name, kPopularity.name);
    EXPECT_EQ(best->model->best({}, 3, ItemMask(3)).front().item, 1U);
}

TEST(Best, ABlendInABlendIsRefused) {
    const Interactions board = checkerboard(20, 24);
    auto best = learn_best({board}, {}, {});
    ASSERT_TRUE(best);
    const std::shared_ptr<const Recommender> inner = std::move(best->model);
    const std::string nested = save_model(Blend("best", {{.model = inner, .weight = 1}}, 10));
    const auto loaded = load_model(nested);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Code::data_loss);
    EXPECT_TRUE(load_model(save_model(*inner)));
}

}  // namespace
}  // namespace attune::learn
