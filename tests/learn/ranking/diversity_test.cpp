#include "learn/ranking/diversity.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <set>

namespace attune::learn {
namespace {

struct World {
    std::vector<float> scores;
    std::vector<Labels> labels;
};

World world(std::size_t candidates, std::uint32_t labels, std::uint32_t seed) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<float> uniform(-2, 5);
    World out;
    for (std::size_t i = 0; i < candidates; ++i) {
        out.scores.push_back(uniform(engine));
        Labels& own = out.labels.emplace_back(engine() % 4);
        for (std::uint32_t& label : own) label = engine() % labels;
    }
    return out;
}

double jaccard(const Labels& a, const Labels& b) {
    const std::set<std::uint32_t> one(a.begin(), a.end());
    const std::set<std::uint32_t> two(b.begin(), b.end());
    std::set<std::uint32_t> both = one;
    both.insert(two.begin(), two.end());
    if (both.empty()) return 0;
    return static_cast<double>(one.size() + two.size() - both.size()) /
           static_cast<double>(both.size());
}

double unit(const std::vector<float>& scores, std::size_t i) {
    const auto [low, high] = std::ranges::minmax(scores);
    return high > low ? (double{scores[i]} - low) / (double{high} - low) : 1;
}

std::vector<Candidate> by_score(const World& from, std::size_t limit) {
    std::vector<Candidate> order(from.scores.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](Candidate a, Candidate b) {
        return from.scores[a] != from.scores[b] ? from.scores[a] > from.scores[b] : a < b;
    });
    order.resize(std::min(limit, order.size()));
    return order;
}

TEST(LabelSimilarity, IsTheShareOfCommonLabels) {
    const World from = world(60, 7, 71);
    const LabelSimilarity similarity(from.labels);
    std::vector<float> out(60);
    for (Candidate a = 0; a < 60; ++a) {
        similarity.to(a, out);
        for (Candidate b = 0; b < 60; ++b)
            EXPECT_NEAR(out[b], jaccard(from.labels[a], from.labels[b]), 1e-6);
    }
}

TEST(VectorSimilarity, IsTheCosineAndNeverNegative) {
    const std::vector<float> vectors{3, 0, 0, 4, 0, 0, -1, 0, 0, 1, 1, 0, 0, 0, 0};
    const VectorSimilarity similarity(vectors, 3);
    std::vector<float> out(5);
    similarity.to(0, out);
    EXPECT_FLOAT_EQ(out[0], 1);
    EXPECT_FLOAT_EQ(out[1], 1);
    EXPECT_FLOAT_EQ(out[2], 0);
    EXPECT_FLOAT_EQ(out[3], std::sqrt(0.5F));
    EXPECT_FLOAT_EQ(out[4], 0);
}

// The definition, word by word.
std::vector<Candidate> naive_mmr(const World& from, std::size_t limit, double lambda,
                                 std::vector<Candidate> placed) {
    std::vector<Candidate> out;
    std::vector<Candidate> all = std::move(placed);
    while (out.size() < limit) {
        double best_value = -std::numeric_limits<double>::infinity();
        Candidate best = 0;
        for (Candidate i = 0; i < from.scores.size(); ++i) {
            if (std::ranges::find(all, i) != all.end()) continue;
            double nearest = 0;
            for (const Candidate j : all)
                nearest = std::max(nearest, jaccard(from.labels[i], from.labels[j]));
            const double value = lambda * unit(from.scores, i) - (1 - lambda) * nearest;
            if (value > best_value + 1e-9) {
                best_value = value;
                best = i;
            }
        }
        if (std::isinf(best_value)) break;
        out.push_back(best);
        all.push_back(best);
    }
    return out;
}

TEST(Diverse, IsMaximalMarginalRelevance) {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
        const World from = world(50, 6, 100 + seed);
        const LabelSimilarity similarity(from.labels);
        const std::vector<Candidate> placed{seed, seed + 3};
        for (const double lambda : {1.0, 0.7, 0.3})
            EXPECT_EQ(diverse(from.scores, similarity, 12, {.relevance = lambda, .placed = placed}),
                      naive_mmr(from, 12, lambda, placed));
    }
}

TEST(Diverse, IsTheOrderOfTheScoresWhereNothingElseCounts) {
    const World from = world(80, 5, 72);
    const LabelSimilarity similarity(from.labels);
    EXPECT_EQ(diverse(from.scores, similarity, 20, {.relevance = 1}), by_score(from, 20));
    EXPECT_EQ(diverse(from.scores, similarity, 500).size(), 80U);
    EXPECT_TRUE(diverse(from.scores, similarity, 0).empty());
    EXPECT_TRUE(diverse({}, LabelSimilarity({}), 5).empty());
}

TEST(Diverse, TakesOneOfEachKindBeforeASecond) {
    const std::vector<float> scores{9, 8.9F, 8.8F, 8.5F, 8.4F, 1};
    const std::vector<Labels> labels{{1}, {1}, {1}, {2}, {2}, {3}};
    const LabelSimilarity similarity(labels);
    EXPECT_EQ(diverse(scores, similarity, 3, {.relevance = 0.8}),
              (std::vector<Candidate>{0, 3, 1}));
    // What is pinned counts as taken.
    const std::vector<Candidate> placed{4};
    EXPECT_EQ(diverse(scores, similarity, 2, {.relevance = 0.8, .placed = placed}),
              (std::vector<Candidate>{0, 1}));
}

Mix list_mix(const World& from, const std::vector<Candidate>& list) {
    std::vector<LabelledTouch> touches;
    for (const Candidate one : list) touches.push_back({.labels = from.labels[one]});
    return mix_of(touches);
}

TEST(MixOf, SpreadsWeightsOverLabels) {
    const Labels two{1, 2, 2};
    const Labels one{2};
    const Labels none;
    const std::vector<LabelledTouch> touches{{.labels = two, .weight = 2},
                                             {.labels = one, .weight = 1},
                                             {.labels = none, .weight = 9},
                                             {.labels = one, .weight = -3}};
    const Mix mix = mix_of(touches);
    ASSERT_EQ(mix.size(), 2U);
    EXPECT_DOUBLE_EQ(mix.at(1), 1.0 / 3);
    EXPECT_DOUBLE_EQ(mix.at(2), 2.0 / 3);
    EXPECT_TRUE(mix_of({}).empty());
}

TEST(Miscalibration, IsNothingForTheSameMixAndGrowsWithWhatIsMissing) {
    const Mix person{{1, 0.7}, {2, 0.3}};
    EXPECT_NEAR(miscalibration(person, person), 0, 1e-12);
    const double without = miscalibration(person, {{1, 1.0}});
    EXPECT_NEAR(without, 0.7 * std::log(0.7 / (0.99 + 0.007)) + 0.3 * std::log(100), 1e-12);
    EXPECT_GT(without, miscalibration(person, {{1, 0.9}, {2, 0.1}}));
    EXPECT_EQ(miscalibration({}, person), 0);
}

// The definition, word by word.
std::vector<Candidate> naive_calibrated(const World& from, const Mix& person, std::size_t limit,
                                        double lambda) {
    std::vector<Candidate> list;
    double sum = 0;
    while (list.size() < limit) {
        double best_value = -std::numeric_limits<double>::infinity();
        Candidate best = 0;
        for (Candidate i = 0; i < from.scores.size(); ++i) {
            if (std::ranges::find(list, i) != list.end()) continue;
            auto longer = list;
            longer.push_back(i);
            const double value = (1 - lambda) * (sum + unit(from.scores, i)) -
                                 lambda * miscalibration(person, list_mix(from, longer));
            if (value > best_value + 1e-9) {
                best_value = value;
                best = i;
            }
        }
        list.push_back(best);
        sum += unit(from.scores, best);
    }
    return list;
}

TEST(Calibrated, IsWhatItsFormulaSays) {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
        const World from = world(40, 5, 200 + seed);
        const Mix person{{0, 0.5}, {1, 0.3}, {3, 0.2}, {9, 0.0}};
        for (const double lambda : {0.2, 0.5, 0.9})
            EXPECT_EQ(calibrated(from.scores, from.labels, person, 10, {.calibration = lambda}),
                      naive_calibrated(from, person, 10, lambda));
    }
}

TEST(Calibrated, KeepsTheSmallerInterestThatScoresWouldDrop) {
    // Seven in ten of what they watched was the first, three the second; every score says the first.
    World from;
    for (int i = 0; i < 40; ++i) {
        from.scores.push_back(static_cast<float>(100 - i));
        from.labels.push_back({i < 20 ? 1U : 2U});
    }
    const Mix person{{1, 0.7}, {2, 0.3}};
    const auto list = calibrated(from.scores, from.labels, person, 10, {.calibration = 0.9});
    const Mix mix = list_mix(from, list);
    EXPECT_NEAR(mix.at(1), 0.7, 0.11);
    EXPECT_EQ(calibrated(from.scores, from.labels, person, 10, {.calibration = 0}),
              by_score(from, 10));
    EXPECT_EQ(calibrated(from.scores, from.labels, {}, 10), by_score(from, 10));
}

RC_GTEST_PROP(Lists, HoldEachCandidateOnceAndNoneThatIsPlaced, ()) {
    const auto count = *rc::gen::inRange<std::size_t>(1, 40);
    const auto seed = *rc::gen::inRange<std::uint32_t>(0, 10'000);
    const World from = world(count, 4, seed);
    const std::vector<Candidate> placed{
        *rc::gen::inRange<Candidate>(0, static_cast<Candidate>(count))};
    const auto limit = *rc::gen::inRange<std::size_t>(0, 50);
    const LabelSimilarity similarity(from.labels);
    const Mix person{{0, 0.5}, {1, 0.5}};
    for (const auto& list :
         {diverse(from.scores, similarity, limit, {.placed = placed}),
          calibrated(from.scores, from.labels, person, limit, {.placed = placed})}) {
        RC_ASSERT(list.size() == std::min(limit, count - 1));
        const std::set<Candidate> different(list.begin(), list.end());
        RC_ASSERT(different.size() == list.size());
        RC_ASSERT(!different.contains(placed[0]));
    }
}

}  // namespace
}  // namespace attune::learn
