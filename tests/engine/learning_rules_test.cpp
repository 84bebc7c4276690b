// Rules from the question to their performance: asked of the decider, written into the log, read from it.
#include "base/manual_clock.h"
#include "engine/decide/decider.h"
#include "engine/decisions/decision_log.h"
#include "engine/engine.h"
#include "engine/engine_options.h"
#include "engine/experiment/question_reader.h"
#include "engine/optimize/optimizer.h"
#include "engine/optimize/rule_questions.h"
#include "engine/tenancy/tenants.h"
#include "store/memory/memory_store.h"
#include "tests/engine/profile/people_world.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

class LearningRules : public ::testing::Test {
protected:
    void save(std::string_view id, std::string_view rule) {
        const auto saved =
            engine_->rules().put(tenant_, id, *base::JsonText::parse(rule), {.by = "test"});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    void say(const std::string& user, std::string_view name) {
        domain::Event event{.id = "e" + std::to_string(++said_), .event = std::string(name)};
        event.user_id = user;
        event.time = event.received_at = clock_.now();
        ASSERT_TRUE(engine_->people().apply(tenant_, {.user_id = user}, {event}));
    }
    void ask(const std::string& user) {
        ASSERT_TRUE(engine_->decider().config(tenant_, {user, nothing_.root(), false}));
    }
    RulePerformance of(std::string_view id) {
        settle();
        auto found = engine_->rule_performances().of(tenant_, id);
        EXPECT_TRUE(found) << found.error().message;
        // As after a restart.
        RuleQuestions questions(engine_->rules());
        QuestionReader fresh(engine_->store(), {&questions});
        EXPECT_TRUE(fresh.catch_up(tenant_));
        const auto again = RulePerformances(fresh, engine_->rules()).of(tenant_, id);
        EXPECT_TRUE(again);
        EXPECT_EQ(again->matched->decisions, found->matched->decisions);
        EXPECT_EQ(again->matched->last_matched_at, found->matched->last_matched_at);
        for (std::size_t arm = 0; arm < found->arms.size(); ++arm) {
            EXPECT_EQ(again->arms.at(arm).units, found->arms[arm].units);
            EXPECT_EQ(again->arms.at(arm).conversions, found->arms[arm].conversions);
        }
        return *std::move(found);
    }

    void SetUp() override {
        auto engine = Engine::open(store::open_memory({}), clock_, random_, {});
        ASSERT_TRUE(engine) << engine.error().message;
        engine_ = *std::move(engine);
        tenant_ = engine_->tenants().find("default").value();
    }
    void settle() {
        ASSERT_TRUE(engine_->decisions().flush());
        ASSERT_TRUE(engine_->questions().catch_up(tenant_));
    }

    base::ManualClock clock_;
    testing::SeededIds random_{42};
    std::unique_ptr<Engine> engine_;
    TenantId tenant_;
    const base::JsonDocument nothing_ = *base::JsonDocument::parse("{}");
    int said_ = 0;
};

constexpr std::string_view kSells =
    R"({"name":"sells","goal":"purchase","actions":[{"path":"ui.theme","value":"dark"}]})";

TEST_F(LearningRules, WhoMatchesIsSplitAndCountedByWhatTheyDo) {
    save("sells", kSells);
    save("plain", R"({"name":"plain","actions":[{"path":"ui.layout","value":"compact"}]})");
    save("never", R"({"name":"never","condition":false,"actions":[{"path":"a","value":1}]})");
    for (int i = 0; i < 400; ++i) {
        const std::string user = "user-" + std::to_string(i);
        say(user, "view");
        ask(user);
    }
    settle();
    clock_.advance(1min);
    for (int i = 0; i < 400; i += 2) say("user-" + std::to_string(i), "purchase");
    const RulePerformance sells = of("sells");
    EXPECT_EQ(sells.matched->decisions, 400u);
    EXPECT_EQ(sells.arms.at(0).units + sells.arms.at(1).units, 400u);
    EXPECT_NEAR(static_cast<double>(sells.arms.at(0).units), 20, 15);
    EXPECT_EQ(sells.arms.at(0).conversions + sells.arms.at(1).conversions, 200u);
    EXPECT_TRUE(sells.problem);
    EXPECT_EQ(of("plain").matched->decisions, 400u);
    EXPECT_EQ(of("plain").matched->last_matched_at, clock_.now() - 1min);
    EXPECT_EQ(of("never").matched->decisions, 0u);
    EXPECT_EQ(of("never").matched->last_matched_at, std::nullopt);
}

TEST_F(LearningRules, OfARuleTheFirstPeopleAreCountedAndNoOthers) {
    save("sells", kSells);
    for (int i = 0; i < 60; ++i) {
        const std::string user = "user-" + std::to_string(i);
        say(user, "view");
        ask(user);
        if (i == 0 || i == 59) say(user, "purchase");
    }
    settle();
    RuleQuestions questions(engine_->rules(), 50);
    QuestionReader reader(engine_->store(), {&questions});
    ASSERT_TRUE(reader.catch_up(tenant_));
    const auto found = RulePerformances(reader, engine_->rules()).of(tenant_, "sells");
    ASSERT_TRUE(found);
    std::uint64_t units = 0;
    std::uint64_t conversions = 0;
    for (const RuleArm& arm : found->arms) {
        units += arm.units;
        conversions += arm.conversions;
    }
    EXPECT_EQ(units, 50u);
    EXPECT_EQ(conversions, 1u) << "the sixtieth is nobody";
    EXPECT_EQ(found->matched->decisions, 60u) << "matches are counted all the same";
}

TEST_F(LearningRules, WhatItDidWhileItWasAnotherIsNoEvidence) {
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

TEST_F(LearningRules, WhatIsProposedIsAVersionLikeAnyOther) {
    save("never", R"({"name":"never","condition":false,"actions":[{"path":"a","value":1}]})");
    save("also", R"({"name":"also","condition":false,"actions":[{"path":"b","value":1}]})");
    clock_.advance(31 * 24h);
    for (int i = 0; i < 50; ++i) {
        say("user-" + std::to_string(i), "view");
        ask("user-" + std::to_string(i));
    }
    settle();
    Optimizer& optimizer = engine_->optimizer();
    EXPECT_TRUE(optimizer.propose(tenant_, {.min_decisions = 51})->proposals.empty());
    const auto found = optimizer.propose(tenant_, {.min_decisions = 50});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->rules, 2u);
    ASSERT_EQ(found->proposals.size(), 2u);
    const Proposal& never = found->proposals[1];
    EXPECT_EQ(never.action, ProposalAction::retire);
    // Nothing has happened yet.
    EXPECT_EQ(engine_->rules().get(tenant_, "never")->now().version, 1u);
    const auto saved = optimizer.apply(tenant_, never, {.by = "ann"});
    ASSERT_TRUE(saved) << saved.error().message;
    EXPECT_EQ(saved->now().version, 2u);
    EXPECT_EQ(saved->now().by, "ann");
    EXPECT_EQ(saved->now().note, "optimize: " + never.reason);
    EXPECT_EQ(of("never").status, domain::RuleStatus::paused);
    EXPECT_EQ(optimizer.apply(tenant_, never, {}).error().code, Code::failed_precondition);
    // What somebody else changed meanwhile is left alone.
    save("also", R"({"name":"other","condition":false,"actions":[{"path":"b","value":1}]})");
    EXPECT_EQ(optimizer.apply(tenant_, found->proposals[0], {}).error().code,
              Code::failed_precondition);
    ASSERT_TRUE(engine_->rules().remove(tenant_, "also", {}));
    EXPECT_EQ(optimizer.apply(tenant_, found->proposals[0], {}).error().code,
              Code::failed_precondition);
}

TEST_F(LearningRules, TheOldestTwoHundredGoalsAreFollowed) {
    for (std::size_t i = 0; i < kRuleGoalsMax; ++i) save("z" + std::to_string(i), kSells);
    clock_.advance(1min);
    save("a", kSells);
    EXPECT_EQ(of("z0").arms.size(), 2u);
    EXPECT_TRUE(of("a").arms.empty());
    EXPECT_TRUE(of("a").problem);
    ASSERT_TRUE(engine_->rules().remove(tenant_, "z0", {}));
    EXPECT_EQ(of("a").arms.size(), 2u);
}

TEST_F(LearningRules, RulesThatAreGoneHaveNone) {
    EXPECT_EQ(engine_->rule_performances().of(tenant_, "none").error().code, Code::not_found);
    save("sells", kSells);
    ASSERT_TRUE(engine_->rules().remove(tenant_, "sells", {}));
    EXPECT_EQ(engine_->rule_performances().of(tenant_, "sells").error().code, Code::not_found);
}

}  // namespace
}  // namespace attune::engine
