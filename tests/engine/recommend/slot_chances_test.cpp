#include "engine/recommend/slot_chances.h"

#include "base/random.h"
#include "learn/bandit/choice.h"

#include <gtest/gtest.h>

#include <numeric>

namespace attune::engine {
namespace {

const base::Time kStart{std::chrono::days(20'000)};
const domain::PlacementExploration kThompson{.by = domain::PlacementExplorationBy::thompson};

std::deque<Candidate> candidates(ItemNumber count) {
    std::deque<Candidate> out;
    for (ItemNumber item = 0; item < count; ++item) out.push_back({.item = item});
    return out;
}

// What a shop of one slot, which is left to chance, learns.
class Shop {
public:
    void show(ItemNumber item, bool is_chosen) {
        static const auto scheme =
            std::make_shared<const ListScheme>(ListScheme{.placement = "home"});
        const OpenList list{
            .scheme = scheme, .time = kStart, .items = {item}, .from = {"explored"}, .gains = {0}};
        counts_.shown(list);
        if (is_chosen) counts_.answered(list, {.slot = 0, .before = 0});
    }
    Asking asking() {
        Asking asking{.now = kStart};
        asking.tried = counts_.in_force()->find("home");
        return asking;
    }

private:
    TriedCounts counts_;
};

double sum_of(std::span<const double> chances) {
    return std::accumulate(chances.begin(), chances.end(), 0.0);
}

TEST(SlotChances, BeforeAnythingWasTriedEachIsAlike) {
    const auto left = candidates(8);
    for (const double chance : SlotChances(kThompson, Asking{.now = kStart}, left).of(left))
        EXPECT_NEAR(chance, 1.0 / 8, 1e-9);
}

TEST(SlotChances, WhatWasChosenMoreOftenIsLikelierAndNoneIsRuledOut) {
    Shop shop;
    for (int i = 0; i < 300; ++i) {
        shop.show(0, i % 20 == 0);
        shop.show(1, i % 5 == 0);
        shop.show(2, false);
    }
    const auto left = candidates(3);
    const auto chances = SlotChances(kThompson, shop.asking(), left).of(left);
    EXPECT_NEAR(sum_of(chances), 1, 1e-12);
    EXPECT_GT(chances[1], 0.9);
    EXPECT_NEAR(chances[2], SlotChances::kEvenly / 3, 1e-6);
}

TEST(SlotChances, WhatIsNewIsLikelierThanWhatWasTriedInVain) {
    Shop shop;
    for (int i = 0; i < 200; ++i)
        for (ItemNumber item = 0; item < 4; ++item) shop.show(item, i % 20 == 0);
    const auto left = candidates(5);
    const auto chances = SlotChances(kThompson, shop.asking(), left).of(left);
    for (std::size_t known = 0; known < 4; ++known) EXPECT_GT(chances[4], 1.5 * chances[known]);
}

TEST(SlotChances, TheShareThatIsNotLeftToChanceIsOfTheFirst) {
    const auto left = candidates(4);
    domain::PlacementExploration exploration = kThompson;
    exploration.share = 0.2;
    const auto chances = SlotChances(exploration, Asking{.now = kStart}, left).of(left);
    EXPECT_NEAR(chances[0], 0.85, 1e-9);
    EXPECT_NEAR(chances[3], 0.05, 1e-9);
}

TEST(SlotChances, OfWhatIsLeftLaterTheChancesAreSharedAnew) {
    Shop shop;
    for (int i = 0; i < 500; ++i) shop.show(0, i % 2 == 0);
    const auto all = candidates(4);
    const SlotChances chances(kThompson, shop.asking(), all);
    const std::deque<Candidate> rest(all.begin() + 1, all.end());
    for (const double chance : chances.of(rest)) EXPECT_NEAR(chance, 1.0 / 3, 1e-9);
    EXPECT_EQ(chances.of({all.back()}), std::vector<double>{1});
}

TEST(SlotChances, BeyondTheHundredBestNoneIsComparedAndAllMayStillBeDrawn) {
    const auto left = candidates(300);
    const auto chances = SlotChances(kThompson, Asking{.now = kStart}, left).of(left);
    EXPECT_NEAR(sum_of(chances), 1, 1e-12);
    EXPECT_NEAR(chances[0], 0.9 / 100 + 0.1 / 300, 1e-9);
    EXPECT_NEAR(chances[299], 0.1 / 300, 1e-12);
}

// Of twelve items one is chosen three times as often as the others, and after a while a new one comes that is better still. Nobody
// tells; what is shown comes to be the best, and earns more than chance alone would.
TEST(SlotChances, TheBetterItemWinsTheSlotAndSoDoesABetterOneThatComesLater) {
    base::SeededRandom random(20'260'301);
    Shop shop;
    const auto rate = [](ItemNumber item) { return item == 12 ? 0.3 : item == 7 ? 0.15 : 0.05; };
    const auto play = [&](const std::deque<Candidate>& left, int rounds) {
        std::vector<int> shown(13, 0);
        for (int i = 0; i < rounds; ++i) {
            const auto chances = SlotChances(kThompson, shop.asking(), left).of(left);
            const ItemNumber item = left[learn::draw(chances, random).arm].item;
            ++shown[item];
            shop.show(item, random.unit() < rate(item));
        }
        return shown;
    };
    (void)play(candidates(12), 1'500);
    EXPECT_GT(play(candidates(12), 300)[7], 200);
    (void)play(candidates(13), 300);
    EXPECT_GT(play(candidates(13), 300)[12], 200);
}

}  // namespace
}  // namespace attune::engine
