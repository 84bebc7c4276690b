#include "engine/recommend/condition_masks.h"

#include "base/manual_clock.h"
#include "engine/catalogue/catalogue.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <random>

namespace attune::engine {
namespace {

constexpr int kItems = 700;  // of three blocks

class ConditionMasksTest : public ::testing::Test {
protected:
    void put(int item, double price) {
        domain::Item one{.id = "i" + std::to_string(item)};
        one.price = price;
        one.tags = {item % 3 == 0 ? "third" : "other"};
        ASSERT_TRUE(catalogue_.put(tenant_, {.item = one}));
    }
    std::shared_ptr<const CatalogueSnapshot> items() { return *catalogue_.of(tenant_); }
    static std::shared_ptr<const CompiledPlacement> compiled() {
        domain::Placement placement{.name = "p"};
        placement.filter = *base::JsonText::parse(R"({"<":[{"var":"item.price"},50]})");
        placement.boosts.push_back(
            {.condition = *base::JsonText::parse(R"({"in":["third",{"var":"item.tags"}]})"),
             .factor = 2});
        placement.boosts.push_back({.condition = *base::JsonText::parse(
                                        R"({"<":[{"var":"item.price"},{"var":"context.budget"}]})"),
                                    .factor = 2});
        return *CompiledPlacement::compile("p", 1, placement);
    }

    base::ManualClock clock_;
    std::unique_ptr<store::Store> store_ = store::open_memory({});
    AllItemNumbers numbers_;
    Catalogue catalogue_{*store_, clock_, numbers_, {}};
    TenantId tenant_{1};
    ConditionMasks masks_;
    ConditionWork work_{clock_, {.steps = 1'000'000'000}};
};

// As if all were looked at again.
void expect_right(const PlacementMasks& masks, const CatalogueSnapshot& items) {
    ASSERT_EQ(masks.filter->items(), items.width());
    for (ItemNumber number = 0; number < items.width(); ++number) {
        const CatalogueItem* item = items.item(number);
        const bool is_third = std::stoi(std::string(items.id_of(number)).substr(1)) % 3 == 0;
        EXPECT_EQ(masks.filter->allows(number), item != nullptr && *item->price < 50);
        EXPECT_EQ(masks.boosts[0]->allows(number), item != nullptr && is_third);
    }
}

TEST_F(ConditionMasksTest, WhatIsKeptFollowsTheCatalogue) {
    std::mt19937 random(5);  // NOLINT(bugprone-random-generator-seed): replays
    const auto placement = compiled();
    for (int round = 0; round < 12; ++round) {
        for (int change = 0; change < 40; ++change) {
            const int item = static_cast<int>(random() % kItems);
            if (random() % 4 != 0)
                put(item, static_cast<double>(random() % 100));
            else
                (void)catalogue_.remove(tenant_, "i" + std::to_string(item), {});
        }
        expect_right(*masks_.of(placement, items(), work_), *items());
        EXPECT_EQ(masks_.of(placement, items(), work_), masks_.of(placement, items(), work_));
    }
}

TEST_F(ConditionMasksTest, AnOlderCatalogueIsAnsweredAsItWas) {
    const auto placement = compiled();
    put(1, 10);
    const auto before = items();
    for (int item = 2; item < kItems; ++item) put(item, item % 100);
    expect_right(*masks_.of(placement, items(), work_), *items());
    expect_right(*masks_.of(placement, before, work_), *before);
}

TEST_F(ConditionMasksTest, WhatAnswersHaveNoWorkLeftForIsWorkedOutByTheNextOnes) {
    std::mt19937 random(6);  // NOLINT(bugprone-random-generator-seed): replays
    const auto placement = compiled();
    for (int item = 0; item < kItems; ++item) put(item, item % 100);
    int rounds = 0;
    for (bool is_complete = false; !is_complete; ++rounds) {
        ASSERT_LT(rounds, 1'000);
        ConditionWork little(clock_, {.steps = 200});
        const auto masks = masks_.of(placement, items(), little);
        is_complete = masks->is_complete;
        for (ItemNumber number = 0; number < items()->width(); ++number)
            EXPECT_EQ(masks->filter->allows(number),
                      number < masks->filter_tried && *items()->item(number)->price < 50);
        // What changes meanwhile, tried or not, is tried as it is.
        if (rounds < 20)
            put(static_cast<int>(random() % kItems), static_cast<double>(random() % 100));
    }
    EXPECT_GT(rounds, 2);
    expect_right(*masks_.of(placement, items(), work_), *items());
}

TEST_F(ConditionMasksTest, WhatLooksAtMoreThanItemsHasNoMask) {
    put(1, 10);
    EXPECT_TRUE(masks_.of(compiled(), items(), work_)->boosts[0]);
    EXPECT_FALSE(masks_.of(compiled(), items(), work_)->boosts[1]);
    EXPECT_FALSE(ConditionMasks::once(*compiled(), *items(), work_)->boosts[0]);
    EXPECT_TRUE(ConditionMasks::once(*compiled(), *items(), work_)->filter->allows(0));
}

}  // namespace
}  // namespace attune::engine
