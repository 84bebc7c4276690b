#include "learn/factors/ratings.h"

#include "learn/linear/random_matrix.h"
#include "tests/learn/recommend/recommender_contract.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unordered_map>

namespace attune::learn {
namespace {

// All touches of the checkerboard weigh the same, and of equal ratings there is nothing personal to learn.
TEST(Ratings, KeepsTheContract) {
    check_recommender(kRatings, {.settings = {{"factors", 4}}, .is_personal = false});
}

// Even people like even items, odd people odd ones, and item 0 is liked by all a little more.
Interactions two_tastes(float alike, float unlike) {
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < 60; ++person)
        for (ItemIndex item = 0; item < 20; ++item)
            if ((person * 7 + item * 3) % 5 != 0)
                deeds.push_back(
                    {person, {.item = item, .weight = person % 2 == item % 2 ? alike : unlike}});
    auto made = Interactions::of(std::move(deeds), 60, 20);
    EXPECT_TRUE(made);
    return *std::move(made);
}

TEST(Ratings, PredictsTheRatingsOfTwoTastes) {
    const Interactions some = two_tastes(5, 2);
    const auto model = learned(kRatings, {some}, {{"factors", 4}, {"alpha", 0.02}, {"beta", 0.02}});
    for (PersonIndex person = 0; person < 60; ++person) {
        const auto scores = scores_of(*model, {.history = some.of_person(person)});
        for (ItemIndex item = 0; item < 20; ++item)
            EXPECT_NEAR(scores[item], person % 2 == item % 2 ? 5 : 2, 0.35);
    }
    // Of somebody unknown nothing is known but the items.
    for (const float score : scores_of(*model, {})) EXPECT_NEAR(score, 3.5, 0.2);
}

TEST(Ratings, TheLastRatingOfAnItemCounts) {
    const Interactions some = two_tastes(5, 1);
    const auto model = learned(kRatings, {some}, {{"factors", 4}});
    const std::vector<Touch> once{{.item = 3, .weight = 5}};
    const std::vector<Touch> again{{.item = 3, .weight = 1, .time = 1},
                                   {.item = 3, .weight = 5, .time = 2}};
    EXPECT_EQ(scores_of(*model, {.history = once}), scores_of(*model, {.history = again}));
}

TEST(Ratings, StepsThatGrowWithoutEndAreSaid) {
    const Interactions some = two_tastes(5000, 1);
    const auto settings = Settings::of(kRatings, {{"alpha", 0.5}});
    ASSERT_TRUE(settings);
    const auto model = kRatings.learn({some}, *settings, {});
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, Code::invalid_argument);
}

std::filesystem::path movie_lens() {
    const char* shared = std::getenv("ATTUNE_SHARED");
    const auto folder = shared != nullptr ? std::filesystem::path(shared)
                                          : std::filesystem::path(ATTUNE_SOURCE_DIR) / "../shared";
    return folder / "data/ml-latest-small/ratings.csv";
}

// MovieLens latest-small, a tenth of the ratings held out by chance. Surprise's SVD, which is the same model, has a root mean
// square error of 0.87 there.
TEST(Ratings, PredictsHeldOutRatingsOfMovieLens) {
    std::ifstream file(movie_lens());
    if (!file) GTEST_SKIP() << "no " << movie_lens() << ": MovieLens is not there";
    std::string line;
    std::getline(file, line);
    std::vector<Deed> kept;
    std::vector<Deed> held;
    std::unordered_map<std::uint32_t, ItemIndex> numbers;
    Draws draws(1, 0);
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        PersonIndex person = 0;
        std::uint32_t movie = 0;
        float rating = 0;
        char comma = 0;
        fields >> person >> comma >> movie >> comma >> rating;
        const auto item =
            numbers.emplace(movie, static_cast<ItemIndex>(numbers.size())).first->second;
        (draws.below(10) == 0 ? held : kept).push_back({person, {.item = item, .weight = rating}});
    }
    const auto items = static_cast<ItemIndex>(numbers.size());
    const auto some = Interactions::of(std::move(kept), 611, items);
    const auto asked = Interactions::of(std::move(held), 611, items);
    ASSERT_TRUE(some && asked);
    const auto model = learned(kRatings, {*some}, {});
    double sum = 0;
    for (PersonIndex person = 0; person < 611; ++person) {
        const auto scores = scores_of(*model, {.history = some->of_person(person)});
        for (const Touch& touch : asked->of_person(person))
            sum += std::pow(touch.weight - std::clamp(scores[touch.item], 0.5F, 5.0F), 2);
    }
    const double error = std::sqrt(sum / static_cast<double>(asked->size()));
    RecordProperty("rmse", std::to_string(error));
    EXPECT_LT(error, 0.88);
}

}  // namespace
}  // namespace attune::learn
