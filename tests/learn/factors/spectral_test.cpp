#include "learn/factors/spectral.h"

#include "tests/learn/recommend/recommender_contract.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

TEST(Spectral, KeepsTheContract) { check_recommender(kSpectral, {.settings = {{"factors", 2}}}); }

TEST(Spectral, KeepsTheContractWithFewNeighbours) {
    check_recommender(kSpectral, {.settings = {{"factors", 2}, {"neighbours", 3}}});
}

TEST(Spectral, AddsWhatWasTouchedTogetherAndTheLowPassAsByHand) {
    // People touched {0, 1}, {0, 1} and {1, 2}: item sums are 2, 3, 1 and each person's 2. R is then
    //     1/√4 1/√6  0
    //     1/√4 1/√6  0
    //      0   1/√6 1/√2
    // RᵀR is (1/2, 1/√6, 0), (1/√6, 1/2, 1/√12), (0, 1/√12, 1/2), and its largest eigenvalue is 1 with the square roots of the
    // sums, (√2, √3, 1)/√6, as it is for every such graph.
    std::vector<Deed> deeds;
    for (const auto& [person, item] : std::vector<std::pair<PersonIndex, ItemIndex>>{
             {0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 1}, {2, 2}})
        deeds.push_back({person, {.item = item}});
    const auto made = Interactions::of(std::move(deeds), 3, 3);
    ASSERT_TRUE(made);
    const auto model = learned(kSpectral, {*made}, {{"factors", 1}, {"low_pass", 0.3}});
    const Touch first{.item = 0};
    const auto scores = scores_of(*model, {.history = {&first, 1}});
    // The low pass adds 0.3 · d_0^-½ · v_0 · v_j · d_j^½ = 0.3 · (1/√6) · (d_j/√6).
    EXPECT_NEAR(scores[0], 0.5 + 0.3 * 2 / 6, 1e-5);
    EXPECT_NEAR(scores[1], 1 / std::sqrt(6.0) + 0.3 * 3 / 6, 1e-5);
    EXPECT_NEAR(scores[2], 0 + 0.3 * 1 / 6, 1e-5);
    // Nobody known gets what most touched.
    EXPECT_EQ(scores_of(*model, {}), (std::vector<float>{2, 3, 1}));
}

}  // namespace
}  // namespace attune::learn
