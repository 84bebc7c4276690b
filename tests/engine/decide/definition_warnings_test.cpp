#include "engine/decide/definition_warnings.h"

#include "base/json.h"
#include "domain/describe.h"
#include "engine/segment/segment_set.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using Said = std::vector<std::string>;

// One segment, `vip`, and two events that were sent.
class DefinitionWarningsTest : public ::testing::Test {
protected:
    static Definition segment(std::string id) {
        Definition made{.id = std::move(id)};
        made.history.push_back(
            {.version = 1, .body = base::JsonText::trusted(R"({"name":"n","condition":true})")});
        return made;
    }

    [[nodiscard]] DefinitionCircumstances around() const {
        return {[this](std::string_view id) { return segments_->has(id); }, heard_};
    }

    const std::vector<Definition> definitions_{segment("vip")};
    const std::shared_ptr<const SegmentSet> segments_ = *SegmentSet::compile(definitions_);
    const HeardNames heard_{.names = {"purchase", "view"}, .is_whole = true};
};

TEST_F(DefinitionWarningsTest, ARuleNamesItsUnknownSegmentsAndItsUnknownGoal) {
    domain::Rule rule{.name = "n", .goal = "purchse"};
    rule.condition = base::JsonText::trusted(
        R"({"or":[{"in_segment":"vip"},{"!":{"in_segment":"vpi"}},{"in_segment":["vpi"]}]})");
    EXPECT_EQ(rule_warnings(rule, around()),
              (Said{"/condition/or/1/!: there is no segment 'vpi', so nobody is in it",
                    "/condition/or/2: there is no segment 'vpi', so nobody is in it",
                    "/goal: no event 'purchse' was ever sent; did you mean 'purchase'?"}));
    rule.goal = "view";
    rule.condition = {};
    EXPECT_EQ(rule_warnings(rule, around()), Said{});
}

TEST_F(DefinitionWarningsTest, AFlagNamesThemInItsTargetingAndItsGuardrails) {
    const auto file = base::JsonDocument::parse(
        R"({"flags":{"search":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",)"
        R"("targeting":{"if":[{"in_segment":"vpi"},"on"]},)"
        R"("rollout":{"variant":"on","steps":[{"at":"2026-01-01T00:00:00Z","share":0.1}],)"
        R"("guardrails":[{"event":"view"},{"event":"eror","lower_is_better":true}]}}}})");
    ASSERT_TRUE(file);
    const auto set = FlagSet::compile(*FlagSetSource::of_file(file->root()));
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_EQ(flag_warnings(*(*set)->find("search"), around()),
              (Said{"/targeting/if/0: there is no segment 'vpi', so nobody is in it whose context "
                    "does not say so",
                    "/rollout/guardrails/1/event: no event 'eror' was ever sent"}));
}

TEST_F(DefinitionWarningsTest, AFlagNamesWhatNoFlagHasAndWhatItsTargetingCannotComeTo) {
    const auto said = [&](const std::string& members) {
        const auto file = base::JsonDocument::parse(
            R"({"$evaluators":{"staff":{"in_segment":"vip"},"lost":{"and":[{"in_segment":"vpi"}]}},"flags":{"search":)"
            R"({"state":"ENABLED","variants":{"on":1,"off":2},"defaultVariant":"off")" +
            members + "}}}");
        const auto set = FlagSet::compile(*FlagSetSource::of_file(file->root()));
        EXPECT_TRUE(set) << set.error().message;
        EXPECT_EQ(evaluator_warnings(**set, around()),
                  Said{"/lost/and/0: there is no segment 'vpi', so nobody is in it whose context "
                       "does not say so"});
        return flag_warnings(*(*set)->find("search"), around());
    };
    EXPECT_EQ(said(R"(,"targeting":{"if":[{"$ref":"staff"},"on",null]},"metadata":{"a":1})"),
              Said{});
    EXPECT_EQ(said(R"(,"targetting":{},"a/b":1,"key":"search")"),
              (Said{"/targetting: no flag has this member, so it means nothing; did you mean "
                    "'targeting'?",
                    "/a~1b: no flag has this member, so it means nothing"}));
    EXPECT_EQ(said(R"(,"key":"find")"), Said{"/key: no flag has this member, so it means nothing"});
    EXPECT_EQ(
        said(
            R"(,"targeting":{"if":[{"in_segment":"vip"},"onn",{"fractional":[["offf",0],["off",0]]}]})"),
        (Said{"/targeting/if/1: there is no variant 'onn', so whoever comes to it gets an "
              "error; did you mean 'on'?",
              "/targeting/if/2/fractional/0/0: there is no variant 'offf', so whoever comes to "
              "it gets an error; did you mean 'off'?",
              "/targeting/if/2: the weights are all 0, so it chooses nothing"}));
    EXPECT_EQ(said(R"(,"targeting":{"if":[{"var":"a"},3,{"$ref":"stuff"},"on"]})"),
              (Said{"/targeting/if/2: there is no such evaluator, so whoever comes to it gets an "
                    "error",
                    "/targeting/if/1: 3 is no variant's name, so whoever comes to it gets an "
                    "error"}));
    EXPECT_EQ(said(R"(,"targeting":{"in_segment":"vip"})"),
              (Said{"/targeting: there is no variant 'true', so whoever comes to it gets an error",
                    "/targeting: there is no variant 'false', so whoever comes to it gets an "
                    "error"}))
        << "a condition chooses between the variants 'true' and 'false'";
}

TEST_F(DefinitionWarningsTest, AFileOfFlagsNamesWhatNoFileHas) {
    const std::vector<std::string> unknown{"evaluators", "metdata"};
    EXPECT_EQ(flag_file_warnings(unknown),
              (Said{"/evaluators: no file of flags has this member, so it means nothing; did you "
                    "mean '$evaluators'?",
                    "/metdata: no file of flags has this member, so it means nothing; did you mean "
                    "'metadata'?"}));
}

TEST_F(DefinitionWarningsTest, AnExperimentOnEventsThatWereNeverSentIsNotStarted) {
    domain::Experiment experiment{.name = "n"};
    experiment.audience = base::JsonText::trusted(R"({"in_segment":"vip"})");
    experiment.metrics = {
        {.name = "bought", .kind = domain::MetricKind::conversion, .event = "Purchase"},
        {.name = "per view",
         .kind = domain::MetricKind::ratio,
         .event = "purchase",
         .denominator = "viwe"}};
    EXPECT_EQ(
        experiment_warnings(experiment, around()),
        (Said{"/metrics/0/event: no event 'Purchase' was ever sent; did you mean 'purchase'?",
              "/metrics/1/denominator: no event 'viwe' was ever sent; did you mean 'view'?"}));
    const auto checked = check_events(experiment, heard_);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Code::failed_precondition);
    EXPECT_EQ(checked.error().reason, "unknown_events");
    EXPECT_EQ(checked.error().fields.size(), 2u);
    EXPECT_EQ(checked.error().fields.at(1).pointer, "/metrics/1/denominator");

    EXPECT_TRUE(check_events(experiment, HeardNames{.names = {}, .is_whole = true}))
        << "who sent nothing yet has misspelled nothing";
}

}  // namespace
}  // namespace attune::engine
