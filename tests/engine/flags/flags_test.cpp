#include "engine/flags/flags.h"

#include "base/manual_clock.h"
#include "store/memory/memory_store.h"
#include "tests/engine/flags/support.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using test::answer;

constexpr TenantId kTenant{1};

base::JsonText text(std::string_view json) { return *base::JsonText::parse(json); }

class FlagsTest : public testing::Test {
protected:
    std::unique_ptr<store::MemoryStore> store_ = store::open_memory({});
    base::ManualClock clock_{base::Time(1'780'000'000s)};
    const TimeZones zones_ = TimeZones::of_system();
    Flags flags_{*store_, clock_, zones_};

    std::string ask(std::string_view key, std::string_view context = "{}") {
        return answer(**flags_.of(kTenant), key, context);
    }
};

TEST_F(FlagsTest, AFlagIsInForceWhenSavedAndCanBeTakenBack) {
    ASSERT_TRUE(flags_.put(
        kTenant, "f", text(R"({"state":"ENABLED","variants":{"a":1,"b":2},"defaultVariant":"a"})"),
        {.by = "ann"}));
    EXPECT_EQ(ask("f"), "a (STATIC)");
    ASSERT_TRUE(flags_.put(
        kTenant, "f", text(R"({"state":"ENABLED","variants":{"a":1,"b":2},"defaultVariant":"b"})"),
        {.by = "bob"}));
    EXPECT_EQ(ask("f"), "b (STATIC)");
    ASSERT_TRUE(flags_.revert(kTenant, "f", 1, {.by = "ann"}));
    EXPECT_EQ(ask("f"), "a (STATIC)");
    ASSERT_TRUE(flags_.remove(kTenant, "f", {.by = "ann"}));
    EXPECT_EQ(ask("f"), "FLAG_NOT_FOUND");
    EXPECT_EQ(flags_.get(kTenant, "f")->history.size(), 4u);
}

TEST_F(FlagsTest, ABrokenFlagIsNotSavedAndThePlaceIsNamedWithinWhatWasSent) {
    const auto refused = flags_.put(
        kTenant, "f", text(R"({"state":"ENABLED","variants":{"a":1},"targeting":{"none_such":1}})"),
        {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fields.at(0).pointer, "/targeting/none_such");
    EXPECT_EQ(ask("f"), "FLAG_NOT_FOUND");
    EXPECT_FALSE(flags_.put(kTenant, "f", text("[]"), {}));
}

TEST_F(FlagsTest, RemovingWhatAnotherFlagAsksForIsRefusedAndNamesIt) {
    ASSERT_TRUE(
        flags_.put(kTenant, "base", text(R"({"state":"ENABLED","variants":{"on":true}})"), {}));
    ASSERT_TRUE(flags_.put(
        kTenant, "f",
        text(
            R"({"state":"ENABLED","variants":{"on":true},"prerequisites":[{"flag":"base","variants":["on"]}]})"),
        {}));
    const auto refused = flags_.remove(kTenant, "base", {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::failed_precondition);
    EXPECT_EQ(refused.error().reason, "in_use");
    EXPECT_NE(refused.error().message.find("flag f"), std::string::npos) << refused.error().message;
    ASSERT_TRUE(flags_.remove(kTenant, "f", {}));
    ASSERT_TRUE(flags_.remove(kTenant, "base", {}));
    ASSERT_TRUE(flags_.revert(kTenant, "base", 1, {}));
    ASSERT_TRUE(flags_.revert(kTenant, "f", 1, {}));
    EXPECT_EQ(flags_.revert(kTenant, "base", 2, {}).error().reason, "in_use")
        << "going back to where it was not is removing it";
}

constexpr std::string_view kFile =
    R"({"metadata":{"flagSetId":"shop"},"$evaluators":{"staff":{"in":["@example.org",{"var":"email"}]}},"flags":{
        "f":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"if":[{"$ref":"staff"},"on"]},
             "prerequisites":[{"flag":"z","variants":["on"]}]},
        "z":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"}}})";

TEST_F(FlagsTest, AFileOfFlagdIsSavedFlagByFlagAndAgainChangesNothing) {
    const auto loaded = flags_.load(kTenant, kFile, {.by = "ann"});
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->saved, 4u);
    EXPECT_EQ(ask("f", R"({"email":"ada@example.org"})"), "on (TARGETING_MATCH)");
    EXPECT_EQ(ask("f", R"({"email":"eve@example.com"})"), "off (DEFAULT)");
    const auto again = flags_.load(kTenant, kFile, {.by = "ann"});
    EXPECT_EQ(again->saved, 0u);
    EXPECT_EQ(again->unchanged, 4u);
    EXPECT_EQ(flags_.get(kTenant, "f")->history.size(), 1u);
}

TEST_F(FlagsTest, AFileThatDoesNotCompileSavesNothing) {
    const auto refused = flags_.load(
        kTenant,
        R"({"flags":{"a":{"state":"ENABLED","variants":{"on":true}},"b":{"state":"MAYBE","variants":{"on":true}}}})",
        {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fields.at(0).pointer, "/flags/b/state");
    EXPECT_TRUE((*flags_.list(kTenant))->empty());
}

TEST_F(FlagsTest, SurvivesAReopening) {
    ASSERT_TRUE(flags_.load(kTenant, kFile, {}));
    Flags again(*store_, clock_, zones_);
    EXPECT_EQ(answer(**again.of(kTenant), "z"), "on (STATIC)");
    EXPECT_EQ((*again.of(kTenant))->metadata()->text(), R"({"flagSetId":"shop"})");
}

}  // namespace
}  // namespace attune::engine
