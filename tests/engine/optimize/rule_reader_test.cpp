// Rules from the question to their performance: asked of the decider, written into the log, read from it.
#include "../profile/people_world.h"
#include "base/json.h"
#include "engine/decide/decider.h"
#include "engine/decide/segment_uses.h"
#include "engine/optimize/optimizer.h"
#include "engine/optimize/rule_performance.h"
#include "engine/optimize/rule_questions.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::World;

class RuleReaderTest : public ::testing::Test {
protected:
    void save(std::string_view id, std::string_view rule) {
        const auto saved =
            rules_.put(world_.tenant, id, *base::JsonText::parse(rule), {.by = "test"});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    void say(const std::string& user, std::string_view name) {
        domain::Event event{.id = "e" + std::to_string(++said_), .event = std::string(name)};
        event.user_id = user;
        event.time = event.received_at = world_.clock.now();
        world_.apply({.user_id = user}, {event});
    }
    void ask(const std::string& user) {
        ASSERT_TRUE(decider_.config(world_.tenant, {user, nothing_.root(), false}));
    }
    RulePerformance of(std::string_view id) {
        EXPECT_TRUE(log_.flush());
        EXPECT_TRUE(reader_.catch_up(world_.tenant));
        auto found = RulePerformances(reader_, rules_).of(world_.tenant, id);
        EXPECT_TRUE(found) << found.error().message;
        // As after a restart.
        RuleQuestions questions(rules_);
        QuestionReader fresh(*world_.store, {&questions});
        EXPECT_TRUE(fresh.catch_up(world_.tenant));
        const auto again = RulePerformances(fresh, rules_).of(world_.tenant, id);
        EXPECT_TRUE(again);
        EXPECT_EQ(again->matched->decisions, found->matched->decisions);
        EXPECT_EQ(again->matched->last_matched_at, found->matched->last_matched_at);
        for (std::size_t arm = 0; arm < found->arms.size(); ++arm) {
            EXPECT_EQ(again->arms.at(arm).units, found->arms[arm].units);
            EXPECT_EQ(again->arms.at(arm).conversions, found->arms[arm].conversions);
        }
        return *std::move(found);
    }

    World world_;
    const TimeZones zones_ = TimeZones::of_system();
    Rules rules_{*world_.store,
                 world_.clock,
                 {.collection = "rules", .noun = "rule"},
                 [this](TenantId, std::span<const Definition> all) {
                     return RuleSet::compile(all, zones_);
                 }};
    Flags flags_{*world_.store, world_.clock, zones_};
    DecisionLog log_{*world_.people, world_.clock, {}};
    Experiments experiments_{*world_.store, world_.clock};
    Bandits bandits_{*world_.store, experiments_};
    Segments segments_{*world_.store, world_.clock,
                       [this](TenantId tenant, std::string_view segment) {
                           return segment_uses(tenant, segment, rules_, experiments_);
                       }};
    Decider decider_{*world_.people, segments_, rules_, flags_,      experiments_,
                     bandits_,       log_,      zones_, world_.clock};
    RuleQuestions questions_{rules_};
    QuestionReader reader_{*world_.store, {&questions_}};
    const base::JsonDocument nothing_ = *base::JsonDocument::parse("{}");
    int said_ = 0;
};

constexpr std::string_view kSells =
    R"({"name":"sells","goal":"purchase","actions":[{"path":"ui.theme","value":"dark"}]})";

TEST_F(RuleReaderTest, WhoMatchesIsSplitAndCountedByWhatTheyDo) {
    save("sells", kSells);
    save("plain", R"({"name":"plain","actions":[{"path":"ui.layout","value":"compact"}]})");
    save("never", R"({"name":"never","condition":false,"actions":[{"path":"a","value":1}]})");
    for (int i = 0; i < 400; ++i) {
        const std::string user = "user-" + std::to_string(i);
        say(user, "view");
        ask(user);
    }
    ASSERT_TRUE(log_.flush());
    world_.clock.advance(1min);
    for (int i = 0; i < 400; i += 2) say("user-" + std::to_string(i), "purchase");
    const RulePerformance sells = of("sells");
    EXPECT_EQ(sells.matched->decisions, 400u);
    EXPECT_EQ(sells.arms.at(0).units + sells.arms.at(1).units, 400u);
    EXPECT_NEAR(static_cast<double>(sells.arms.at(0).units), 20, 15);
    EXPECT_EQ(sells.arms.at(0).conversions + sells.arms.at(1).conversions, 200u);
    EXPECT_TRUE(sells.problem);
    EXPECT_EQ(of("plain").matched->decisions, 400u);
    EXPECT_EQ(of("plain").matched->last_matched_at, world_.clock.now() - 1min);
    EXPECT_EQ(of("never").matched->decisions, 0u);
    EXPECT_EQ(of("never").matched->last_matched_at, std::nullopt);
}

TEST_F(RuleReaderTest, WhatItDidWhileItWasAnotherIsNoEvidence) {
    save("sells", kSells);
    say("ann", "view");
    ask("ann");
    EXPECT_EQ(of("sells").matched->decisions, 1u);
    // Words.
    std::string words(kSells);
    save("sells", words.replace(words.find("sells"), 5, "still"));
    ask("ann");
    RulePerformance found = of("sells");
    EXPECT_EQ(found.matched->decisions, 2u);
    EXPECT_EQ(found.arms.at(0).units + found.arms.at(1).units, 1u);
    // Another action.
    save("sells", words.replace(words.find("dark"), 4, "light"));
    found = of("sells");
    EXPECT_EQ(found.since_version, 3u);
    EXPECT_EQ(found.matched->decisions, 0u);
    EXPECT_EQ(found.arms.at(0).units + found.arms.at(1).units, 0u);
    ask("ann");
    found = of("sells");
    EXPECT_EQ(found.matched->decisions, 1u);
    EXPECT_EQ(found.arms.at(0).units + found.arms.at(1).units, 1u);
}

TEST_F(RuleReaderTest, WhatIsProposedIsAVersionLikeAnyOther) {
    save("never", R"({"name":"never","condition":false,"actions":[{"path":"a","value":1}]})");
    save("also", R"({"name":"also","condition":false,"actions":[{"path":"b","value":1}]})");
    world_.clock.advance(31 * 24h);
    for (int i = 0; i < 50; ++i) {
        say("user-" + std::to_string(i), "view");
        ask("user-" + std::to_string(i));
    }
    ASSERT_TRUE(log_.flush());
    ASSERT_TRUE(reader_.catch_up(world_.tenant));
    RulePerformances performances(reader_, rules_);
    Optimizer optimizer(performances, rules_, segments_, world_.clock);
    EXPECT_TRUE(optimizer.propose(world_.tenant, {.min_decisions = 51})->proposals.empty());
    const auto found = optimizer.propose(world_.tenant, {.min_decisions = 50});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->rules, 2u);
    ASSERT_EQ(found->proposals.size(), 2u);
    const Proposal& never = found->proposals[1];
    EXPECT_EQ(never.action, ProposalAction::retire);
    // Nothing has happened yet.
    EXPECT_EQ(rules_.get(world_.tenant, "never")->now().version, 1u);
    const auto saved = optimizer.apply(world_.tenant, never, {.by = "ann"});
    ASSERT_TRUE(saved) << saved.error().message;
    EXPECT_EQ(saved->now().version, 2u);
    EXPECT_EQ(saved->now().by, "ann");
    EXPECT_EQ(saved->now().note, "optimize: " + never.reason);
    EXPECT_EQ(of("never").status, domain::RuleStatus::paused);
    EXPECT_EQ(optimizer.apply(world_.tenant, never, {}).error().code, Code::failed_precondition);
    // What somebody else changed meanwhile is left alone.
    save("also", R"({"name":"other","condition":false,"actions":[{"path":"b","value":1}]})");
    EXPECT_EQ(optimizer.apply(world_.tenant, found->proposals[0], {}).error().code,
              Code::failed_precondition);
    ASSERT_TRUE(rules_.remove(world_.tenant, "also", {}));
    EXPECT_EQ(optimizer.apply(world_.tenant, found->proposals[0], {}).error().code,
              Code::failed_precondition);
}

TEST_F(RuleReaderTest, TheOldestTwoHundredGoalsAreFollowed) {
    for (std::size_t i = 0; i < kRuleGoalsMax; ++i) save("z" + std::to_string(i), kSells);
    world_.clock.advance(1min);
    save("a", kSells);
    EXPECT_EQ(of("z0").arms.size(), 2u);
    EXPECT_TRUE(of("a").arms.empty());
    EXPECT_TRUE(of("a").problem);
    ASSERT_TRUE(rules_.remove(world_.tenant, "z0", {}));
    EXPECT_EQ(of("a").arms.size(), 2u);
}

TEST_F(RuleReaderTest, RulesThatAreGoneHaveNone) {
    EXPECT_EQ(RulePerformances(reader_, rules_).of(world_.tenant, "none").error().code,
              Code::not_found);
    save("sells", kSells);
    ASSERT_TRUE(rules_.remove(world_.tenant, "sells", {}));
    EXPECT_EQ(RulePerformances(reader_, rules_).of(world_.tenant, "sells").error().code,
              Code::not_found);
}

}  // namespace
}  // namespace attune::engine
