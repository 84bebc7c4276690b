#include "engine/recommend/arrange.h"

#include "base/manual_clock.h"
#include "engine/catalogue/catalogue.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace attune::engine {
namespace {

class ArrangeTest : public ::testing::Test {
protected:
    // Items 0 to 19 in the order of their scores; the first ten are of one brand and category.
    void SetUp() override {
        for (int i = 0; i < 20; ++i) {
            domain::Item item{.id = "i" + std::to_string(i)};
            item.categories = {i < 10 ? "games" : "books-" + std::to_string(i)};
            item.brand = i < 10 ? "acme" : "other";
            ASSERT_TRUE(catalogue_.put(tenant_, {.item = item}));
        }
        asking_.catalogue = *catalogue_.of(tenant_);
        for (int i = 0; i < 20; ++i)
            ranked_.push_back({.item = *asking_.catalogue->find("i" + std::to_string(i)),
                               .score = 1.0 - 0.01 * i});
    }
    std::vector<Slot> arranged(domain::Placement placement, const Arranging& arranging) {
        const auto compiled = CompiledPlacement::compile("p", 1, std::move(placement));
        EXPECT_TRUE(compiled);
        return arrange(**compiled, asking_, ranked_, arranging);
    }
    std::string id(const Slot& slot) { return std::string(asking_.catalogue->id_of(slot.item)); }

    base::ManualClock clock_;
    std::unique_ptr<store::Store> store_ = store::open_memory({});
    AllItemNumbers numbers_;
    Catalogue catalogue_{*store_, clock_, numbers_, {}};
    TenantId tenant_{1};
    Asking asking_;
    std::vector<Candidate> ranked_;
};

TEST_F(ArrangeTest, TheBestComeFirst) {
    const auto slots = arranged({.name = "p"}, {.limit = 4});
    ASSERT_EQ(slots.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(id(slots[i]), "i" + std::to_string(i));
        EXPECT_EQ(slots[i].probability, 1);
    }
}

TEST_F(ArrangeTest, PinsStandInTheirSlotsAndNowhereElse) {
    const ItemNumber one = ranked_[1].item;
    const ItemNumber nine = ranked_[9].item;
    const auto slots = arranged({.name = "p"}, {.limit = 3, .pins = {{1, nine}, {3, one}}});
    ASSERT_EQ(slots.size(), 3U);
    EXPECT_EQ(slots[0].item, nine);
    EXPECT_EQ(slots[0].kind, SlotKind::pinned);
    EXPECT_EQ(id(slots[1]), "i0");
    EXPECT_EQ(slots[2].item, one);
}

TEST_F(ArrangeTest, CapsHoldAndPinsCountAgainstThem) {
    domain::Placement placement{.name = "p"};
    placement.caps = {{domain::PlacementLabel::brand, 2}};
    const auto slots = arranged(placement, {.limit = 20, .pins = {{5, ranked_[9].item}}});
    int of_acme = 0;
    for (const Slot& slot : slots) of_acme += std::stoi(id(slot).substr(1)) < 10 ? 1 : 0;
    EXPECT_EQ(of_acme, 2);
    EXPECT_EQ(slots.size(), 4U);  // two of each brand, and no more than that
}

TEST_F(ArrangeTest, DiversityBringsOtherKinds) {
    domain::Placement placement{.name = "p"};
    placement.diversity = domain::PlacementDiversity{.strength = 0.6};
    std::set<std::string> kinds;
    for (const Slot& slot : arranged(placement, {.limit = 5}))
        kinds.insert(std::stoi(id(slot).substr(1)) < 10 ? "games" : id(slot));
    EXPECT_EQ(kinds.size(), 5U);
    placement.diversity->strength = 0;
    EXPECT_EQ(id(arranged(placement, {.limit = 5}).back()), "i4");
}

TEST_F(ArrangeTest, ChanceIsDrawnForAUnitWithItsExactProbability) {
    domain::Placement placement{.name = "p", .limit = 3};
    placement.exploration = domain::PlacementExploration{.slots = 1, .share = 0.5};
    // Eighteen are left for the last slot: each by 0.5 / 18, and the best by 0.5 more.
    std::map<std::string, int> drawn;
    std::map<std::string, double> said;
    constexpr int kDraws = 20'000;
    for (int i = 0; i < kDraws; ++i) {
        const std::string unit = "u" + std::to_string(i);
        const auto slots = arranged(placement, {.limit = 3, .unit = unit});
        ASSERT_EQ(slots.size(), 3U);
        EXPECT_EQ(slots[2].kind, SlotKind::explored);
        ++drawn[id(slots[2])];
        said[id(slots[2])] = slots[2].probability;
    }
    EXPECT_EQ(drawn.size(), 18U);
    EXPECT_NEAR(said["i2"], 0.5 + 0.5 / 18, 1e-12);
    EXPECT_NEAR(said["i7"], 0.5 / 18, 1e-12);
    for (const auto& [item, count] : drawn)
        EXPECT_NEAR(count / static_cast<double>(kDraws), said[item], 0.012) << item;
    EXPECT_EQ(arranged(placement, {.limit = 3, .unit = "u1"})[2].item,
              arranged(placement, {.limit = 3, .unit = "u1"})[2].item);
    // For nobody, nothing is left to chance.
    EXPECT_EQ(id(arranged(placement, {.limit = 3})[2]), "i2");
}

}  // namespace
}  // namespace attune::engine
