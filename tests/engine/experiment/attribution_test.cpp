// Which events count for a metric that asks for the decision, or for the session, of an exposure.
#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/describe.h"
#include "engine/experiment/experiment_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::World;

constexpr std::string_view kHead =
    R"({"name":"n","variants":[{"name":"control","weight":0.5},{"name":"blue","weight":0.5}],)";
constexpr std::string_view kTail =
    R"("metrics":[{"name":"all","role":"primary","kind":"count","event":"purchase","window_seconds":86400},)"
    R"({"name":"decision","kind":"count","event":"purchase","window_seconds":86400,"attribution":"decision","covariate_seconds":3600},)"
    R"({"name":"session","kind":"count","event":"purchase","window_seconds":86400,"attribution":"same_session"}],)"
    R"("minimum_effect":0.1,"plan":{"baseline_mean":0.3,"baseline_deviation":1}})";

class AttributionTest : public ::testing::Test {
protected:
    void begin(std::string_view unit) {
        const std::string body =
            std::string(kHead) + R"("unit":")" + std::string(unit) + "\"," + std::string(kTail);
        const auto put = experiments_.put(world_.tenant, "e", base::JsonText::trusted(body), {});
        ASSERT_TRUE(put) << put.error().message;
        const auto started = experiments_.start(world_.tenant, "e", {});
        ASSERT_TRUE(started) << started.error().message;
    }
    domain::Event event(std::string_view name, base::Duration at,
                        std::optional<std::string> decision_id = std::nullopt) {
        domain::Event e{.id = "e" + std::to_string(++events_), .event = std::string(name)};
        e.time = e.received_at = start_ + at;
        e.decision_id = std::move(decision_id);
        return e;
    }
    domain::Event exposure(std::string_view id, base::Duration at,
                           std::optional<std::string> unit = std::nullopt) {
        domain::Event e = event("$decision", at);
        e.id = std::string(id);
        e.properties = base::JsonText::trusted(base::to_json(domain::Decision{
            .kind = "config",
            .subject = "x",
            .choices = {
                {.of = "experiment:e", .chosen = "blue", .version = 2, .unit = std::move(unit)}}}));
        return e;
    }
    void tell(const Identity& who, std::vector<domain::Event> events) {
        for (domain::Event& e : events) {
            e.user_id = who.user_id;
            e.anonymous_id = who.anonymous_id;
        }
        world_.apply(who, std::move(events));
    }
    void tell(std::vector<domain::Event> events) {
        tell(Identity{.user_id = "ann"}, std::move(events));
    }
    // What the blue arm has of "all", "decision" and "session": read along, and read at once.
    std::array<double, 3> counted() {
        const auto along = read(reader_);
        QuestionReader fresh(*world_.store, {&questions_});
        EXPECT_EQ(read(fresh), along);
        return along;
    }
    std::array<double, 3> read(QuestionReader& reader) {
        EXPECT_TRUE(reader.catch_up(world_.tenant));
        const auto found = ExperimentReader(reader, experiments_).results(world_.tenant, "e");
        EXPECT_TRUE(found);
        std::array<double, 3> sums{};
        for (std::size_t i = 0; i < sums.size(); ++i)
            sums.at(i) = found->metrics.at(i).arms.at(1).sums.sum.value_or(0);
        covariate_ = found->metrics.at(1).arms.at(1).sums.covariate_sum.value_or(0);
        return sums;
    }
    using Counted = std::array<double, 3>;

    const base::Time start_{1'780'000'000s};
    World world_;
    Experiments experiments_{*world_.store, world_.clock};
    ExperimentQuestions questions_{experiments_};
    QuestionReader reader_{*world_.store, {&questions_}};
    std::uint64_t events_ = 0;
    double covariate_ = 0;
};

TEST_F(AttributionTest, ADecisionIsAnsweredByEventsThatNameIt) {
    begin("person");
    tell({exposure("d1", 0min), event("purchase", 1min), event("purchase", 2min, "d1"),
          event("purchase", 3min, "another")});
    EXPECT_EQ(counted(), (Counted{3, 1, 3}));
    // A day is over, whatever the event names.
    tell({event("purchase", 25h, "d1")});
    EXPECT_EQ(counted(), (Counted{3, 1, 3}));
}

TEST_F(AttributionTest, AnyDecisionThatExposedTheUnitMayBeNamed) {
    begin("person");
    tell({exposure("d1", 0min), exposure("d2", 2h), event("purchase", 3h, "d1"),
          event("purchase", 3h, "d2"), exposure("d2", 4h)});
    EXPECT_EQ(counted()[1], 2);
}

TEST_F(AttributionTest, ASessionEndsWhenThirtyMinutesPassWithoutAnEvent) {
    begin("person");
    tell({exposure("d1", 0min), event("view", 20min), event("purchase", 50min),
          event("purchase", 81min)});
    EXPECT_EQ(counted(), (Counted{2, 0, 1}));
    // Back, but not exposed again; then exposed again.
    tell({event("purchase", 3h), exposure("d2", 3h + 1min), event("purchase", 3h + 2min)});
    EXPECT_EQ(counted(), (Counted{4, 0, 2}));
}

TEST_F(AttributionTest, WhatIsLoggedBeforeTheExposureThatItAnswersCountsOnce) {
    begin("person");
    tell({event("purchase", 2min, "d1"), event("purchase", 1min), exposure("d1", 0min)});
    EXPECT_EQ(counted(), (Counted{2, 1, 2}));
    tell({event("purchase", 5h + 1min, "d2"), event("view", 5h + 20min),
          event("purchase", 5h + 40min), exposure("d2", 5h), exposure("d2", 5h)});
    EXPECT_EQ(counted(), (Counted{4, 2, 4}));
}

TEST_F(AttributionTest, WhatWasBeforeTheExposureAdjustsWhateverItNames) {
    begin("person");
    tell({event("purchase", -10min), exposure("d1", 0min), event("purchase", 1min, "d1")});
    EXPECT_EQ(counted(), (Counted{1, 1, 1}));
    EXPECT_EQ(covariate_, 1);
}

TEST_F(AttributionTest, TwoWhoBecomeOneAreCountedAgain) {
    begin("person");
    tell(Identity{.anonymous_id = "v"}, {exposure("d1", 0min), event("purchase", 1min, "d1")});
    EXPECT_EQ(counted(), (Counted{1, 1, 1}));
    tell({exposure("d2", 10min), event("purchase", 11min, "d2"), event("purchase", 12min)});
    tell(Identity{.user_id = "ann", .anonymous_id = "v"}, {event("view", 13min)});
    EXPECT_EQ(counted(), (Counted{3, 2, 3}));
    tell({event("purchase", 14min, "d1"), event("purchase", 2h)});
    EXPECT_EQ(counted(), (Counted{5, 3, 4}));
}

TEST_F(AttributionTest, AnEventAnswersTheSessionWhoseDecisionItNames) {
    begin("session");
    tell({exposure("d1", 0min, "s1"), exposure("d2", 10h, "s2"),
          event("purchase", 10h + 1min, "d1"), event("purchase", 10h + 2min, "d2")});
    EXPECT_EQ(counted(), (Counted{2, 2, 2}));
    // The first session's window is over, and the second's is not.
    tell({event("purchase", 25h, "d1"), event("purchase", 25h, "d2")});
    EXPECT_EQ(counted(), (Counted{4, 3, 2}));
}

}  // namespace
}  // namespace attune::engine
