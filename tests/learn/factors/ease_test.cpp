#include "learn/factors/ease.h"

#include "base/random.h"
#include "learn/linear/random_matrix.h"
#include "tests/learn/recommend/recommender_contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace attune::learn {
namespace {

TEST(Ease, KeepsTheContract) { check_recommender(kEase, {}); }

TEST(Ease, KeepsTheContractWithMostItemsOutsideTheInverse) {
    check_recommender(kEase, {.settings = {{"dense", 8}, {"neighbours", 12}}});
}

Interactions of_pairs(const std::vector<std::pair<PersonIndex, ItemIndex>>& pairs,
                      PersonIndex people, ItemIndex items) {
    std::vector<Deed> deeds;
    for (const auto& [person, item] : pairs) deeds.push_back({person, {.item = item}});
    auto made = Interactions::of(std::move(deeds), people, items);
    EXPECT_TRUE(made);
    return *std::move(made);
}

TEST(Ease, SolvesTwoItemsAsByHand) {
    // Items 0 and 1 were touched by three and two people, by two together. With a penalty of c the matrix is (3+c 2; 2 2+c), its
    // inverse ∝ (2+c −2; −2 3+c), so the weight 0 → 1 is 2 / (3+c) and 1 → 0 is 2 / (2+c).
    const Interactions some = of_pairs({{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 0}}, 3, 2);
    const auto model = learned(kEase, {some}, {{"regularization", 2}});
    const double c = 2 * std::sqrt(2.5);
    const Touch first{.item = 0};
    const Touch second{.item = 1};
    EXPECT_NEAR(scores_of(*model, {.history = {&first, 1}})[1], 2 / (3 + c), 1e-6);
    EXPECT_EQ(scores_of(*model, {.history = {&first, 1}})[0], 0);
    EXPECT_NEAR(scores_of(*model, {.history = {&second, 1}})[0], 2 / (2 + c), 1e-6);
    EXPECT_EQ(scores_of(*model, {}), (std::vector<float>{0.6F, 0.4F}));
}

// People who have little in common by chance: most pairs are of one person, some of two.
Interactions strangers(std::uint64_t seed) {
    base::SeededRandom random(seed);
    std::vector<std::pair<PersonIndex, ItemIndex>> pairs;
    for (PersonIndex person = 0; person < 40; ++person)
        for (int i = 0; i < 10; ++i)
            pairs.emplace_back(person, static_cast<ItemIndex>(random.below(60)));
    return of_pairs(pairs, 40, 60);
}

std::size_t people_of_both(const Interactions& all, ItemIndex a, ItemIndex b) {
    std::size_t people = 0;
    for (PersonIndex person = 0; person < all.people(); ++person) {
        const History history = all.of_person(person);
        people += std::ranges::count(history, a, &Touch::item) > 0 &&
                          std::ranges::count(history, b, &Touch::item) > 0
                      ? 1
                      : 0;
    }
    return people;
}

TEST(Ease, WhatGoesWithWhatIsToldOfAsManyPeopleAsAreAskedFor) {
    const Interactions all = strangers(5);
    for (const double dense : {0., 20.}) {
        const auto of_one = learned(kEase, {all}, {{"dense", dense}});
        const auto of_two = learned(kEase, {all}, {{"dense", dense}, {"pair_people", 2}});
        std::size_t told = 0;
        for (ItemIndex from = 0; from < all.items(); ++from) {
            const Touch touch{.item = from};
            const auto before = scores_of(*of_one, {.history = {&touch, 1}});
            const auto after = scores_of(*of_two, {.history = {&touch, 1}});
            for (ItemIndex to = 0; to < all.items(); ++to) {
                if (to == from) continue;
                if (people_of_both(all, from, to) < 2) {
                    EXPECT_EQ(after[to], 0) << from << " to " << to;
                    const auto best =
                        of_two->best({.history = {&touch, 1}}, all.items(), ItemMask(all.items()));
                    EXPECT_EQ(std::ranges::find(best, to, &Scored::item), best.end());
                } else {
                    EXPECT_EQ(after[to], before[to]) << from << " to " << to;
                    told += after[to] != 0 ? 1 : 0;
                }
            }
        }
        EXPECT_GT(told, 100U);
    }
}

TEST(Ease, WhatEverybodyDoesIsLittleBesideAHistory) {
    const Interactions some = of_pairs({{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 0}}, 3, 2);
    const auto model = learned(kEase, {some}, {{"regularization", 0.1}});
    const Touch touch{.item = 1};
    EXPECT_GT(scores_of(*model, {.history = {&touch, 1}})[0], scores_of(*model, {})[0]);
}

TEST(Ease, DropoutAddsToTheDiagonalInProportion) {
    const Interactions some = of_pairs({{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 0}}, 3, 2);
    const auto model = learned(kEase, {some}, {{"regularization", 2}, {"dropout", 0.5}});
    const double c = 2 * std::sqrt(2.5);
    const Touch first{.item = 0};
    EXPECT_NEAR(scores_of(*model, {.history = {&first, 1}})[1], 2 / (6 + c), 1e-6);
}

TEST(Ease, TheScaleOfTheWeightsDoesNotMatter) {
    const auto of_scale = [](float scale) {
        std::vector<Deed> deeds;
        for (const auto& [person, item] :
             {std::pair{0U, 0U}, {0U, 1U}, {1U, 0U}, {1U, 1U}, {2U, 0U}})
            deeds.push_back(
                {person, {.item = item, .weight = scale * static_cast<float>(1 + item)}});
        const auto made = Interactions::of(std::move(deeds), 3, 2);
        EXPECT_TRUE(made);
        const Touch first{.item = 0};
        const auto model = learned(kEase, {*made}, {{"regularization", 2}});
        return scores_of(*model, {.history = {&first, 1}})[1];
    };
    EXPECT_NEAR(of_scale(5), of_scale(1), 1e-6);
}

Interactions leaning(PersonIndex people, ItemIndex items) {
    Draws draws(2, 0);
    std::vector<std::pair<PersonIndex, ItemIndex>> pairs;
    for (PersonIndex person = 0; person < people; ++person)
        for (ItemIndex item = person % 4; item < items; item += 4)
            if (draws.unit() < 4.0 / (4.0 + item)) pairs.emplace_back(person, item);
    return of_pairs(pairs, people, items);
}

TEST(Ease, ItsWeightsAreThoseOfTheRegressionsThatItStandsFor) {
    // Each item's column minimises |X·b − x|² + penalty·|b|² with b[item] = 0: its gradient vanishes elsewhere.
    const Interactions some = leaning(200, 24);
    const auto model = learned(kEase, {some}, {{"regularization", 1}});
    const SparseRows rows = some.matrix();
    const double penalty = std::sqrt(static_cast<double>(rows.size()) / 24);
    std::vector<std::vector<float>> from;
    for (ItemIndex item = 0; item < 24; ++item) {
        const Touch only{.item = item};
        from.push_back(scores_of(*model, {.history = {&only, 1}}));
    }
    for (const ItemIndex to : {0U, 5U, 23U}) {
        std::vector<double> slope(24);
        for (PersonIndex person = 0; person < some.people(); ++person) {
            const auto touched = rows.columns_of(person);
            double off = 0;
            for (const ItemIndex item : touched) off += item == to ? -1.0 : double{from[item][to]};
            for (const ItemIndex item : touched) slope[item] += off;
        }
        for (ItemIndex item = 0; item < 24; ++item)
            if (item != to) EXPECT_NEAR(slope[item] + penalty * from[item][to], 0, 1e-3);
    }
}

TEST(Ease, WhatIsOutsideTheInverseIsStillFound) {
    const Interactions some = leaning(400, 40);
    const auto model = learned(kEase, {some}, {{"dense", 20}});
    std::size_t right = 0;
    for (ItemIndex item = 0; item < 40; ++item) {
        const auto like = model->like(item, 3, ItemMask(40));
        ASSERT_FALSE(like.empty());
        right += like.front().item % 4 == item % 4 ? 1U : 0U;
    }
    EXPECT_GE(right, 39U);
}

TEST(Ease, RefusesWhatDoesNotFitAndSaysWhatDoes) {
    const Interactions some = leaning(300, 1200);
    const auto settings = Settings::of(kEase, {{"memory_gb", 0.0015}, {"neighbours", 10}});
    const auto model = kEase.learn({some}, *settings, {});
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, Code::resource_exhausted);
    EXPECT_NE(model.error().message.find("dense "), std::string::npos) << model.error().message;
}

}  // namespace
}  // namespace attune::learn
