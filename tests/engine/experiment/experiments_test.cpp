#include "engine/experiment/experiments.h"

#include "base/json.h"
#include "base/manual_clock.h"
#include "domain/describe.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using Outcome = Assignment::Outcome;
using Reason = Assignment::Reason;

constexpr TenantId kTenant{1};

constexpr std::string_view kMembers =
    R"("name":"n","variants":[{"name":"control","weight":0.5},{"name":"blue","weight":0.5,"config":{"ui":{"button":"blue"}}}],)"
    R"("metrics":[{"name":"bought","role":"primary","kind":"conversion","event":"purchase"}],)"
    R"("minimum_effect":0.1,"plan":{"baseline_mean":0.1})";

base::JsonText with(std::string_view more = {}) {
    return base::JsonText::trusted("{" + std::string(kMembers) + (more.empty() ? "" : ",") +
                                   std::string(more) + "}");
}

// `kMembers` with one part of it replaced.
base::JsonText changed(std::string_view part, std::string_view by, std::string_view more = {}) {
    std::string text(with(more).text());
    const std::size_t at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return base::JsonText::trusted(text.replace(at, part.size(), by));
}

class ExperimentsTest : public testing::Test {
protected:
    std::string wrong(const base::JsonText& body) {
        const auto put = experiments_.put(kTenant, "wrong", body, {});
        if (put) return {};
        return put.error().fields.empty() ? put.error().message : put.error().fields[0].pointer;
    }
    void put(std::string_view id, std::string_view more = {}) {
        const auto saved = experiments_.put(kTenant, id, with(more), {.by = "ann"});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    void start(std::string_view id) {
        const auto started = experiments_.start(kTenant, id, {.by = "ann"});
        ASSERT_TRUE(started) << started.error().message;
    }
    Assignment assign(std::string_view id, std::string_view person,
                      std::span<const RememberedAssignment> remembered = {},
                      std::string_view data = "{}") {
        set_ = *experiments_.of(kTenant);
        document_ = *base::JsonDocument::parse(data);
        return set_->find(id)->assign({.input = {.data = LogicValue(document_->root())},
                                       .person = person,
                                       .session = "s-" + std::string(person),
                                       .remembered = remembered});
    }
    domain::Experiment experiment(std::string_view id) {
        return *base::from_json<domain::Experiment>(
            experiments_.get(kTenant, id)->now().body.text());
    }

    std::unique_ptr<store::MemoryStore> store_ = store::open_memory({});
    base::ManualClock clock_{base::Time(1'780'000'000s)};
    Experiments experiments_{*store_, clock_};
    std::shared_ptr<const ExperimentSet> set_;
    std::optional<base::JsonDocument> document_;
};

TEST_F(ExperimentsTest, WhatCannotMeanAnythingIsRefusedWithItsPlace) {
    EXPECT_EQ(wrong(changed(R"("weight":0.5})", R"("weight":0.4})")), "/variants");
    EXPECT_EQ(wrong(changed(R"("weight":0.5})", R"("weight":-0.5})")), "/variants/0/weight");
    EXPECT_EQ(wrong(changed(R"("name":"blue")", R"("name":"control")")), "/variants/1/name");
    EXPECT_EQ(wrong(changed(R"("name":"blue")", R"("name":"holdout")")), "/variants/1/name");
    EXPECT_EQ(wrong(changed(R"({"ui":{"button":"blue"}})", "7")), "/variants/1/config");
    EXPECT_EQ(wrong(changed(R"({"button":"blue"})", R"({"theme":"pink"})")),
              "/variants/1/config/ui/theme");
    EXPECT_EQ(wrong(changed(R"({"button":"blue"})", "null")), "/variants/1/config/ui");
    EXPECT_EQ(wrong(changed(R"({"button":"blue"})", R"({"theme":"dark"})")), "");
    EXPECT_EQ(wrong(changed(R"({"name":"control","weight":0.5},)", "")), "/variants");
    EXPECT_EQ(wrong(changed(R"("kind":"conversion")", R"("kind":"magic")")), "/metrics/0/kind");
    EXPECT_EQ(wrong(changed(R"("kind":"conversion")", R"("kind":"ratio")")),
              "/metrics/0/denominator");
    EXPECT_EQ(wrong(changed(R"("kind":"conversion")", R"("kind":"quantile","quantile":0.9)")),
              "/metrics/0/kind");
    EXPECT_EQ(wrong(changed(R"("kind":"conversion")", R"("kind":"retention")")),
              "/metrics/0/after_seconds");
    EXPECT_EQ(wrong(changed(R"("kind":"conversion")",
                            R"("kind":"conversion","attribution":"last_touch")")),
              "/metrics/0/attribution");
    EXPECT_EQ(
        wrong(changed(R"("kind":"conversion")", R"("kind":"conversion","attribution":"decision")",
                      R"("bandit":{"strategy":"thompson"})")),
        "/metrics/0/attribution");
    EXPECT_EQ(wrong(changed(R"("event":"purchase")", R"("event":"$decision")")),
              "/metrics/0/event");
    EXPECT_EQ(wrong(with(R"("audience":{"and":[{"nonsense":[1]}]})")), "/audience/and/0/nonsense");
    EXPECT_EQ(wrong(with(R"("overrides":{"qa":"green"})")), "/overrides/qa");
    EXPECT_EQ(wrong(with(R"("overrides":{"":"blue"})")), "/overrides");
    EXPECT_EQ(wrong(with(R"("holdout":0.9)")), "/holdout");
    EXPECT_EQ(wrong(with(R"("traffic":0)")), "/traffic");
    EXPECT_EQ(wrong(with(R"("room":[{"from":0,"until":1}])")), "/room");
    EXPECT_EQ(wrong(with(R"("status":"running")")), "/status");
    EXPECT_EQ(wrong(with()), "");
}

TEST_F(ExperimentsTest, ABanditLearnsFromWhatIsKnownWhenItDraws) {
    const auto of = [&](std::string_view path) {
        return wrong(with(R"("bandit":{"strategy":"lin_ucb","features":["context.device",")" +
                          std::string(path) + R"("]})"));
    };
    for (const char* fine :
         {"profile.user_id", "segments", "time.hour", "session.events", "context"})
        EXPECT_EQ(of(fine), "") << fine;
    for (const char* nothing :
         {"contextt.device", "variants.button", "context..device", "context.", ".", "Context"})
        EXPECT_EQ(of(nothing), "/bandit/features/1") << nothing;
}

TEST_F(ExperimentsTest, ADraftIsWhatItWasAgainUntilItIsStarted) {
    put("button");
    put("button", R"("hypothesis":"wrong")");
    const auto again = experiments_.revert(kTenant, "button", 1, {.by = "ann"});
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->now().version, 3u);
    EXPECT_EQ(again->now().note, "revert to 1");
    ASSERT_TRUE(experiments_.remove(kTenant, "button", {}));
    ASSERT_TRUE(experiments_.revert(kTenant, "button", 2, {}));
    EXPECT_EQ(experiments_.revert(kTenant, "button", 99, {}).error().code, Code::not_found);
    ASSERT_TRUE(experiments_.start(kTenant, "button", {}));
    EXPECT_EQ(experiments_.revert(kTenant, "button", 1, {}).error().code,
              Code::failed_precondition);
    ASSERT_TRUE(experiments_.conclude(kTenant, "button", {}, {}));
    ASSERT_TRUE(experiments_.remove(kTenant, "button", {}));
    EXPECT_EQ(experiments_.revert(kTenant, "button", 1, {}).error().code, Code::already_exists);
}

TEST_F(ExperimentsTest, AnAudienceDoesNotSeeOtherExperiments) {
    EXPECT_EQ(wrong(with(R"("audience":{"and":[true,{"var":"variants.button"}]})")),
              "/audience/and/1");
}

TEST_F(ExperimentsTest, ADraftGivesNobodyAnythingButThoseWhoTryItOut) {
    put("e", R"("overrides":{"qa":"blue"})");
    EXPECT_EQ(assign("e", "ann").outcome, Outcome::not_running);
    const Assignment tried = assign("e", "qa");
    EXPECT_EQ(tried.variant->name, "blue");
    EXPECT_FALSE(tried.counts());
    start("e");
    EXPECT_TRUE(assign("e", "ann").counts());
    EXPECT_FALSE(assign("e", "qa").counts());
    ASSERT_TRUE(experiments_.pause(kTenant, "e", {}));
    EXPECT_EQ(assign("e", "ann").outcome, Outcome::not_running);
    start("e");
    ASSERT_TRUE(experiments_.conclude(kTenant, "e", "blue", {}));
    EXPECT_EQ(assign("e", "ann").outcome, Outcome::not_running);
    EXPECT_EQ(assign("e", "qa").outcome, Outcome::not_running);
    EXPECT_EQ(experiment("e").winner, "blue");
}

TEST_F(ExperimentsTest, SharesAreWhatTheWeightsAndTheHoldoutSay) {
    put("e", R"("holdout":0.1)");
    start("e");
    std::map<std::string, int> given;
    for (int i = 0; i < 20'000; ++i)
        ++given[std::string(assign("e", "user-" + std::to_string(i)).chosen())];
    EXPECT_NEAR(given["holdout"], 2'000, 5 * 43);
    EXPECT_NEAR(given["control"], 9'000, 5 * 71);
    EXPECT_NEAR(given["blue"], 9'000, 5 * 71);
}

TEST_F(ExperimentsTest, TheAssignmentsOfTheseUnitsAreFrozen) {
    put("button", R"("layer":"checkout","traffic":0.5)");
    start("button");
    std::string given;
    for (const char* person : {"ann", "bob", "cleo", "dan", "eve", "fay", "gus", "hal"}) {
        const Assignment one = assign("button", person);
        given += one.outcome == Outcome::not_you ? "-" : one.chosen().substr(0, 1);
    }
    EXPECT_EQ(given, "-----bc-");
}

TEST_F(ExperimentsTest, ChangedWeightsMoveNobodyWhoWasGivenAVariantBefore) {
    put("e");
    start("e");
    ASSERT_TRUE(experiments_.put(kTenant, "e",
                                 changed(R"("weight":0.5},{"name":"blue","weight":0.5)",
                                         R"("weight":1},{"name":"blue","weight":0)"),
                                 {}));
    const std::vector<RememberedAssignment> remembered{{"e", "blue"}};
    EXPECT_EQ(assign("e", "ann", remembered).variant->name, "blue");
    EXPECT_EQ(assign("e", "ann", remembered).reason, Reason::remembered);
    for (int i = 0; i < 1'000; ++i)
        EXPECT_EQ(assign("e", std::to_string(i)).variant->name, "control");
    // Nor do they leave with the audience.
    const std::vector<RememberedAssignment> held{{"e", "holdout"}};
    EXPECT_EQ(assign("e", "ann", held).outcome, Outcome::held_out);
    // A variant that there never was.
    const std::vector<RememberedAssignment> unknown{{"e", "green"}};
    EXPECT_EQ(assign("e", "ann", unknown).reason, Reason::drawn);
}

TEST_F(ExperimentsTest, OnlyTheAudienceTakesPart) {
    put("e", R"("audience":{"==":[{"var":"plan"},"pro"]})");
    start("e");
    EXPECT_EQ(assign("e", "ann", {}, R"({"plan":"pro"})").outcome, Outcome::assigned);
    EXPECT_EQ(assign("e", "ann", {}, R"({"plan":"free"})").outcome, Outcome::no_match);
}

TEST_F(ExperimentsTest, ExperimentsOfALayerNeverShareAUnitAndConcludedOnesMakeRoom) {
    put("a", R"("layer":"l","traffic":0.5)");
    put("b", R"("layer":"l","traffic":0.3)");
    put("c", R"("layer":"l","traffic":0.4)");
    start("a");
    start("b");
    const auto full = experiments_.start(kTenant, "c", {});
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().reason, "layer_full");
    ASSERT_TRUE(experiments_.conclude(kTenant, "a", std::nullopt, {}));
    const auto room_of_b = experiment("b").room;
    start("c");
    EXPECT_EQ(experiment("b").room, room_of_b);
    int in_b = 0;
    int in_c = 0;
    for (int i = 0; i < 10'000; ++i) {
        const std::string person = "user-" + std::to_string(i);
        const bool b = assign("b", person).outcome == Outcome::assigned;
        const bool c = assign("c", person).outcome == Outcome::assigned;
        EXPECT_FALSE(b && c);
        in_b += b;
        in_c += c;
    }
    EXPECT_NEAR(in_b, 3'000, 5 * 46);
    EXPECT_NEAR(in_c, 4'000, 5 * 49);
}

TEST_F(ExperimentsTest, RoomThatIsInPiecesIsGivenInPieces) {
    for (const char* id : {"a", "b", "c", "d"}) {
        put(id, R"("layer":"l","traffic":0.25)");
        start(id);
    }
    ASSERT_TRUE(experiments_.conclude(kTenant, "a", std::nullopt, {}));
    ASSERT_TRUE(experiments_.conclude(kTenant, "c", std::nullopt, {}));
    put("e", R"("layer":"l","traffic":0.5)");
    start("e");
    EXPECT_EQ(experiment("e").room, (std::vector<domain::LayerRoom>{{0, 2'500}, {5'000, 7'500}}));
}

TEST_F(ExperimentsTest, WhatWasStartedKeepsWhatWasPromised) {
    put("e", R"("unit":"session")");
    start("e");
    const auto refused = [&](const base::JsonText& body) {
        const auto put = experiments_.put(kTenant, "e", body, {});
        if (put) return std::string();
        EXPECT_EQ(put.error().code, Code::failed_precondition);
        return put.error().fields.at(0).pointer;
    };
    EXPECT_EQ(refused(with(R"("unit":"person")")), "/unit");
    EXPECT_EQ(refused(with(R"("unit":"session","traffic":0.5)")), "/traffic");
    EXPECT_EQ(refused(changed(R"("button":"blue")", R"("button":"red")", R"("unit":"session")")),
              "/variants/1/config");
    EXPECT_EQ(
        refused(changed(R"("event":"purchase")", R"("event":"click")", R"("unit":"session")")),
        "/metrics");
    EXPECT_EQ(refused(changed(R"("event":"purchase")",
                              R"("event":"purchase","attribution":"same_session")",
                              R"("unit":"session")")),
              "/metrics");
    EXPECT_EQ(
        refused(changed(R"("baseline_mean":0.1)", R"("baseline_mean":0.2)", R"("unit":"session")")),
        "/plan");
    // Nothing remembers what a session was given.
    EXPECT_EQ(
        refused(changed(R"("weight":0.5},{"name":"blue","weight":0.5)",
                        R"("weight":0.4},{"name":"blue","weight":0.6)", R"("unit":"session")")),
        "/variants/0/weight");
    EXPECT_EQ(refused(changed(R"("kind":"conversion","event":"purchase"})",
                              R"("kind":"conversion","event":"purchase"},)"
                              R"({"name":"more","kind":"count","event":"view"})",
                              R"("unit":"session","owner":"bob")")),
              "");
    EXPECT_EQ(experiment("e").status, domain::ExperimentStatus::running);
}

TEST_F(ExperimentsTest, StartingNeedsAPlan) {
    const auto missing = [&](const base::JsonText& body) {
        EXPECT_TRUE(experiments_.put(kTenant, "e", body, {}));
        const auto started = experiments_.start(kTenant, "e", {});
        return started ? "" : started.error().fields.at(0).pointer;
    };
    EXPECT_EQ(missing(changed(R"("role":"primary")", R"("role":"secondary")")), "/metrics");
    EXPECT_EQ(missing(changed(R"("minimum_effect":0.1)", R"("minimum_effect":0)")),
              "/minimum_effect");
    EXPECT_EQ(missing(changed(R"(,"plan":{"baseline_mean":0.1})", "")), "/plan");
    EXPECT_EQ(missing(changed(R"("kind":"conversion")", R"("kind":"count")")),
              "/plan/baseline_deviation");
    EXPECT_EQ(missing(with()), "");
    EXPECT_GT(experiment("e").plan->units_needed, 20'000u);
    EXPECT_EQ(experiment("e").started_at, clock_.now());
}

TEST_F(ExperimentsTest, ADraftSaysNothingThatCannotBe) {
    const auto refused = [&](const base::JsonText& body) {
        const auto saved = experiments_.put(kTenant, "e", body, {});
        return saved ? "" : saved.error().fields.at(0).pointer;
    };
    for (const char* baseline : {"2", "1", "0", "-0.5"})
        EXPECT_EQ(refused(changed(R"("baseline_mean":0.1)",
                                  R"("baseline_mean":)" + std::string(baseline))),
                  "/plan/baseline_mean")
            << baseline;
    EXPECT_EQ(refused(changed(R"("minimum_effect":0.1,"plan":{"baseline_mean":0.1})",
                              R"("plan":{"baseline_mean":1.5})")),
              "/plan/baseline_mean")
        << "whatever the effect will be";
    EXPECT_EQ(refused(changed(R"("baseline_mean":0.1)", R"("baseline_mean":0.95)")),
              "/minimum_effect")
        << "a tenth more than 95 in 100 is more than all";
    EXPECT_EQ(refused(changed(R"("minimum_effect":0.1)", R"("minimum_effect":1e-300)")),
              "/minimum_effect");
    EXPECT_EQ(refused(changed(R"("baseline_mean":0.1)", R"("baseline_mean":0.1,"power":0.01)")),
              "/plan/power");
    // What is not said may come yet.
    EXPECT_EQ(refused(changed(R"("minimum_effect":0.1,"plan":{"baseline_mean":0.1})",
                              R"("plan":{"baseline_mean":0.995})")),
              "");
    EXPECT_EQ(refused(changed(R"("kind":"conversion")", R"("kind":"sum")")), "");
    EXPECT_EQ(refused(changed(R"("role":"primary")", R"("role":"secondary")")), "");
}

TEST_F(ExperimentsTest, AnIdThatWasRunIsNotUsedAgain) {
    put("e");
    ASSERT_TRUE(experiments_.remove(kTenant, "e", {}));
    put("e");
    start("e");
    EXPECT_EQ(experiments_.remove(kTenant, "e", {}).error().code, Code::failed_precondition);
    ASSERT_TRUE(experiments_.conclude(kTenant, "e", std::nullopt, {}));
    ASSERT_TRUE(experiments_.remove(kTenant, "e", {}));
    EXPECT_EQ(experiments_.put(kTenant, "e", with(), {}).error().code, Code::already_exists);
}

TEST_F(ExperimentsTest, AContextIsGivenItsExperimentsAlone) {
    put("here", R"("contexts":["checkout"])");
    put("everywhere");
    start("here");
    start("everywhere");
    const auto set = *experiments_.of(kTenant);
    const auto document = *base::JsonDocument::parse("{}");
    const ExperimentSubject ann{.input = {.data = LogicValue(document.root())}, .person = "ann"};
    EXPECT_EQ(set->assign("checkout", ann).size(), 2u);
    EXPECT_EQ(set->assign("login", ann).size(), 1u);
    EXPECT_EQ(set->assign("", ann).size(), 1u);
    // Nobody who is known by nothing takes part.
    EXPECT_TRUE(set->assign("", {.input = ann.input}).empty());
}

}  // namespace
}  // namespace attune::engine
