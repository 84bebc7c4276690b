#include "learn/recommend/recommender.h"

#include "learn/recommend/parallel.h"

#include <gtest/gtest.h>

#include <random>

namespace attune::learn {
namespace {

TEST(BestOfScores, IsTheSortedBeginningOfThoseAllowed) {
    std::mt19937 engine(7);  // NOLINT(bugprone-random-generator-seed): replays
    for (int round = 0; round < 200; ++round) {
        const auto items = static_cast<ItemIndex>(1 + engine() % 150);
        std::vector<float> scores(items);
        ItemMask allowed(items);
        std::vector<Scored> expected;
        for (ItemIndex item = 0; item < items; ++item) {
            scores[item] = static_cast<float>(engine() % 20);  // with many ties
            if (engine() % 3 == 0)
                allowed.forbid(item);
            else
                expected.push_back({item, scores[item]});
        }
        std::ranges::sort(expected, {},
                          [](const Scored& one) { return std::pair(-one.score, one.item); });
        const std::size_t limit = engine() % 30;
        if (expected.size() > limit) expected.resize(limit);
        EXPECT_EQ(best_of_scores(scores, limit, allowed), expected);
    }
}

TEST(ItemMask, KeepsBitsPastTheLastItemClear) {
    const ItemMask mask(70);
    EXPECT_EQ(mask.words()[1], (std::uint64_t{1} << 6) - 1);
    ItemMask none(70, false);
    EXPECT_FALSE(none.allows(69));
    none.allow(69);
    none.intersect(mask);
    EXPECT_TRUE(none.allows(69));
}

TEST(ForChunks, VisitsEachRowOnceAndHearsAStop) {
    std::vector<int> visits(10'000);
    const auto visit = [&](std::size_t begin, std::size_t end, unsigned) {
        for (std::size_t row = begin; row < end; ++row) ++visits[row];
    };
    ASSERT_TRUE(for_chunks(visits.size(), 64, {.threads = 4}, visit));
    EXPECT_TRUE(std::ranges::all_of(visits, [](int count) { return count == 1; }));
    std::stop_source stop;
    stop.request_stop();
    const auto stopped =
        for_chunks(visits.size(), 64, {.threads = 4, .stop = stop.get_token()}, visit);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Code::cancelled);
    EXPECT_EQ(visits[0], 1);
}

}  // namespace
}  // namespace attune::learn
