#include "engine/outcomes/item_tallies.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace attune::engine {
namespace {

base::Time at(int second) { return base::Time(std::chrono::seconds(1'780'000'000 + second)); }

std::map<ItemNumber, double> trials_of(const ItemTallies& told) {
    std::map<ItemNumber, double> trials;
    told.each(at(0), [&](ItemNumber item, const learn::Tally& tally) {
        trials[item] = tally.trials;
        EXPECT_EQ(told.of(item, at(0)).trials, tally.trials);
    });
    return trials;
}

TEST(ItemTallies, EachTellingIsWhatWasThereThenWhateverIsAddedOrForgottenSince) {
    const learn::Memory memory;
    ItemTalliesWriter writer(memory);
    std::map<ItemNumber, double> expected;
    std::map<std::size_t, int> last;  // of each block
    std::mt19937_64 random(11);       // NOLINT(bugprone-random-generator-seed): replays
    std::shared_ptr<const ItemTallies> before;
    std::map<ItemNumber, double> then;
    for (int step = 1; step <= 300; ++step) {
        for (int i = 0; i < 5; ++i) {
            const auto item = static_cast<ItemNumber>(random() % 20'000);
            writer.at(item)->show(at(step), memory);
            ++expected[item];
            last[item / 64] = step;
        }
        if (step % 10 == 0) {
            std::size_t old = 0;
            for (auto block = last.begin(); block != last.end();) {
                if (block->second > step - 40) {
                    ++block;
                    continue;
                }
                ++old;
                std::erase_if(expected,
                              [&](const auto& one) { return one.first / 64 == block->first; });
                block = last.erase(block);
            }
            EXPECT_EQ(writer.forget(at(step - 40), 1'000), old);
        }
        const auto told = writer.told();
        EXPECT_EQ(trials_of(*told), expected) << "at step " << step;
        if (before) EXPECT_EQ(trials_of(*before), then) << "at step " << step;
        before = told;
        then = expected;
    }
    EXPECT_EQ(writer.blocks(), last.size());
    EXPECT_EQ(writer.told()->of(30'000, at(0)).trials, 0);
}

}  // namespace
}  // namespace attune::engine
