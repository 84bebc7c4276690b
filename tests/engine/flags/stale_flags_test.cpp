#include "engine/flags/stale_flags.h"

#include "base/manual_clock.h"
#include "engine/flags/flags.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>
#include <map>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

constexpr TenantId kTenant{1};
const base::Time kNow = *base::parse_time("2026-06-01T00:00:00Z");

class StaleFlagsTest : public ::testing::Test {
protected:
    void save(std::string_view key, std::string_view more, std::string_view state = "ENABLED") {
        const std::string body = R"({"state":")" + std::string(state) +
                                 R"(","variants":{"on":true,"off":false},"defaultVariant":"off")" +
                                 std::string(more) + "}";
        const auto saved = flags_->put(kTenant, key, *base::JsonText::parse(body), {});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    void ask(std::string_view key) { (*flags_->of(kTenant))->find(key)->use->ask(clock_.now()); }
    // Reasons by flag: {"old": {"disabled": since}}.
    std::map<std::string, std::map<std::string, base::Time>> stale(base::Duration days) {
        std::map<std::string, std::map<std::string, base::Time>> found;
        for (const StaleFlag& one : *flags_->stale(kTenant, days))
            for (const StaleReason& reason : one.reasons)
                found[one.key][reason.reason] = reason.since;
        return found;
    }

    std::unique_ptr<store::MemoryStore> store_ = store::open_memory({});
    base::ManualClock clock_{kNow};
    const TimeZones zones_ = TimeZones::none();
    std::unique_ptr<Flags> flags_ = std::make_unique<Flags>(*store_, clock_, zones_);
};

constexpr std::string_view kTargeting = R"(,"targeting":{"if":[{"var":"vip"},"on"]})";

TEST_F(StaleFlagsTest, AreThoseThatNobodyAsksForAnyMore) {
    save("used", kTargeting);
    save("forgotten", kTargeting);
    save("never", kTargeting);
    ask("forgotten");
    clock_.advance(40 * 24h);
    ask("used");
    const auto found = stale(30 * 24h);
    EXPECT_EQ(found.size(), 2u);
    EXPECT_EQ(found.at("forgotten").at("not_asked"), kNow);
    EXPECT_EQ(found.at("never").at("not_asked"), kNow);
    EXPECT_TRUE(stale(50 * 24h).empty());
    // Who asks for all of them may need it.
    (*flags_->of(kTenant))->find("never")->use->list(clock_.now());
    EXPECT_FALSE(stale(30 * 24h).contains("never"));
}

TEST_F(StaleFlagsTest, AreRememberedAcrossRestartsWithSinceWhenItIsKnown) {
    save("f", kTargeting);
    clock_.advance(24h);
    ask("f");
    flags_.reset();
    clock_.advance(30 * 24h);
    flags_ = std::make_unique<Flags>(*store_, clock_, zones_);
    ASSERT_TRUE(flags_->of(kTenant));
    EXPECT_EQ(*flags_->uses().known_since(kTenant), kNow);
    EXPECT_EQ(stale(20 * 24h).at("f").at("not_asked"), kNow + 24h);
}

TEST_F(StaleFlagsTest, AreThoseThatSayOneThingToEverybody) {
    save("plain", "");
    save("targeted", kTargeting);
    save("complete",
         R"(,"rollout":{"variant":"on","steps":[{"at":"2026-06-05T00:00:00Z","share":1}]})");
    save("partial",
         R"(,"rollout":{"variant":"on","steps":[{"at":"2026-06-05T00:00:00Z","share":0.5}]})");
    save("going-on",
         R"(,"rollout":{"variant":"on","steps":[{"at":"2026-12-05T00:00:00Z","share":0.5}]})");
    save(
        "halted",
        R"(,"rollout":{"variant":"on","steps":[{"at":"2026-06-05T00:00:00Z","share":0.5}],"halted":{"at":"2026-06-06T00:00:00Z"}})");
    clock_.advance(40 * 24h);
    for (const char* key : {"plain", "targeted", "complete", "partial", "going-on", "halted"})
        ask(key);
    const auto found = stale(30 * 24h);
    EXPECT_EQ(found.size(), 4u);
    EXPECT_EQ(found.at("plain").at("one_variant"), kNow);
    EXPECT_EQ(found.at("complete").at("one_variant"), kNow + 4 * 24h);
    EXPECT_EQ(found.at("partial").at("rolled_out"), kNow + 4 * 24h);
    EXPECT_EQ(found.at("halted").at("halted"), kNow + 5 * 24h);
}

TEST_F(StaleFlagsTest, AreDisabledSinceTheyWereFirstWithoutABreak) {
    save("f", kTargeting);
    clock_.advance(24h);
    save("f", kTargeting, "DISABLED");
    clock_.advance(24h);
    save("f", R"(,"metadata":{"note":"still off"})", "DISABLED");
    clock_.advance(40 * 24h);
    ask("f");
    EXPECT_EQ(stale(30 * 24h).at("f").at("disabled"), kNow + 24h);
    save("f", kTargeting);
    EXPECT_TRUE(stale(30 * 24h).empty());
}

}  // namespace
}  // namespace attune::engine
