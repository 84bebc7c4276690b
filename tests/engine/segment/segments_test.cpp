#include "engine/segment/segments.h"

#include "base/manual_clock.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

constexpr TenantId kTenant{1};

class SegmentsTest : public testing::Test {
protected:
    Result<Definition> put(std::string_view id, std::string_view condition) {
        return segments_.put(
            kTenant, id,
            base::JsonText::trusted(R"({"name":"n","condition":)" + std::string(condition) + "}"),
            {.by = "test"});
    }
    std::size_t count() { return (*segments_.of(kTenant))->size(); }

    std::unique_ptr<store::MemoryStore> store_ = store::open_memory({});
    base::ManualClock clock_{base::Time(1'780'000'000s)};
    std::vector<std::string> uses_;
    Segments segments_{*store_, clock_, [this](TenantId, std::string_view) { return uses_; }};
};

TEST_F(SegmentsTest, WhatIsAskedForIsNotRemoved) {
    ASSERT_TRUE(put("vip", "true"));
    ASSERT_TRUE(put("best", R"({"in_segment":"vip"})"));
    uses_ = {"rule dark"};
    const auto refused = segments_.remove(kTenant, "vip", {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::failed_precondition);
    EXPECT_EQ(refused.error().reason, "in_use");
    EXPECT_NE(refused.error().message.find("rule dark, segment best"), std::string::npos)
        << refused.error().message;
    uses_.clear();
    EXPECT_TRUE(segments_.remove(kTenant, "best", {}));
    EXPECT_TRUE(segments_.remove(kTenant, "vip", {}));
    EXPECT_EQ(count(), 0u);
}

TEST_F(SegmentsTest, GoingBackToBeforeItWasThereIsRemovingIt) {
    ASSERT_TRUE(put("vip", "true"));
    ASSERT_TRUE(segments_.remove(kTenant, "vip", {}));
    ASSERT_TRUE(segments_.revert(kTenant, "vip", 1, {}));
    EXPECT_EQ(count(), 1u);
    uses_ = {"rule dark"};
    EXPECT_FALSE(segments_.revert(kTenant, "vip", 2, {}));
    EXPECT_EQ(count(), 1u);
    uses_.clear();
    EXPECT_TRUE(segments_.revert(kTenant, "vip", 2, {}));
    EXPECT_EQ(count(), 0u);
}

TEST_F(SegmentsTest, ACircleIsNotSavedAlsoNotByGoingBack) {
    ASSERT_TRUE(put("a", R"({"in_segment":"b"})"));
    ASSERT_TRUE(put("a", "true"));
    ASSERT_TRUE(put("b", R"({"in_segment":"a"})"));
    const auto circle = segments_.revert(kTenant, "a", 1, {});
    ASSERT_FALSE(circle);
    EXPECT_EQ(circle.error().fields.at(0).pointer, "/condition");
    EXPECT_EQ(segments_.get(kTenant, "a")->now().version, 2u);
}

TEST_F(SegmentsTest, ConditionsSayWhatTheyAskForHoweverItIsWritten) {
    const auto definition = [](std::string_view body) {
        return Definition{"d", {{.body = *base::JsonText::parse(body)}}};
    };
    const auto nested =
        definition(R"({"audience":{"some":[{"var":"profile.tags"},{"in_segm\u0065nt":"vip"}]}})");
    EXPECT_TRUE(asks_for_segment(nested, "audience", "vip"));
    EXPECT_FALSE(asks_for_segment(nested, "audience", "vi"));
    EXPECT_FALSE(asks_for_segment(nested, "condition", "vip"));
    EXPECT_FALSE(asks_for_segment(definition("{}"), "condition", "vip"));
}

}  // namespace
}  // namespace attune::engine
