#include "engine/decide/flag_exposures.h"

#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/describe.h"
#include "engine/decide/decider.h"
#include "engine/decide/segment_uses.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using testing::view;
using testing::World;

constexpr std::string_view kFlag =
    R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","rollout":{"variant":"on",)"
    R"("steps":[{"at":"1970-01-01T00:00:00Z","share":0.5}],"guardrails":[{"event":"error","lower_is_better":true}]}})";

class FlagExposuresTest : public ::testing::Test {
protected:
    FlagExposuresTest() {
        save(kFlag);
        world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    }

    void save(std::string_view flag) {
        const auto saved = flags_.put(world_.tenant, "f", *base::JsonText::parse(flag), {});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    // As OFREP does it.
    void ask(std::string_view user) {
        const auto context =
            *base::JsonDocument::parse(R"({"targetingKey":")" + std::string(user) + R"("})");
        const auto set = *flags_.of(world_.tenant);
        const Flag& flag = *set->find("f");
        const FlagAnswer answer = set->evaluate(
            flag, {.attributes = LogicValue(context.root()), .now = world_.clock.now()});
        if (answer.draw) exposures_.note(world_.tenant, flag, *answer.draw);
    }
    // All exposures of the person, as JSON.
    std::vector<std::string> exposures_of(std::string_view user) {
        exposures_.flush();
        EXPECT_TRUE(log_.flush());
        std::vector<std::string> found;
        const auto page =
            world_.people->interactions(world_.tenant, user, {.event = "$decision", .limit = 100});
        if (!page) return found;
        for (const domain::Event& event : page->items) found.emplace_back(event.properties.text());
        return found;
    }

    World world_;
    const TimeZones zones_ = TimeZones::of_system();
    Flags flags_{*world_.store, world_.clock, zones_};
    DecisionLog log_{*world_.people, world_.clock, {}};
    FlagExposures exposures_{*world_.people, log_};
};

TEST_F(FlagExposuresTest, SayOnceWhoWasOnWhichSideOfAStage) {
    for (int i = 0; i < 10; ++i) ask("ann");
    const auto found = exposures_of("ann");
    ASSERT_EQ(found.size(), 1u);
    const auto decision = *base::from_json<domain::Decision>(found[0]);
    EXPECT_EQ(decision.kind, "flag");
    EXPECT_EQ(decision.subject, "f");
    ASSERT_EQ(decision.choices.size(), 1u);
    EXPECT_EQ(decision.choices[0].of, "flag:f@0.5");
    EXPECT_TRUE(decision.choices[0].chosen == "in" || decision.choices[0].chosen == "out");
    EXPECT_EQ(decision.choices[0].probability, 0.5);
    EXPECT_EQ(decision.choices[0].version, 1u);
    save(kFlag);  // a version of its own, with evidence of its own
    ask("ann");
    EXPECT_EQ(exposures_of("ann").size(), 2u);
}

TEST_F(FlagExposuresTest, AreNeverOfWhoIsUnknownOrOptedOut) {
    ask("nobody");
    EXPECT_TRUE(exposures_of("nobody").empty());
    EXPECT_FALSE(world_.people->read(world_.tenant, "nobody"));
    domain::Event refusal = view("2", "eve", {});
    refusal.event = "$consent";
    refusal.properties = *base::JsonText::parse(R"({"personalise":false})");
    world_.apply({.user_id = "eve"}, {refusal});
    ask("eve");
    EXPECT_TRUE(exposures_of("eve").empty());
    // Who becomes known is recorded from then on.
    world_.apply({.user_id = "nobody"}, {view("3", "nobody", {})});
    ask("nobody");
    EXPECT_EQ(exposures_of("nobody").size(), 1u);
}

TEST_F(FlagExposuresTest, AreWrittenForAConfigurationToo) {
    Rules rules(*world_.store, world_.clock, {.collection = "rules", .noun = "rule"},
                [this](TenantId, std::span<const Definition> all) {
                    return RuleSet::compile(all, zones_);
                });
    Experiments experiments(*world_.store, world_.clock);
    Bandits bandits(*world_.store, experiments);
    Segments segments(*world_.store, world_.clock, [&](TenantId tenant, std::string_view segment) {
        return segment_uses(tenant, segment, rules, experiments, flags_);
    });
    Decider decider(*world_.people, segments, rules, flags_, experiments, bandits, log_, zones_,
                    world_.clock);
    const auto context = *base::JsonDocument::parse("{}");
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(decider.config(world_.tenant, {.user_id = "ann", .context = context.root()}));
    ask("ann");
    int of_flags = 0;
    for (const std::string& decision : exposures_of("ann"))
        of_flags += decision.find("flag:f@0.5") != std::string::npos ? 1 : 0;
    EXPECT_EQ(of_flags, 1);
}

}  // namespace
}  // namespace attune::engine
