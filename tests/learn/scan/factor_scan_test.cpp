#include "learn/scan/factor_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace attune::learn {
namespace {

using Engine = std::mt19937;

std::vector<float> normals(Engine& engine, std::size_t count, float size = 1) {
    std::normal_distribution<float> normal(0, size);
    std::vector<float> out(count);
    for (float& value : out) value = normal(engine);
    return out;
}

FactorScan scan_of(std::vector<float> factors, std::size_t dimensions,
                   std::vector<float> bias = {}) {
    auto scan = FactorScan::of(std::move(factors), dimensions, std::move(bias));
    EXPECT_TRUE(scan) << scan.error().message;
    return *std::move(scan);
}

// What every search is held against: all scores, compared.
void expect_exact(const FactorScan& scan, std::span<const float> query, std::size_t limit,
                  const ItemMask& allowed) {
    std::vector<float> scores(scan.items());
    scan.score(query, scores);
    const auto expected = best_of_scores(scores, limit, allowed);
    for (const DotLoops& loops : all_dot_loops())
        if (loops.is_supported())
            EXPECT_EQ(scan.best(query, limit, allowed, {.loops = &loops}), expected) << loops.name;
    EXPECT_EQ(scan.best(query, limit, allowed, {.threads = 3}), expected);
}

TEST(FactorScan, FindsWhatComparingAllScoresFinds) {
    Engine engine(21);  // NOLINT(bugprone-random-generator-seed): replays
    for (int round = 0; round < 120; ++round) {
        const std::size_t items = 1 + engine() % (round % 10 == 0 ? 3'000 : 200);
        const std::size_t dimensions = 1 + engine() % 70;
        const float size = std::pow(10.0F, static_cast<float>(engine() % 12) - 6);
        auto factors = normals(engine, items * dimensions, size);
        // Some items are far larger than their neighbours, some are nothing, some are twins.
        for (std::size_t item = 0; item < items; ++item) {
            const auto row = std::span(factors).subspan(item * dimensions, dimensions);
            const auto kind = engine() % 8;
            if (kind == 0) std::ranges::fill(row, 0.0F);
            if (kind == 1) std::ranges::for_each(row, [](float& value) { value *= 30; });
            if (kind == 2 && item > 0) std::copy_n(factors.begin(), dimensions, row.begin());
        }
        const bool has_bias = engine() % 2 == 0;
        const auto scan = scan_of(std::move(factors), dimensions,
                                  has_bias ? normals(engine, items, size) : std::vector<float>());
        ItemMask allowed(scan.items());
        const auto share = engine() % 4;
        for (ItemIndex item = 0; item < scan.items(); ++item)
            if (engine() % 4 < share) allowed.forbid(item);
        expect_exact(scan, normals(engine, dimensions), engine() % 60, allowed);
    }
}

TEST(FactorScan, IsExactForWhatFloatsCanBarelyHold) {
    Engine engine(22);  // NOLINT(bugprone-random-generator-seed): replays
    constexpr std::size_t kDimensions = 20;
    for (const float size : {1e-45F, 1e-38F, 1e-20F, 1e15F, 1e18F}) {
        const auto scan = scan_of(normals(engine, 500 * kDimensions, size), kDimensions);
        for (const float query_size : {1e-45F, 1e-20F, 1e-10F, 1.0F, 1e15F})
            expect_exact(scan, normals(engine, kDimensions, query_size), 7, ItemMask(500));
    }
}

TEST(FactorScan, RanksByBiasForSomebodyOfWhomNothingIsKnown) {
    Engine engine(23);  // NOLINT(bugprone-random-generator-seed): replays
    const auto scan = scan_of(normals(engine, 100 * 8), 8, normals(engine, 100));
    expect_exact(scan, std::vector<float>(8), 10, ItemMask(100));
    const auto without = scan_of(normals(engine, 100 * 8), 8);
    expect_exact(without, std::vector<float>(8), 10, ItemMask(100));
}

TEST(FactorScan, ScoresSomeAsAmongAll) {
    Engine engine(24);  // NOLINT(bugprone-random-generator-seed): replays
    const auto scan = scan_of(normals(engine, 50 * 9), 9, normals(engine, 50));
    const auto query = normals(engine, 9);
    std::vector<float> all(50);
    scan.score(query, all);
    const std::vector<ItemIndex> some{49, 0, 7, 7};
    std::vector<float> few(some.size());
    scan.score_some(query, some, few);
    for (std::size_t i = 0; i < some.size(); ++i) EXPECT_EQ(few[i], all[some[i]]);
}

TEST(FactorScan, PassesOverBlocksWithNobodyAllowed) {
    Engine engine(25);  // NOLINT(bugprone-random-generator-seed): replays
    const auto scan = scan_of(normals(engine, 5'000 * 8), 8);
    ItemMask few(scan.items(), false);
    for (const ItemIndex item : {0U, 17U, 2'000U, 4'999U}) few.allow(item);
    expect_exact(scan, normals(engine, 8), 10, few);
    EXPECT_TRUE(scan.best(normals(engine, 8), 10, ItemMask(scan.items(), false)).empty());
}

TEST(FactorScan, RefusesWhatIsNoTableOfFactors) {
    const float infinite = std::numeric_limits<float>::infinity();
    for (const auto& wrong :
         {FactorScan::of({1, 2, 3}, 2), FactorScan::of({1, 2}, 0),
          FactorScan::of({1, 2}, kScanDimensionsMax + 1), FactorScan::of({1, 2}, 1, {1}),
          FactorScan::of({1, infinite}, 1), FactorScan::of({1, 2}, 1, {1, infinite})}) {
        ASSERT_FALSE(wrong);
        EXPECT_EQ(wrong.error().code, Code::invalid_argument);
    }
    const auto none = scan_of({}, 3);
    EXPECT_TRUE(none.best(std::vector<float>{1, 2, 3}, 5, ItemMask(0)).empty());
}

}  // namespace
}  // namespace attune::learn
