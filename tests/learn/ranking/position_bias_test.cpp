#include "learn/ranking/ranking_log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace attune::learn {
namespace {

// Clicks as the position-based model has them: looked at by position, then clicked by appeal.
std::vector<ShownAt> clicks_of(const std::vector<double>& chances, std::uint32_t items,
                               std::uint32_t spread, std::uint32_t seed) {
    std::mt19937 engine(seed);
    std::vector<ShownAt> out;
    for (std::uint32_t item = 0; item < items; ++item) {
        const double appeal = 0.02 + 0.3 * static_cast<double>(item) / items;
        for (std::size_t k = 0; k < chances.size(); ++k) {
            // The better an item, the higher it stands, give or take `spread`.
            const auto home =
                static_cast<std::uint32_t>((items - 1 - item) * chances.size() / items);
            if (std::abs(static_cast<int>(home) - static_cast<int>(k)) > static_cast<int>(spread))
                continue;
            const int shown = 400;
            std::binomial_distribution<int> clicked(shown, chances[k] * appeal);
            out.push_back({.item = item,
                           .position = static_cast<std::uint16_t>(k),
                           .shown = shown,
                           .clicked = static_cast<double>(clicked(engine))});
        }
    }
    return out;
}

TEST(PositionBias, FindsWhatTheClicksWereMadeWith) {
    const std::vector<double> chances{1, 0.7, 0.5, 0.4, 0.3, 0.25};
    const PositionBias bias = position_bias(clicks_of(chances, 300, 2, 41));
    ASSERT_EQ(bias.chances.size(), chances.size());
    for (std::size_t k = 0; k < chances.size(); ++k)
        EXPECT_NEAR(bias.chance(k), chances[k], 0.03) << k;
    EXPECT_EQ(bias.chance(60), bias.chances.back());
}

// Click-through by position alone would take the appeal of what stands there for the position's.
TEST(PositionBias, IsNotFooledByWhatIsGoodStandingAbove) {
    const std::vector<double> chances{1, 1, 1, 1};
    const PositionBias bias = position_bias(clicks_of(chances, 400, 1, 42));
    for (std::size_t k = 0; k < chances.size(); ++k) EXPECT_NEAR(bias.chance(k), 1, 0.08) << k;
}

TEST(PositionBias, IsTheUsualDiscountWhereLittleIsKnown) {
    EXPECT_EQ(position_bias({}).chance(7), 1);
    const std::vector<ShownAt> few{{.item = 0, .position = 0, .shown = 3, .clicked = 1},
                                   {.item = 1, .position = 2, .shown = 2, .clicked = 0}};
    const PositionBias bias = position_bias(few);
    ASSERT_EQ(bias.chances.size(), 3U);
    EXPECT_NEAR(bias.chance(1), 1 / std::log2(3), 0.05);
    EXPECT_NEAR(bias.chance(2), 0.5, 0.05);
}

TEST(PositionBias, NeverLetsAClickCountForTooMuch) {
    std::vector<ShownAt> shown;
    for (std::uint16_t k = 0; k < 80; ++k)
        shown.push_back(
            {.item = 1, .position = k, .shown = 10'000, .clicked = k == 0 ? 5'000.0 : 0});
    const PositionBias bias = position_bias(shown, {.positions_max = 20, .chance_min = 0.2});
    EXPECT_EQ(bias.chances.size(), 20U);
    EXPECT_EQ(bias.chances.front(), 1);
    for (std::size_t k = 1; k < 80; ++k) EXPECT_EQ(bias.chance(k), 0.2);
}

RankingLog three_rows() {
    return {
        .features = 1, .rows = {1, 2, 3}, .gains = {0, 1, 0}, .positions = {0, 1, 2}, .ends = {3}};
}

TEST(Ndcg, ComparesAnOrderWithTheBest) {
    const RankingLog log = three_rows();
    EXPECT_DOUBLE_EQ(ndcg(log, std::vector<float>{0, 1, 0}, {}, 10), 1);
    EXPECT_DOUBLE_EQ(ndcg(log, std::vector<float>{3, 2, 1}, {}, 10), 1 / std::log2(3));
    EXPECT_DOUBLE_EQ(ndcg(log, std::vector<float>{3, 2, 1}, {}, 1), 0);
    // Whoever tells nothing apart keeps the order that was shown.
    EXPECT_DOUBLE_EQ(ndcg(log, std::vector<float>{7, 7, 7}, {}, 10), 1 / std::log2(3));
    EXPECT_EQ(ndcg({.features = 1}, {}, {}, 10), 0);
}

TEST(Ndcg, CountsClicksFurtherDownForMore) {
    RankingLog log = three_rows();
    log.gains = {1, 0, 1};
    const PositionBias bias{{1, 0.5, 0.25}};
    // 4 for the last, 1 for the first: shown, 1 + 4/2; at best, 4 + 1/log2(3).
    EXPECT_DOUBLE_EQ(ndcg(log, std::vector<float>{3, 2, 1}, bias, 10),
                     (1 + 4.0 / 2) / (4 + 1 / std::log2(3)));
}

TEST(RankingLog, SaysWhatDoesNotFitTogether) {
    EXPECT_TRUE(three_rows().check());
    const auto refused = [](auto change) {
        RankingLog log = three_rows();
        change(log);
        const auto checked = log.check();
        return !checked && checked.error().code == Code::invalid_argument;
    };
    EXPECT_TRUE(refused([](RankingLog& log) { log.rows.pop_back(); }));
    EXPECT_TRUE(refused([](RankingLog& log) { log.positions.pop_back(); }));
    EXPECT_TRUE(refused([](RankingLog& log) { log.ends = {2}; }));
    EXPECT_TRUE(refused([](RankingLog& log) { log.ends = {3, 2, 3}; }));
    EXPECT_TRUE(refused([](RankingLog& log) { log.gains[0] = -1; }));
    EXPECT_TRUE(
        refused([](RankingLog& log) { log.rows[0] = std::numeric_limits<float>::infinity(); }));
}

TEST(RankingLog, IsCutBetweenDecisions) {
    RankingLog log = three_rows();
    log.ends = {1, 1, 3};
    const RankingLog last = log.part(1, 3);
    EXPECT_EQ(last.ends, (std::vector<std::uint32_t>{0, 2}));
    EXPECT_EQ(last.rows, (std::vector<float>{2, 3}));
    EXPECT_TRUE(last.check());
    EXPECT_EQ(log.part(0, 1).gains, std::vector<float>{0});
    EXPECT_TRUE(log.part(2, 2).ends.empty());
}

}  // namespace
}  // namespace attune::learn
