#include "learn/scan/dots.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <iostream>
#include <random>
#include <vector>

namespace attune::learn {
namespace {

std::vector<const DotLoops*> loops_here() {
    std::vector<const DotLoops*> here;
    for (const DotLoops& loops : all_dot_loops()) {
        if (loops.is_supported())
            here.push_back(&loops);
        else
            std::cout << "skipped on this processor: " << loops.name << "\n";
    }
    return here;
}

TEST(DotLoops, TheLastRunsAnywhereAndTheBestRunsHere) {
    EXPECT_TRUE(all_dot_loops().back().is_supported());
    EXPECT_TRUE(best_dot_loops().is_supported());
}

TEST(DotLoops, AllGiveTheSameSums) {
    std::mt19937 engine(11);  // NOLINT(bugprone-random-generator-seed): replays
    for (const std::size_t quads : {1, 2, 3, 16, 25, 64}) {
        const std::size_t count = 5;
        const std::size_t stride = quads + 2;
        std::vector<ScanLine> lines(count * stride);
        // Extremes are as likely as all between, since what overflows does so there.
        const auto extreme = [&](int low, int high) {
            const auto pick = engine() % 4;
            return pick == 0   ? low
                   : pick == 1 ? high
                               : low + static_cast<int>(engine() % (high - low + 1U));
        };
        for (ScanLine& line : lines)
            for (std::uint8_t& byte : line.bytes) byte = static_cast<std::uint8_t>(extreme(1, 255));
        std::vector<std::int8_t> query(quads * 4);
        for (std::int8_t& value : query) value = static_cast<std::int8_t>(extreme(-127, 127));
        std::vector<std::int32_t> expected(count * kBlockItems);
        for (std::size_t at = 0; at < expected.size(); ++at)
            for (std::size_t d = 0; d < quads * 4; ++d)
                expected[at] +=
                    (lines[at / 16 * stride + 2 + d / 4].bytes[at % 16 * 4 + d % 4] - 128) *
                    query[d];
        for (const DotLoops* loops : loops_here()) {
            std::vector<std::int32_t> sums(expected.size());
            loops->codes({.codes = lines.data() + 2, .stride = stride, .quads = quads},
                         query.data(), count, sums.data());
            EXPECT_EQ(sums, expected) << loops->name << ", " << quads << " quads";
        }
    }
}

TEST(DotLoops, AllGiveTheSameFloats) {
    std::mt19937 engine(12);  // NOLINT(bugprone-random-generator-seed): replays
    std::normal_distribution<float> normal;
    for (std::size_t count = 1; count < 100; ++count) {
        std::vector<float> a(count);
        std::vector<float> b(count);
        double exact = 0;
        double size = 0;
        for (std::size_t i = 0; i < count; ++i) {
            a[i] = normal(engine);
            b[i] = normal(engine);
            exact += double{a[i]} * b[i];
            size += std::abs(double{a[i]} * b[i]);
        }
        const float anywhere = all_dot_loops().back().floats(a.data(), b.data(), count);
        EXPECT_NEAR(anywhere, exact, size * 1e-6);
        for (const DotLoops* loops : loops_here())
            EXPECT_EQ(loops->floats(a.data(), b.data(), count), anywhere) << loops->name;
    }
}

TEST(DotLoops, AllFindTheSameBlocks) {
    std::mt19937 engine(13);  // NOLINT(bugprone-random-generator-seed): replays
    constexpr std::size_t kBlocks = 64;
    constexpr std::size_t kStride = 3;
    std::vector<ScanLine> lines(kBlocks * kStride);
    std::vector<std::int32_t> sums(kBlocks * kBlockItems);
    std::vector<float> widths(kBlocks, 100.0F);
    std::vector<float> pads(kBlocks, 0.25F);
    std::uniform_real_distribution<float> uniform(0, 1);
    for (ScanLine& line : lines) {
        float values[kBlockItems];
        for (float& value : values) value = uniform(engine);
        std::memcpy(line.bytes, values, sizeof values);
    }
    for (std::int32_t& sum : sums) sum = static_cast<std::int32_t>(engine() % 20'000) - 10'000;
    const Estimates estimates{.lines = lines.data(),
                              .stride = kStride,
                              .sums = sums.data(),
                              .widths = widths.data(),
                              .pads = pads.data(),
                              .scale = 0.5F};
    std::vector<std::vector<float>> found;
    for (const DotLoops* loops : loops_here()) {
        std::vector<float> all;
        Interval interval{};
        for (std::size_t at = 0;; ++at) {
            at = loops->next_reaching(estimates, at, kBlocks, 4'600, interval);
            if (at == kBlocks) break;
            all.push_back(static_cast<float>(at));
            all.insert(all.end(), std::begin(interval.low), std::end(interval.low));
            all.insert(all.end(), std::begin(interval.high), std::end(interval.high));
        }
        found.push_back(std::move(all));
    }
    EXPECT_FALSE(found.front().empty());
    EXPECT_LT(found.front().size(), kBlocks * 33);
    for (const auto& one : found) EXPECT_EQ(one, found.front());
}

}  // namespace
}  // namespace attune::learn
