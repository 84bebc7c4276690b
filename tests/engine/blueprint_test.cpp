#include "engine/blueprint/blueprint.h"
#include "engine/engine_options.h"

#include "base/json.h"
#include "base/manual_clock.h"
#include "domain/describe.h"
#include "engine/engine.h"
#include "engine/tenancy/tenants.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

constexpr std::string_view kFile = R"({
  "segments": {
    "buyers": {"name": "Buyers", "condition": {">": [{"var": "profile.behaviour.counts.purchase"}, 0]}},
    "regulars": {"name": "Regulars", "condition": {"in_segment": "buyers"}}
  },
  "experiments": {
    "button": {"name": "Button", "hypothesis": "Blue sells", "variants": [{"name": "grey", "weight": 0.5}, {"name": "blue", "weight": 0.5}],
               "metrics": [{"name": "sales", "role": "primary", "kind": "conversion", "event": "purchase"}]}
  },
  "rules": {
    "thanks": {"name": "Thanks", "condition": {"in_segment": "buyers"}, "actions": [{"path": "ui.banner", "value": "thanks"}]},
    "dark": {"name": "Dark", "actions": [{"path": "ui.theme", "value": "dark"}]}
  },
  "flags": {
    "search": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"}
  }
})";

class BlueprintTest : public ::testing::Test {
protected:
    BlueprintTest() {
        auto store = store::open_memory({});
        store_ = store.get();
        auto engine = Engine::open(std::move(store), clock_, random_, {});
        EXPECT_TRUE(engine);
        engine_ = *std::move(engine);
        domain::Tenant tenant;
        tenant.id = tenant.name = "acme";
        EXPECT_TRUE(engine_->tenants().create(std::move(tenant)));
        tenant_ = *engine_->tenants().find("acme");
    }
    Result<BlueprintPlan> apply(std::string_view file, const BlueprintOptions& options = {}) {
        return engine_->blueprint().apply(tenant_, file, options, {.by = "test"});
    }
    std::string file() { return std::string(engine_->blueprint().read(tenant_)->text()); }
    std::string refused(std::string_view file) {
        const auto applied = apply(file);
        if (applied) return "applied";
        return applied.error().fields.empty() ? applied.error().message
                                              : applied.error().fields.front().pointer;
    }

    base::ManualClock clock_{*base::parse_time("2026-03-01T12:00:00Z")};
    base::SeededRandom random_{7};
    store::MemoryStore* store_ = nullptr;  // the engine's
    std::unique_ptr<Engine> engine_;
    TenantId tenant_;
};

TEST_F(BlueprintTest, SaysWhatOfItsPlacementsComesToNothingOnceItIsApplied) {
    constexpr std::string_view kBrings = R"({
      "segments": {"vip": {"name": "VIP", "condition": true}},
      "experiments": {"shelf": {"name": "Shelf", "hypothesis": "It sells", "variants": [{"name": "a", "weight": 0.5}, {"name": "b", "weight": 0.5}],
                      "metrics": [{"name": "sales", "role": "primary", "kind": "conversion", "event": "purchase"}]}},
      "placements": {"home/page": {"name": "Home", "pins": [{"item_id": "novel", "slot": 1}],
        "filter": {"or": [{"in_segment": "vip"}, {"in": ["gone", {"var": "segments"}]}]},
        "trial": {"experiment": "shelf", "versions": {"a": 1, "b": 2}}}}})";
    const std::vector<std::string> warnings{
        "/placements/home~1page/pins/0/item_id: there is no item 'novel'",
        "/placements/home~1page/filter/or/1: there is no segment 'gone', so nobody is in it",
        "/placements/home~1page/trial/versions/b: there is no version 2 of this placement, so the "
        "newest is used"};
    const auto dry = apply(kBrings, {.dry_run = true});
    ASSERT_TRUE(dry) << dry.error().message;
    EXPECT_EQ(dry->warnings, warnings);
    EXPECT_EQ(apply(kBrings)->warnings, warnings);
    EXPECT_EQ(apply(kBrings)->warnings, warnings) << "though nothing changes";
    EXPECT_EQ(apply(R"({"placements": {"plain": {"name": "Plain"}}})")->warnings,
              std::vector<std::string>{});
}

TEST_F(BlueprintTest, SaysWhatNobodyIsInAndNobodySendsWhereverTheFileNamesIt) {
    (void)*engine_->people().apply(tenant_, {.user_id = "ann"},
                                   {{.id = "e1", .event = "purchase", .time = clock_.now()}});
    constexpr std::string_view kNames = R"({
      "segments": {"vip": {"name": "VIP", "condition": true}},
      "experiments": {"button": {"name": "Button", "audience": {"in_segment": "vpi"}, "variants": [{"name": "a", "weight": 0.5}, {"name": "b", "weight": 0.5}],
                      "metrics": [{"name": "sales", "role": "primary", "kind": "conversion", "event": "purchase"}]}},
      "rules": {"a/b": {"name": "Thanks", "condition": {"or": [{"in_segment": "vip"}, {"in_segment": "vpi"}]},
                        "actions": [{"path": "ui.banner", "value": "thanks"}], "goal": "purchse"}},
      "flags": {"search": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off",
                           "targeting": {"if": [{"in_segment": "vpi"}, "on"]}}}})";
    const std::vector<std::string> warnings{
        "/experiments/button/audience: there is no segment 'vpi', so nobody is in it",
        "/rules/a~1b/condition/or/1: there is no segment 'vpi', so nobody is in it",
        "/rules/a~1b/goal: no event 'purchse' was ever sent; did you mean 'purchase'?",
        "/flags/search/targeting/if/0: there is no segment 'vpi', so nobody is in it whose context "
        "does not say so"};
    const auto dry = apply(kNames, {.dry_run = true});
    ASSERT_TRUE(dry) << dry.error().message;
    EXPECT_EQ(dry->warnings, warnings);
    EXPECT_EQ(apply(kNames)->warnings, warnings);
    EXPECT_EQ(apply(kFile)->warnings, std::vector<std::string>{});
}

std::size_t count(const BlueprintPlan& plan, BlueprintChange change) {
    return static_cast<std::size_t>(std::ranges::count(plan.steps, change, &BlueprintStep::change));
}

TEST_F(BlueprintTest, AFileMakesWhatItSaysAndWhatIsReadMakesNoChange) {
    const auto plan = apply(kFile);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_TRUE(plan->applied);
    EXPECT_EQ(count(*plan, BlueprintChange::created), 6u);
    EXPECT_EQ(engine_->rules().of(tenant_).value()->size(), 2u);
    EXPECT_NE(engine_->flags().of(tenant_).value()->find("search"), nullptr);
    EXPECT_EQ(engine_->rules().get(tenant_, "dark")->now().by, "test");
    const auto again = apply(file());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(again->steps.empty());
    EXPECT_EQ(again->unchanged, 6u);
    EXPECT_EQ(engine_->rules().get(tenant_, "dark")->history.size(), 1u);
}

TEST_F(BlueprintTest, ADryRunSaysWhatWouldBeAndDoesNothing) {
    const auto plan = apply(kFile, {.dry_run = true});
    ASSERT_TRUE(plan);
    EXPECT_FALSE(plan->applied);
    EXPECT_EQ(plan->steps.size(), 6u);
    EXPECT_EQ(file(), R"({"segments":{},"experiments":{},"rules":{},"placements":{},"flags":{}})");
}

TEST_F(BlueprintTest, WhatIsWrongAnywhereChangesNothingAndIsNamed) {
    EXPECT_EQ(
        refused(R"({"rules":{"a":{"name":"a","actions":[{"path":"ui.theme","value":"dark"}]},)"
                R"("b":{"name":"b","actions":[{"path":"ui.theme","value":"pink"}]}}})"),
        "/rules/b/actions/0/value");
    EXPECT_EQ(refused(R"({"rules":{"a/b":{"name":"b","condition":{"nonsense":1}}}})"),
              "/rules/a~1b/condition/nonsense");
    EXPECT_EQ(
        refused(R"({"segments":{"s":{"name":"s","condition":{"in_segment":"s"}}}})").substr(0, 11),
        "/segments/s");
    EXPECT_EQ(refused(R"({"experiments":{"e":{"name":"e","variants":1}}})"),
              "/experiments/e/variants");
    EXPECT_EQ(refused(R"({"experiments":{"e":{"name":"e"}}})").substr(0, 14), "/experiments/e");
    EXPECT_EQ(refused(R"({"flags":{"f":{"state":"ENABLED","variants":{}}}})").substr(0, 8),
              "/flags/f");
    EXPECT_EQ(refused(R"({"rules":[]})"), "/rules");
    EXPECT_EQ(refused(R"({"rules":{"a":1}})"), "/rules/a");
    EXPECT_EQ(refused(R"({"campaigns":{}})"), "/campaigns");
    EXPECT_EQ(refused("[]"), "");
    EXPECT_EQ(file(), R"({"segments":{},"experiments":{},"rules":{},"placements":{},"flags":{}})");
}

TEST_F(BlueprintTest, WhatCannotBeStoredChangesNothingAndIsNamed) {
    constexpr std::string_view kRule = R"({"name":"r","actions":[{"path":"x","value":1}]})";
    const std::string rule(kRule);
    const std::string before = file();
    EXPECT_EQ(refused(R"({"rules":{"a":)" + rule + R"(,"b\n":)" + rule + "}}"), "/rules/b\n");
    constexpr std::string_view kFlag = R"({"state":"ENABLED","variants":{"on":true}})";
    EXPECT_EQ(
        refused(R"({"rules":{"a":)" + rule + R"(},"flags":{"f\n":)" + std::string(kFlag) + "}}"),
        "/flags/f\n");
    std::string segments = R"({"segments":{)";
    for (int i = 0; i < 1'001; ++i) {
        if (i > 0) segments += ',';
        segments += '"' + std::to_string(i) + R"(":{"name":"s","condition":true})";
    }
    EXPECT_NE(refused(segments + "}}"), "applied");
    EXPECT_EQ(file(), before);
}

TEST_F(BlueprintTest, PruningRemovesWhatTheFileDoesNotNameOfTheKindsThatItNames) {
    ASSERT_TRUE(apply(kFile));
    const auto plan = apply(
        R"({"rules":{"dark":{"name":"Dark","actions":[{"path":"ui.theme","value":"light"}]}},"segments":{}})",
        {.prune = true});
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(count(*plan, BlueprintChange::changed), 1u);
    EXPECT_EQ(count(*plan, BlueprintChange::removed), 3u);
    EXPECT_EQ(engine_->rules().of(tenant_).value()->size(), 1u);
    EXPECT_TRUE(engine_->segments().list(tenant_).value()->empty());
    EXPECT_NE(engine_->flags().of(tenant_).value()->find("search"), nullptr)
        << "flags were not named at all";
    EXPECT_EQ(engine_->experiments().list(tenant_).value()->size(), 1u);
}

TEST_F(BlueprintTest, ASegmentThatSomethingAsksForIsNotPruned) {
    ASSERT_TRUE(apply(kFile));
    const std::string before = file();
    for (const bool dry_run : {true, false}) {
        const auto plan =
            apply(R"({"segments":{},"flags":{"new":{"state":"ENABLED","variants":{"on":true}}}})",
                  {.dry_run = dry_run, .prune = true});
        ASSERT_FALSE(plan);
        EXPECT_EQ(plan.error().reason, "in_use");
        EXPECT_NE(plan.error().message.find("rule thanks"), std::string::npos)
            << plan.error().message;
    }
    EXPECT_EQ(file(), before) << "nothing else of the file either";
    for (const std::string_view asks :
         {R"({"in_segment":"buyers"})", R"({"in":["buyers",{"var":"segments"}]})"}) {
        const std::string asked_by_a_flag =
            R"({"segments":{},"rules":{},"flags":{"new":{"state":"ENABLED","variants":{"on":true},)"
            R"("defaultVariant":"on","targeting":{"if":[)" +
            std::string(asks) + R"(,"on"]}}}})";
        const auto plan = apply(asked_by_a_flag, {.prune = true});
        ASSERT_FALSE(plan) << asks;
        EXPECT_EQ(plan.error().reason, "in_use") << asks;
    }
    EXPECT_TRUE(apply(R"({"segments":{},"rules":{}})", {.prune = true}))
        << "the rule that asked for it goes with it";
}

TEST_F(BlueprintTest, ASegmentThatAnEvaluatorAsksForIsNotPrunedAndIsToldWhereItIsNot) {
    ASSERT_TRUE(apply(
        R"({"segments":{"vip":{"name":"n","condition":true}},"$evaluators":{"staff":{"in_segment":"vip"}},"flags":{}})",
        {}));
    const auto refused = apply(R"({"segments":{}})", {.prune = true});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "in_use");
    EXPECT_TRUE(refused.error().message.contains("evaluator staff")) << refused.error().message;

    // What the file leaves out stays, and is what its flags find.
    const auto flags = apply(
        R"({"flags":{"f":{"state":"ENABLED","variants":{"on":true},"targeting":{"if":[{"$ref":"staff"},"on"]}}}})",
        {.dry_run = true});
    ASSERT_TRUE(flags) << flags.error().message;
    EXPECT_EQ(flags->warnings, std::vector<std::string>{});
    const auto misspelt = apply(
        R"({"flags":{"f":{"state":"ENABLED","variants":{"on":true},"targetting":{}}},"$evaluators":{"staff":{"in_segment":"vpi"}}})",
        {.dry_run = true});
    ASSERT_TRUE(misspelt) << misspelt.error().message;
    EXPECT_EQ(misspelt->warnings,
              (std::vector<std::string>{
                  "/$evaluators/staff: there is no segment 'vpi', so nobody is in it whose context "
                  "does not say so",
                  "/flags/f/targetting: no flag has this member, so it means nothing; did you mean "
                  "'targeting'?"}));
    const auto alone = apply(R"({"$evaluators":{}})", {});
    ASSERT_FALSE(alone);
    EXPECT_EQ(alone.error().fields.at(0).pointer, "/$evaluators");
}

TEST_F(BlueprintTest, AFileIsOneCommitOfAllKinds) {
    const std::uint64_t commits = store_->stats().commits;
    ASSERT_TRUE(apply(kFile));
    EXPECT_EQ(store_->stats().commits, commits + 1);
    ASSERT_TRUE(apply(R"({"segments":{},"rules":{},"flags":{}})", {.prune = true}));
    EXPECT_EQ(store_->stats().commits, commits + 2);
    EXPECT_TRUE(engine_->flags().list(tenant_).value()->empty());
}

TEST_F(BlueprintTest, WhenTheDiskFailsNothingOfTheFileIsInForce) {
    ASSERT_TRUE(apply(R"({"rules":{"old":{"name":"o","actions":[{"path":"x","value":1}]}}})"));
    const std::string before = file();
    const std::string version = engine_->flags().of(tenant_).value()->version();
    store_->set_disk_full(true);
    const auto failed = apply(kFile, {.prune = true});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().reason, "disk_full");
    EXPECT_EQ(file(), before);
    EXPECT_EQ(engine_->flags().of(tenant_).value()->version(), version);
    store_->set_disk_full(false);
    EXPECT_EQ(file(), before);
    ASSERT_TRUE(apply(kFile, {.prune = true}));
    EXPECT_EQ(engine_->rules().of(tenant_).value()->size(), 2u);
}

TEST_F(BlueprintTest, ACircleOfSegmentsIsToldAtOneOfThem) {
    EXPECT_EQ(refused(R"({"segments":{"a":{"name":"a","condition":{"in_segment":"b"}},)"
                      R"("b":{"name":"b","condition":{"or":[false,{"in_segment":"a"}]}}}})"),
              "/segments/b/condition/or/1");
}

TEST_F(BlueprintTest, WhatTheServerWroteIntoARunningExperimentStays) {
    ASSERT_TRUE(apply(kFile));
    auto body = *base::from_json<domain::Experiment>(
        engine_->experiments().get(tenant_, "button")->now().body.text());
    body.minimum_effect = 0.1;
    body.plan = {.baseline_mean = 0.2};
    ASSERT_TRUE(engine_->experiments().put(
        tenant_, "button", base::JsonText::trusted(base::to_json(body)), {.by = "test"}));
    ASSERT_TRUE(engine_->experiments().start(tenant_, "button", {.by = "test"}));
    const std::string running = file();
    EXPECT_EQ(running.find("running"), std::string::npos);
    const auto plan = apply(running);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_TRUE(plan->steps.empty());
}

TEST_F(BlueprintTest, ThousandsOfRulesAreCompiledTogether) {
    std::string rules = R"({"rules":{)";
    for (int i = 0; i < 3'000; ++i)
        rules += (i == 0 ? "\"r" : ",\"r") + std::to_string(i) +
                 R"(":{"name":"n","actions":[{"path":"a.b","value":1}]})";
    const auto plan = apply(rules + "}}");
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(engine_->rules().of(tenant_).value()->size(), 3'000u);
}

TEST_F(BlueprintTest, PlacementsAreAppliedPrunedAndKeepTheSegmentsThatTheyAskFor) {
    constexpr std::string_view kPlaced = R"({
        "segments":{"vip":{"name":"VIP","condition":true}},
        "placements":{"home":{"name":"Home","boosts":[{"condition":{"in_segment":"vip"},"factor":2}]}}})";
    const auto plan = apply(kPlaced);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(count(*plan, BlueprintChange::created), 2u);
    EXPECT_NE(engine_->placements().of(tenant_).value()->find("home"), nullptr);
    EXPECT_TRUE(apply(file())->steps.empty());
    EXPECT_EQ(refused(R"({"placements":{"home":{"name":"Home","limit":0}}})"),
              "/placements/home/limit");
    EXPECT_EQ(refused(R"({"placements":{"home":{"name":"Home","filter":{"nonsense":1}}}})"),
              "/placements/home/filter/nonsense");
    EXPECT_EQ(apply(R"({"segments":{}})", {.prune = true}).error().reason, "in_use");
    EXPECT_EQ(engine_->segments().remove(tenant_, "vip", {.by = "test"}).error().reason, "in_use");
    const auto pruned = apply(R"({"segments":{},"placements":{}})", {.prune = true});
    ASSERT_TRUE(pruned) << pruned.error().message;
    EXPECT_EQ(count(*pruned, BlueprintChange::removed), 2u);
    EXPECT_EQ(engine_->placements().of(tenant_).value()->find("home"), nullptr);
}

}  // namespace
}  // namespace attune::engine
