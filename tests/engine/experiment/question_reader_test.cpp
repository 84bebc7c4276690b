// What is asked of the log by others than experiments: any choice by its name, from some version on.
#include "engine/experiment/question_reader.h"

#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/describe.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::World;

class FixedQuestions final : public QuestionSource {
public:
    Result<std::shared_ptr<const Questions>> questions(TenantId) override { return now; }

    std::shared_ptr<const Questions> now = std::make_shared<const Questions>();
};

std::shared_ptr<const domain::Experiment> split(std::string_view event) {
    return std::make_shared<const domain::Experiment>(domain::Experiment{
        .variants = {{"holdout", 0.05, {}}, {"applied", 0.95, {}}},
        .metrics = {{.name = "goal", .event = std::string(event), .window_seconds = 3'600}}});
}

class QuestionReaderTest : public ::testing::Test {
protected:
    void ask(std::vector<Question> list, std::string counted = {}) {
        source_.now = std::make_shared<const Questions>(
            Questions{.list = std::move(list), .counted = std::move(counted)});
    }
    void tell(const std::string& user, std::string_view event, domain::Decision decision = {}) {
        domain::Event e{
            .id = "e" + std::to_string(++events_), .user_id = user, .event = std::string(event)};
        e.time = e.received_at = start_ + std::chrono::seconds(events_);
        if (!decision.choices.empty())
            e.properties = base::JsonText::trusted(base::to_json(decision));
        world_.apply({.user_id = user}, {e});
    }
    void decide(const std::string& user, std::vector<domain::Choice> choices) {
        tell(user, "$decision", {.kind = "config", .subject = "x", .choices = std::move(choices)});
    }
    static domain::Choice rule(std::string_view id, std::string_view chosen,
                               std::uint64_t version = 1) {
        return {.of = "rule:" + std::string(id), .chosen = std::string(chosen), .version = version};
    }
    // Units and conversions of an arm; nothing of what is not followed.
    std::optional<std::pair<std::uint64_t, double>> arm(std::string_view of, std::size_t arm) {
        EXPECT_TRUE(reader_.catch_up(world_.tenant));
        std::optional<std::pair<std::uint64_t, double>> found;
        EXPECT_TRUE(reader_.look(world_.tenant, of, [&](const QuestionReader::View& seen) {
            EXPECT_TRUE(seen.is_current());
            if (const Tally* tally = seen.tally(of))
                found = {tally->units(arm), tally->sums(arm, 0).sum(learn::Variable::value)};
            return Result<void>{};
        }));
        return found;
    }
    std::optional<ChoiceCount> count(std::string_view of, std::uint64_t since) {
        EXPECT_TRUE(reader_.catch_up(world_.tenant));
        std::optional<ChoiceCount> found;
        EXPECT_TRUE(reader_.look(world_.tenant, {}, [&](const QuestionReader::View& seen) {
            found = seen.count(of, since);
            return Result<void>{};
        }));
        return found;
    }

    const base::Time start_{1'780'000'000s};
    World world_;
    FixedQuestions source_;
    FixedQuestions other_;
    QuestionReader reader_{*world_.store, {&source_, &other_}};
    std::uint64_t events_ = 0;
};

using Counted = std::pair<std::uint64_t, double>;

TEST_F(QuestionReaderTest, AnyChoiceCanBeAskedAboutByItsName) {
    ask({{.of = "rule:dark", .definition = split("like")},
         {.of = "flag:dark", .definition = split("like")}});
    decide("ann", {rule("dark", "applied"), rule("other", "holdout")});
    decide("bob", {rule("dark", "holdout")});
    tell("ann", "like");
    EXPECT_EQ(arm("rule:dark", 1), Counted(1, 1));
    EXPECT_EQ(arm("rule:dark", 0), Counted(1, 0));
    EXPECT_EQ(arm("flag:dark", 1), Counted(0, 0));
    EXPECT_EQ(arm("rule:other", 0), std::nullopt);
}

TEST_F(QuestionReaderTest, SourcesStandBesideEachOther) {
    ask({{.of = "rule:dark", .definition = split("like")}});
    other_.now = std::make_shared<const Questions>(
        Questions{.list = {{.of = "flag:new", .definition = split("like")}}, .counted = {}});
    decide("ann", {rule("dark", "applied"), {.of = "flag:new", .chosen = "applied"}});
    EXPECT_EQ(arm("rule:dark", 1), Counted(1, 0));
    EXPECT_EQ(arm("flag:new", 1), Counted(1, 0));
}

TEST_F(QuestionReaderTest, WhatEarlierVersionsChoseAnswersAnotherQuestion) {
    decide("ann", {rule("dark", "applied", 1)});
    decide("bob", {rule("dark", "applied", 2)});
    tell("ann", "like");
    tell("bob", "like");
    ask({{.of = "rule:dark", .definition = split("like"), .since_version = 2}});
    EXPECT_EQ(arm("rule:dark", 1), Counted(1, 1));
    decide("ann", {rule("dark", "holdout", 3)});
    EXPECT_EQ(arm("rule:dark", 0), Counted(1, 0));
    // It is asked anew: what was counted is not what is asked any more.
    ask({{.of = "rule:dark", .definition = split("like"), .since_version = 4}});
    EXPECT_EQ(arm("rule:dark", 0), Counted(0, 0));
    decide("ann", {rule("dark", "holdout", 4)});
    tell("ann", "like");
    EXPECT_EQ(arm("rule:dark", 0), Counted(1, 1));
}

TEST_F(QuestionReaderTest, WhatIsAskedLaterKnowsWhatCameSince) {
    ask({{.of = "rule:dark", .definition = split("like")}}, "rule:");
    decide("ann", {rule("dark", "applied")});
    EXPECT_EQ(arm("rule:dark", 1), Counted(1, 0));
    ask({{.of = "rule:dark", .definition = split("like")},
         {.of = "rule:new", .definition = split("like")}},
        "rule:");
    decide("ann", {rule("new", "applied")});
    EXPECT_EQ(arm("rule:new", 1), Counted(1, 0));
    EXPECT_EQ(arm("rule:dark", 1), Counted(1, 0));
}

TEST_F(QuestionReaderTest, WhatIsNotFollowedIsReadOnceSomebodyAsks) {
    decide("ann", {rule("old", "applied")});
    ask({{.of = "rule:old", .definition = split("like"), .is_followed = false}}, "rule:");
    EXPECT_EQ(count("rule:old", 1)->decisions, 1u);
    EXPECT_EQ(arm("rule:old", 1), Counted(1, 0));
}

TEST_F(QuestionReaderTest, UnitsAddUpByTheSegmentsTheyWereInAtFirst) {
    ask({{.of = "rule:dark", .definition = split("like")}});
    const auto decide_in = [&](const std::string& user, std::string_view chosen,
                               std::vector<std::string> segments) {
        tell(user, "$decision",
             {.kind = "config",
              .subject = "x",
              .choices = {rule("dark", chosen)},
              .segments = std::move(segments)});
    };
    decide_in("ann", "applied", {"vip", "new"});
    decide_in("bob", "applied", {"vip"});
    decide_in("cleo", "holdout", {});
    decide_in("ann", "applied", {"old"});  // she is counted already
    tell("ann", "like");
    tell("cleo", "like");
    ASSERT_TRUE(reader_.catch_up(world_.tenant));
    ASSERT_TRUE(reader_.look(world_.tenant, {}, [&](const QuestionReader::View& seen) {
        const Tally& tally = *seen.tally("rule:dark");
        EXPECT_EQ(tally.segments(), (std::vector<std::string>{"vip", "new"}));
        EXPECT_EQ(tally.units(1, 0), 2u);
        EXPECT_EQ(tally.units(1, 1), 1u);
        EXPECT_EQ(tally.sums(1, 0, 0).sum(learn::Variable::value), 1);
        EXPECT_EQ(tally.sums(1, 0, 1).n(), 1u);
        EXPECT_EQ(tally.units(0, 0), 0u);
        EXPECT_EQ(tally.units(0), 1u);
        return Result<void>{};
    }));
}

TEST(TallyOfSegments, WhatIsForgottenIsForgottenThereToo) {
    Tally tally(*split("like"));
    const base::Time at{1'780'000'000s};
    std::vector<std::string> segments;
    for (std::size_t i = 0; i < Tally::kSegmentsMax + 5; ++i)
        segments.push_back("s" + std::to_string(i));
    tally.expose({}, 1, 1, at, segments);
    EXPECT_EQ(tally.segments().size(), Tally::kSegmentsMax);
    EXPECT_EQ(tally.units(1, Tally::kSegmentsMax - 1), 1u);
    tally.observe({}, {"like", at + 1s, {}});
    EXPECT_EQ(tally.sums(1, 0, 3).sum(learn::Variable::value), 1);
    EXPECT_TRUE(tally.forget({}));
    EXPECT_EQ(tally.units(1, 3), 0u);
    EXPECT_EQ(tally.sums(1, 0, 3).n(), 0u);
}

TEST_F(QuestionReaderTest, DecisionsAreCountedByWhatHadASayAndItsVersion) {
    ask({}, "rule:");
    decide("ann", {rule("dark", "applied", 1), rule("wide", "applied", 4)});
    decide("bob", {rule("dark", "holdout", 3), {.of = "experiment:e", .chosen = "blue"}});
    EXPECT_EQ(count("rule:dark", 0)->decisions, 2u);
    EXPECT_EQ(count("rule:dark", 2)->decisions, 1u);
    EXPECT_EQ(count("rule:dark", 0)->last, start_ + 2s);
    EXPECT_EQ(count("rule:wide", 0)->last, start_ + 1s);
    EXPECT_EQ(count("rule:never", 0)->decisions, 0u);
    EXPECT_EQ(count("experiment:e", 0), std::nullopt);
    ASSERT_TRUE(reader_.look(world_.tenant, {}, [&](const QuestionReader::View& seen) {
        EXPECT_EQ(seen.decisions_since("rule:dark", start_ + 1h), 2u);  // of that day
        EXPECT_EQ(seen.decisions_since("rule:dark", start_ + 24h), 0u);
        EXPECT_EQ(seen.decisions_since("flag:dark", start_), std::nullopt);
        return Result<void>{};
    }));
}

TEST_F(QuestionReaderTest, OfVeryManyVersionsTheOldestCountTogether) {
    ask({}, "rule:");
    for (std::uint64_t version = 1; version <= 60; ++version)
        decide("ann", {rule("dark", "applied", version)});
    EXPECT_EQ(count("rule:dark", 0)->decisions, 60u);
    EXPECT_EQ(count("rule:dark", 60)->decisions, 1u);
    EXPECT_EQ(count("rule:dark", 31)->decisions, 30u);
}

}  // namespace
}  // namespace attune::engine
