// What every recommender keeps, whatever learned it. A learner's test calls check_recommender with itself:
//
//     TEST(Ials, KeepsTheContract) { check_recommender(kIals, {.settings = {{"factors", 8}}}); }
#pragma once

#include "learn/recommend/learner.h"
#include "learn/recommend/model_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace attune::learn {

struct ContractOptions {
    Settings::Given settings{};
    // Popularity and its like answer everybody alike.
    bool is_personal = true;
    const ItemFacts* facts = nullptr;  // of `items` items
    ItemIndex items = 24;
};

// The checkerboard: even people touched even items, odd people odd ones, each leaving out one of their own. A
// recommender that learned anything gives them the one left out before all of the other colour.
inline Interactions checkerboard(PersonIndex people, ItemIndex items) {
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < people; ++person) {
        const ItemIndex left_out = (person * 2 + person % 2) % items;
        for (ItemIndex item = person % 2; item < items; item += 2)
            if (item != left_out)
                deeds.push_back({person, {.item = item, .time = 1'000 + item + person}});
    }
    auto made = Interactions::of(std::move(deeds), people, items);
    EXPECT_TRUE(made);
    return *std::move(made);
}

inline std::unique_ptr<Recommender> learned(const Learner& learner, const Lesson& lesson,
                                            const Settings::Given& given, Training training = {}) {
    const auto settings = Settings::of(learner, given);
    EXPECT_TRUE(settings) << settings.error().message;
    auto model = learner.learn(lesson, *settings, training);
    EXPECT_TRUE(model) << model.error().message;
    return *std::move(model);
}

inline std::string saved(const Recommender& model) {
    ModelWriter writer(model.name(), 1);
    model.save(writer);
    return std::move(writer).finish();
}

inline std::vector<float> scores_of(const Recommender& model, const Query& query) {
    std::vector<float> scores(model.items());
    model.score(query, scores);
    return scores;
}

inline void check_recommender(const Learner& learner, const ContractOptions& options) {
    SCOPED_TRACE(learner.name);
    constexpr PersonIndex kPeople = 60;
    const Interactions board = checkerboard(kPeople, options.items);
    const Lesson lesson{board, options.facts};
    const auto model = learned(learner, lesson, options.settings, {.seed = 7});
    ASSERT_EQ(model->name(), learner.name);
    ASSERT_EQ(model->items(), options.items);
    const ItemMask all(options.items);

    for (PersonIndex person = 0; person < kPeople; ++person) {
        const Query query{.history = board.of_person(person), .now = 2'000};
        const auto scores = scores_of(*model, query);
        for (const float score : scores) ASSERT_TRUE(std::isfinite(score));

        // What is left out of one's own colour comes before the other colour.
        ItemMask unseen(options.items);
        for (const Touch& touch : query.history) unseen.forbid(touch.item);
        const auto best = model->best(query, options.items, unseen);
        if (options.is_personal) {
            ASSERT_FALSE(best.empty());
            EXPECT_EQ(best.front().item % 2, person % 2) << "person " << person;
        }
        // Filters hold, the order is right, and the scores are those of score().
        for (std::size_t i = 0; i < best.size(); ++i) {
            EXPECT_TRUE(unseen.allows(best[i].item));
            EXPECT_EQ(best[i].score, scores[best[i].item]);
            if (i > 0) {
                EXPECT_TRUE(
                    best[i - 1].score > best[i].score ||
                    (best[i - 1].score == best[i].score && best[i - 1].item < best[i].item));
            }
        }
        // A shorter list is the beginning of a longer one.
        const auto three = model->best(query, 3, unseen);
        ASSERT_EQ(three.size(), std::min<std::size_t>(3, best.size()));
        for (std::size_t i = 0; i < three.size(); ++i) EXPECT_EQ(three[i], best[i]);
        // Some alone are scored as among all.
        const std::vector<ItemIndex> some{5, 0, options.items - 1, 5};
        std::vector<float> few(some.size());
        model->score_some(query, some, few);
        for (std::size_t i = 0; i < some.size(); ++i) EXPECT_EQ(few[i], scores[some[i]]);
    }

    // Nobody known, nothing useful, items of a later catalogue: an answer all the same.
    const std::vector<Touch> odd{{.item = 0, .weight = -1},
                                 {.item = options.items + 5, .weight = 1},
                                 {.item = 1, .weight = 0}};
    for (const float score : scores_of(*model, {.history = {}, .now = 2'000}))
        EXPECT_TRUE(std::isfinite(score));
    for (const float score : scores_of(*model, {.history = odd, .now = 2'000}))
        EXPECT_TRUE(std::isfinite(score));
    EXPECT_TRUE(model->best({.history = odd}, 5, ItemMask(options.items, false)).empty());
    EXPECT_TRUE(model->best({.history = odd}, 0, all).empty());

    // What is like an item is not the item.
    const auto like = model->like(2, 5, all);
    for (const Scored& one : like) EXPECT_NE(one.item, 2U);
    if (options.is_personal && !like.empty()) EXPECT_EQ(like.front().item % 2, 0U);

    // Again, with other threads, and from bytes: bit by bit the same.
    const std::string bytes = saved(*model);
    EXPECT_EQ(bytes, saved(*learned(learner, lesson, options.settings, {.seed = 7, .threads = 3})));
    auto reader = ModelReader::open(bytes);
    ASSERT_TRUE(reader);
    const auto loaded = learner.load(*reader);
    ASSERT_TRUE(loaded) << loaded.error().message;
    for (PersonIndex person = 0; person < 6; ++person) {
        const Query query{.history = board.of_person(person), .now = 2'000};
        EXPECT_EQ(scores_of(*model, query), scores_of(**loaded, query));
        EXPECT_EQ(model->best(query, 7, all), (*loaded)->best(query, 7, all));
    }
    EXPECT_EQ(saved(**loaded), bytes);
    // A model of another kind, or with nothing in it, is refused.
    const std::string empty = ModelWriter(learner.name, 1).finish();
    auto hollow = ModelReader::open(empty);
    ASSERT_TRUE(hollow);
    EXPECT_FALSE(learner.load(*hollow));

    // Nothing to learn from is an answer or a clear refusal, and a stop is heard.
    const auto nobody = Interactions::of({}, 0, 0);
    ASSERT_TRUE(nobody);
    const auto settings = Settings::of(learner, options.settings);
    const ItemFacts no_facts;
    const auto from_nothing =
        learner.learn({*nobody, options.facts != nullptr ? &no_facts : nullptr}, *settings, {});
    if (!from_nothing) EXPECT_EQ(from_nothing.error().code, Code::invalid_argument);
    EXPECT_FALSE(Settings::of(learner, {{"no such setting", 1}}));
}

}  // namespace attune::learn
