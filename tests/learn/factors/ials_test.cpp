#include "learn/factors/ials.h"

#include "learn/factors/factor_recommender.h"
#include "learn/linear/random_matrix.h"
#include "learn/linear/vectors.h"
#include "tests/learn/recommend/recommender_contract.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

TEST(Ials, KeepsTheContract) { check_recommender(kIals, {.settings = {{"factors", 8}}}); }

TEST(Ials, KeepsTheContractInBlocks) {
    check_recommender(kIals, {.settings = {{"factors", 8}, {"block", 3}}});
}

TEST(Ials, KeepsTheContractInExactRows) {
    check_recommender(kIals, {.settings = {{"factors", 8}, {"steps", 0}}, .items = 40});
}

Interactions scattered(PersonIndex people, ItemIndex items, std::size_t touches) {
    Draws draws(5, 0);
    std::vector<Deed> deeds;
    for (std::size_t i = 0; i < touches; ++i) {
        const auto person = static_cast<PersonIndex>(draws.below(people));
        // Each person leans to a third of the items, so there is something to learn.
        const auto item = static_cast<ItemIndex>((draws.below(items / 3) * 3 + person % 3) % items);
        deeds.push_back({person, {.item = item, .weight = 1 + static_cast<float>(i % 3)}});
    }
    auto made = Interactions::of(std::move(deeds), people, items);
    EXPECT_TRUE(made);
    return *std::move(made);
}

// The loss by its definition, over all pairs, with everybody folded in.
double loss(const Interactions& interactions, const FactorRecommender& model, double unobserved,
            double regularization, double emphasis) {
    const SparseRows by_person = interactions.matrix();
    const SparseRows by_item = by_person.transposed();
    double usual = 0;
    for (const float weight : by_person.values) usual += std::pow(weight, emphasis);
    usual /= static_cast<double>(by_person.size());
    double sum = 0;
    for (PersonIndex person = 0; person < interactions.people(); ++person) {
        const auto x = model.person({.history = interactions.of_person(person)});
        for (ItemIndex item = 0; item < interactions.items(); ++item) {
            const double score = dot(model.item_factors().row(item), x);
            sum += unobserved * score * score;
        }
        const auto touches = by_person.columns_of(person);
        for (std::size_t i = 0; i < touches.size(); ++i) {
            const double off = 1 - dot(model.item_factors().row(touches[i]), x);
            sum += std::pow(by_person.values_of(person)[i], emphasis) / usual * off * off;
        }
        const double own = static_cast<double>(touches.size()) + unobserved * interactions.items();
        sum += regularization * own * dot(x, x);
    }
    for (ItemIndex item = 0; item < interactions.items(); ++item) {
        const auto y = model.item_factors().row(item);
        const double own = static_cast<double>(by_item.columns_of(item).size()) +
                           unobserved * interactions.people();
        sum += regularization * own * dot(y, y);
    }
    return sum;
}

double loss_after(const Interactions& interactions, Settings::Given given) {
    given.insert({{"factors", 12}, {"unobserved", 0.2}, {"regularization", 0.01}});
    const auto model = learned(kIals, {interactions}, given, {.seed = 3, .threads = 2});
    return loss(interactions, dynamic_cast<const FactorRecommender&>(*model), 0.2, 0.01, 0.5);
}

TEST(Ials, EveryEpochLowersTheLossThatItIsSaidToMinimise) {
    const Interactions some = scattered(120, 60, 1500);
    double before = loss_after(some, {{"epochs", 1}});
    for (const double epochs : {2.0, 4.0, 8.0, 16.0}) {
        const double after = loss_after(some, {{"epochs", epochs}});
        EXPECT_LT(after, before) << epochs;
        before = after;
    }
}

TEST(Ials, BlocksEndWhereExactRowsEnd) {
    const Interactions some = scattered(120, 60, 1500);
    const double exact = loss_after(some, {{"epochs", 60}, {"steps", 0}});
    const double blocks = loss_after(some, {{"epochs", 60}, {"block", 4}});
    EXPECT_NEAR(blocks, exact, 0.01 * exact);
}

TEST(Ials, StepsEndWhereExactRowsEnd) {
    const Interactions some = scattered(120, 60, 3000);
    const double exact = loss_after(some, {{"epochs", 30}, {"steps", 0}});
    const double stepped = loss_after(some, {{"epochs", 30}, {"steps", 2}});
    EXPECT_NEAR(stepped, exact, 0.01 * exact);
}

// With one person, one item, one factor and next to no unobserved weight the optimum is known: (1 − xy)² + r·x² + r·y² is least at x = y with
// x² = 1 − r, and then folding in gives x again.
TEST(Ials, FindsTheOptimumKnownByHand) {
    const auto one = Interactions::of({{.person = 0, .touch = {.item = 0}}}, 1, 1);
    ASSERT_TRUE(one);
    const auto model =
        learned(kIals, {*one},
                {{"factors", 1}, {"epochs", 200}, {"unobserved", 1e-9}, {"regularization", 0.1}});
    const auto& factors = dynamic_cast<const FactorRecommender&>(*model);
    EXPECT_NEAR(std::abs(factors.item_factors().row(0)[0]), std::sqrt(0.9), 1e-4);
    EXPECT_NEAR(std::abs(factors.person({.history = one->of_person(0)})[0]), std::sqrt(0.9), 1e-4);
}

TEST(Ials, TheScaleOfTheWeightsDoesNotMatter) {
    const auto learned_of = [](float scale) {
        std::vector<Deed> deeds;
        Draws draws(9, 0);
        for (PersonIndex person = 0; person < 60; ++person)
            for (int i = 0; i < 20; ++i) {
                const auto item = static_cast<ItemIndex>(draws.below(10) * 3 + person % 3);
                deeds.push_back(
                    {person, {.item = item, .weight = scale * static_cast<float>(1 + i % 5)}});
            }
        const auto made = Interactions::of(std::move(deeds), 60, 30);
        EXPECT_TRUE(made);
        const auto model = learned(kIals, {*made}, {{"factors", 8}, {"emphasis", 1}});
        std::vector<float> scores(30);
        model->score({.history = made->of_person(0)}, scores);
        return scores;
    };
    const auto as_given = learned_of(1);
    const auto scaled = learned_of(64);
    for (std::size_t item = 0; item < 30; ++item) EXPECT_NEAR(scaled[item], as_given[item], 1e-4F);
}

TEST(Ials, WhoDidNothingYetGetsWhatManyTouched) {
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < 40; ++person) {
        deeds.push_back({person, {.item = 3}});
        deeds.push_back({person, {.item = person % 3}});
    }
    const auto made = Interactions::of(std::move(deeds), 40, 6);
    ASSERT_TRUE(made);
    const auto model = learned(kIals, {*made}, {{"factors", 4}});
    EXPECT_EQ(model->best({}, 1, ItemMask(6)).front().item, 3U);
}

TEST(Ials, HearsAStopAndTellsHowFarItIs) {
    const Interactions some = scattered(60, 30, 300);
    const auto settings = Settings::of(kIals, {{"factors", 4}, {"epochs", 4}});
    ASSERT_TRUE(settings);
    std::vector<double> told;
    std::stop_source stop;
    const auto model =
        kIals.learn({some}, *settings, {.stop = stop.get_token(), .progress = [&](double done) {
                                            told.push_back(done);
                                            if (told.size() == 2) stop.request_stop();
                                        }});
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, Code::cancelled);
    EXPECT_EQ(told, (std::vector<double>{0.25, 0.5}));
}

TEST(Ials, RefusesWhatDoesNotFit) {
    const Interactions some = scattered(900, 300, 3000);
    const auto settings = Settings::of(kIals, {{"factors", 2048}, {"memory_gb", 0.001}});
    const auto model = kIals.learn({some}, *settings, {});
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, Code::resource_exhausted);
}

}  // namespace
}  // namespace attune::learn
