#include "learn/evaluate/exam.h"

#include "learn/evaluate/learners.h"
#include "learn/evaluate/protocols.h"
#include "learn/recommend/popularity.h"

#include <gtest/gtest.h>

#include <cmath>

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
    [[nodiscard]] std::size_t bytes() const override { return 0; }

private:
    std::vector<float> scores_;
};

Exam exam_of(std::vector<Deed> train, std::vector<Examinee> people, PersonIndex persons,
             ItemIndex items) {
    auto interactions = Interactions::of(std::move(train), persons, items);
    EXPECT_TRUE(interactions);
    return {.train = *std::move(interactions), .people = std::move(people)};
}

TEST(Exam, AFullRankingLeavesOutWhatWasTouched) {
    const Exam exam = exam_of({{0, {.item = 3}}}, {{.person = 0, .wanted = {1}}}, 1, 4);
    const Fixed model({1, 3, 2, 4});
    EXPECT_EQ(ranking_of(model, exam, exam.people[0], 4, false), (std::vector<ItemIndex>{1, 2, 0}));
    EXPECT_EQ(ranking_of(model, exam, exam.people[0], 2, true), (std::vector<ItemIndex>{3, 1}));
    const auto report = examine(model, exam, {.at = {1, 3}}, {});
    ASSERT_TRUE(report);
    EXPECT_DOUBLE_EQ((*report)["hr@1"], 1);
    EXPECT_NEAR((*report)["precision@3"], 1.0 / 3, 1e-12);
}

TEST(Exam, TiesCountAgainstTheMethodAmongCandidates) {
    const Exam exam =
        exam_of({{0, {.item = 0}}}, {{.person = 0, .wanted = {1}, .candidates = {2, 3, 4}}}, 1, 5);
    const Fixed all_alike({1, 1, 1, 1, 1});
    EXPECT_EQ(ranking_of(all_alike, exam, exam.people[0], 10, false).back(), 1U);
    const auto report = examine(all_alike, exam, {.at = {3, 4}}, {});
    ASSERT_TRUE(report);
    EXPECT_DOUBLE_EQ((*report)["hr@3"], 0);
    EXPECT_DOUBLE_EQ((*report)["hr@4"], 1);
}

TEST(Exam, TellsGroupsApart) {
    Exam exam = exam_of({{0, {.item = 0}}, {1, {.item = 0}}, {2, {.item = 0}}},
                        {{.person = 0, .wanted = {1}, .group = 0},
                         {.person = 1, .wanted = {3}, .group = 1},
                         {.person = 2, .wanted = {1}, .group = 2}},
                        3, 4);
    exam.groups = {"left", "right"};  // the third person is of no known group
    const Fixed model({0, 3, 2, 1});
    const auto report = examine(model, exam, {.at = {3}}, {});
    ASSERT_TRUE(report);
    EXPECT_DOUBLE_EQ((*report)["ndcg@3/left"], 1);
    EXPECT_DOUBLE_EQ((*report)["ndcg@3/right"], 0.5);
    EXPECT_DOUBLE_EQ((*report)["ndcg_gap@3"], 0.5);
    EXPECT_NEAR((*report)["ndcg@3"], 2.5 / 3, 1e-12);
}

TEST(Exam, BeyondAccuracyAgreesWithSumsDoneByHand) {
    // Item 0 was touched by persons 0, 1, 2; item 1 by 1, 2; item 2 by 2; item 3 by nobody.
    const Exam exam = exam_of({{0, {.item = 0}},
                               {1, {.item = 0}},
                               {1, {.item = 1}},
                               {2, {.item = 0}},
                               {2, {.item = 1}},
                               {2, {.item = 2}}},
                              {{.person = 0, .wanted = {2}}, {.person = 1, .wanted = {2}}}, 3, 4);
    const Fixed model({4, 3, 2, 1});
    const auto report = examine(model, exam, {.at = {2}}, {});
    ASSERT_TRUE(report);
    // Lists: person 0 gets 1, 2; person 1 gets 2, 3.
    EXPECT_DOUBLE_EQ((*report)["coverage@2"], 3.0 / 4);
    EXPECT_NEAR((*report)["diversity@2"], ((1 - 1 / std::sqrt(2.0)) + 1) / 2, 1e-12);
    const double first = (-std::log2(2.0 / 3) - std::log2(1.0 / 3)) / 2;
    const double second = (-std::log2(1.0 / 3) - std::log2(0.5 / 3)) / 2;
    EXPECT_NEAR((*report)["novelty@2"], (first + second) / 2, 1e-12);
    // Recommended: (1.5 + 0.5) / 2; histories: (3 + 2.5) / 2.
    EXPECT_NEAR((*report)["popularity_bias@2"], 1.0 / 2.75, 1e-12);
}

TEST(Exam, GivesTheSameNumbersForAnyNumberOfThreads) {
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < 300; ++person)
        for (ItemIndex i = 0; i < 5; ++i)
            deeds.push_back({person, {.item = (person * (i + 3) + i * i) % 40, .time = i}});
    const auto all = Interactions::of(std::move(deeds), 300, 40);
    ASSERT_TRUE(all);
    const auto exam = leave_one_out(*all);
    ASSERT_TRUE(exam);
    const auto settings = Settings::of(kPopularity);
    const auto model = kPopularity.learn({exam->train}, *settings, {});
    ASSERT_TRUE(model);
    const auto one = examine(**model, *exam, {}, {.threads = 1});
    const auto three = examine(**model, *exam, {}, {.threads = 3});
    ASSERT_TRUE(one && three);
    ASSERT_EQ(one->metrics.size(), three->metrics.size());
    for (std::size_t i = 0; i < one->metrics.size(); ++i) {
        EXPECT_EQ(one->metrics[i].name, three->metrics[i].name);
        EXPECT_EQ(one->metrics[i].value, three->metrics[i].value);
    }
}

TEST(Exam, AModelOfAnotherCatalogueIsRefused) {
    const Exam exam = exam_of({{0, {.item = 0}}}, {{.person = 0, .wanted = {1}}}, 1, 4);
    EXPECT_FALSE(examine(Fixed({1, 2}), exam, {}, {}));
    EXPECT_FALSE(examine(Fixed({1, 2, 3, 4}), exam, {.at = {0}}, {}));
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = examine(Fixed({1, 2, 3, 4}), exam, {}, {.stop = stop.get_token()});
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Code::cancelled);
}

TEST(Learners, AreFoundByNameAndTheirModelsComeBack) {
    for (const Learner* learner : all_learners()) {
        const auto found = find_learner(learner->name);
        ASSERT_TRUE(found);
        EXPECT_EQ(*found, learner);
        for (const Setting& setting : learner->settings) {
            EXPECT_FALSE(setting.doc.empty()) << learner->name << "." << setting.name;
            EXPECT_LE(setting.min, setting.fallback) << learner->name << "." << setting.name;
            EXPECT_GE(setting.max, setting.fallback) << learner->name << "." << setting.name;
            if (!setting.is_searched) continue;
            EXPECT_LE(setting.min, setting.search_low) << learner->name << "." << setting.name;
            EXPECT_LT(setting.search_low, setting.search_high) << setting.name;
            EXPECT_GE(setting.max, setting.search_high) << learner->name << "." << setting.name;
        }
    }
    const auto unknown = find_learner("oracle");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, Code::not_found);
    EXPECT_FALSE(load_model("not a model"));
}

}  // namespace
}  // namespace attune::learn
