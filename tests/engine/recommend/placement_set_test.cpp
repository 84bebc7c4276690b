#include "engine/recommend/placement_set.h"

#include "base/manual_clock.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

class PlacementSetTest : public ::testing::Test {
protected:
    Result<Definition> save(std::string_view id, std::string_view body) {
        return placements_->put(tenant_, id, *base::JsonText::parse(body), {.by = "test"});
    }
    // Where it is wrong; empty when it is saved.
    std::string wrong_at(std::string_view body) {
        const auto saved = save("tried", body);
        if (saved) return "";
        EXPECT_EQ(saved.error().code, Code::invalid_argument) << saved.error().message;
        return saved.error().fields.empty() ? "?" : saved.error().fields.front().pointer;
    }

    base::ManualClock clock_;
    std::unique_ptr<store::Store> store_ = store::open_memory({});
    std::unique_ptr<Placements> placements_ = make_placements(*store_, clock_);
    TenantId tenant_{1};
};

TEST_F(PlacementSetTest, WeightsAreMadeToSumToOne) {
    ASSERT_TRUE(save(
        "home", R"({"name":"Home","sources":[{"kind":"popular","weight":3},{"kind":"fresh"}]})"));
    const auto home = (*placements_->of(tenant_))->find("home");
    ASSERT_NE(home, nullptr);
    ASSERT_EQ(home->sources.size(), 2U);
    EXPECT_DOUBLE_EQ(home->sources[0].weight, 0.75);
    EXPECT_DOUBLE_EQ(home->sources[1].weight, 0.25);
    double sum = 0;
    for (const auto& source : CompiledPlacement::default_sources()) sum += source.weight;
    EXPECT_NEAR(sum, 1, 1e-12);
}

TEST_F(PlacementSetTest, WhatContradictsItselfIsRefusedWhereItStands) {
    EXPECT_EQ(wrong_at(R"({"name":"x","sources":[{"kind":"popular"},{"kind":"popular"}]})"),
              "/sources/1/kind");
    EXPECT_EQ(wrong_at(R"({"name":"x","sources":[{"kind":"popular","weight":0}]})"), "/sources");
    EXPECT_EQ(wrong_at(R"({"name":"x","sources":[{"kind":"magic"}]})"), "/sources/0/kind");
    EXPECT_EQ(wrong_at(R"({"name":"x","filter":{"and":[{"var":"itme.brand"}]}})"), "/filter/and/0");
    EXPECT_EQ(wrong_at(R"({"name":"x","filter":{"nonsense":[]}})"), "/filter/nonsense");
    EXPECT_EQ(wrong_at(R"({"name":"x","boosts":[{"factor":2}]})"), "/boosts/0/condition");
    EXPECT_EQ(wrong_at(R"({"name":"x","boosts":[{"factor":-1,"condition":true}]})"),
              "/boosts/0/factor");
    EXPECT_EQ(
        wrong_at(R"({"name":"x","pins":[{"item_id":"a","slot":1},{"item_id":"b","slot":1}]})"),
        "/pins/1/slot");
    EXPECT_EQ(
        wrong_at(R"({"name":"x","pins":[{"item_id":"a","slot":1},{"item_id":"a","slot":2}]})"),
        "/pins/1/item_id");
    EXPECT_EQ(
        wrong_at(
            R"({"name":"x","pins":[{"item_id":"a","slot":1,"condition":{"var":"item.price"}}]})"),
        "/pins/0/condition");
    EXPECT_EQ(wrong_at(R"({"name":"x","caps":[{"by":"brand","max":1},{"by":"brand","max":2}]})"),
              "/caps/1/by");
    EXPECT_EQ(wrong_at(R"({"name":"x","exclude_seen":[{"events":["$decision"]}]})"),
              "/exclude_seen/0/events/0");
    EXPECT_EQ(wrong_at(R"({"name":"x","limit":3,"exploration":{"slots":4}})"),
              "/exploration/slots");
    EXPECT_EQ(wrong_at(R"({"name":"x","limit":0})"), "/limit");
}

TEST_F(PlacementSetTest, AFilterOfItemsAloneIsTold) {
    const auto is_of_items = [&](std::string_view filter) {
        EXPECT_TRUE(save("f", std::string(R"({"name":"f","filter":)").append(filter).append("}")));
        return (*placements_->of(tenant_))->find("f")->is_filter_of_items;
    };
    EXPECT_TRUE(is_of_items(R"({"==":[{"var":"item.brand"},"acme"]})"));
    EXPECT_FALSE(is_of_items(R"({"<":[{"var":"item.age_days"},30]})"));
    EXPECT_FALSE(is_of_items(R"({"<":[{"var":"item.price"},{"var":"context.budget"}]})"));
}

TEST_F(PlacementSetTest, AVariantOnTrialGetsItsVersionAndAllOthersTheNewest) {
    ASSERT_TRUE(save("home", R"({"name":"Old","limit":3})"));
    ASSERT_TRUE(save(
        "home",
        R"({"name":"New","limit":5,"trial":{"experiment":"rows","versions":{"old":1,"lost":77}}})"));
    const auto set = *placements_->of(tenant_);
    EXPECT_EQ(set->find("home")->definition.limit, 5U);
    EXPECT_EQ(set->find("home", "old")->definition.limit, 3U);
    EXPECT_EQ(set->find("home", "old")->version, 1U);
    EXPECT_EQ(set->find("home", "new")->definition.limit, 5U);
    EXPECT_EQ(set->find("home", "lost")->definition.limit, 5U);
    EXPECT_EQ(set->find("home")->experiments, std::vector<std::string>{"rows"});
}

TEST_F(PlacementSetTest, OneThatIsNotActiveIsThereButNotFound) {
    ASSERT_TRUE(save("home", R"({"name":"Home","status":"paused"})"));
    const auto set = *placements_->of(tenant_);
    EXPECT_EQ(set->find("home"), nullptr);
    EXPECT_TRUE(set->has("home"));
    EXPECT_FALSE(set->has("other"));
}

TEST_F(PlacementSetTest, SeenMeansAKindWhateverItsSendersCallIt) {
    ASSERT_TRUE(save(
        "home",
        R"({"name":"Home","exclude_seen":[{"events":["purchase","my own"],"within_days":2}]})"));
    const auto home = (*placements_->of(tenant_))->find("home");
    ASSERT_EQ(home->exclude_seen.size(), 1U);
    EXPECT_TRUE(home->exclude_seen[0].means("Order Completed"));
    EXPECT_TRUE(home->exclude_seen[0].means("my own"));
    EXPECT_FALSE(home->exclude_seen[0].means("view"));
    EXPECT_EQ(home->exclude_seen[0].within, std::chrono::hours(48));
}

}  // namespace
}  // namespace attune::engine
