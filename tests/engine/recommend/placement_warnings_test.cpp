#include "engine/recommend/placement_warnings.h"

#include "base/json.h"
#include "base/manual_clock.h"
#include "domain/describe_placement.h"
#include "engine/catalogue/catalogue.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

class PlacementWarningsTest : public ::testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(catalogue_.put(tenant_, {.item = {.id = "chess", .brand = "oak"}}));
        domain::Item hidden{.id = "secret"};
        hidden.hidden = true;
        ASSERT_TRUE(catalogue_.put(tenant_, {.item = hidden}));
    }
    std::vector<std::string> warned(const std::string& rest) {
        auto placement = base::from_json<domain::Placement>(R"({"name":"P")" + rest + "}");
        EXPECT_TRUE(placement) << rest;
        const auto compiled = CompiledPlacement::compile("p", 2, *placement);
        EXPECT_TRUE(compiled) << rest;
        const auto snapshot = *catalogue_.of(tenant_);
        const auto segments = *SegmentSet::compile({});
        const auto experiments = *ExperimentSet::compile({});
        const Definition saved{.id = "p",
                               .history = {{.version = 1, .body = *base::JsonText::parse("{}")},
                                           {.version = 2, .body = *base::JsonText::parse("{}")}}};
        const auto around =
            PlacementCircumstances::as_they_are(snapshot, segments, experiments, clock_.now());
        return placement_warnings(**compiled, around.of(saved));
    }
    using Warnings = std::vector<std::string>;

    base::ManualClock clock_;
    std::unique_ptr<store::Store> store_ = store::open_memory({});
    AllItemNumbers numbers_;
    Catalogue catalogue_{*store_, clock_, numbers_, {}};
    TenantId tenant_{1};
};

TEST_F(PlacementWarningsTest, WhatWorksIsNotWarnedOf) {
    EXPECT_EQ(warned(R"(,"pins":[{"item_id":"chess","slot":2}],)"
                     R"("filter":{"==":[{"var":"item.brand"},"oak"]})"),
              Warnings{});
}

TEST_F(PlacementWarningsTest, APinThatNeverStandsIsNamedWithWhy) {
    EXPECT_EQ(warned(R"(,"pins":[{"item_id":"novel","slot":2}])"),
              Warnings{"/pins/0/item_id: there is no item 'novel'"});
    EXPECT_EQ(warned(R"(,"pins":[{"item_id":"secret","slot":2}])"),
              Warnings{"/pins/0/item_id: the item 'secret' is hidden or not within its time"});
    EXPECT_EQ(warned(R"(,"pins":[{"item_id":"chess","slot":2}],)"
                     R"("filter":{"==":[{"var":"item.brand"},"bone"]})"),
              Warnings{"/pins/0/item_id: the item 'chess' does not pass the filter, so the pin "
                       "never holds"});
    EXPECT_EQ(warned(R"(,"limit":3,"pins":[{"item_id":"chess","slot":5}])"),
              Warnings{"/pins/0/slot: is beyond the limit of 3, so it stands only in answers that "
                       "are asked for more"});
}

TEST_F(PlacementWarningsTest, ASegmentThatThereIsNotIsNamedWhereItIsAskedFor) {
    EXPECT_EQ(warned(R"(,"pins":[{"item_id":"chess","slot":2},{"item_id":"chess","slot":1,)"
                     R"("condition":{"and":[true,{"in_segment":["vip"]}]}}])"),
              Warnings{"/pins/1/condition/and/1: there is no segment 'vip', so nobody is in it"});
}

TEST_F(PlacementWarningsTest, ASegmentThatThereIsNotIsNamedHoweverItIsAskedFor) {
    EXPECT_EQ(
        warned(
            R"(,"filter":{"and":[true,{"in":["vip",{"var":"segments"}]}]},"boosts":[{"factor":2,)"
            R"("condition":{"some":[{"var":"segments"},{"==":[{"var":""},"new"]}]}}])"),
        (Warnings{"/filter/and/1: there is no segment 'vip', so nobody is in it",
                  "/boosts/0/condition/some/1: there is no segment 'new', so nobody is in it"}));
}

TEST_F(PlacementWarningsTest, ATrialOfWhatThereIsNotIsNamed) {
    EXPECT_EQ(warned(R"(,"trial":{"experiment":"e","versions":{"a":1,"b":7}})"),
              (Warnings{"/trial/experiment: there is no experiment 'e', so everybody gets the "
                        "newest version",
                        "/trial/versions/b: there is no version 7 of this placement, so the "
                        "newest is used"}));
    EXPECT_EQ(warned(R"(,"filter":{"==":[{"var":"variants.e"},"a"]})"),
              Warnings{"/: a condition asks for the experiment 'e', which there is not, so nobody "
                       "has a variant of it"});
}

}  // namespace
}  // namespace attune::engine
