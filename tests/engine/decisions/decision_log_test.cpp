#include "engine/decisions/decision_log.h"

#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/describe.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using testing::view;
using testing::World;

domain::Decision dark(std::string_view chosen = "applied") {
    return {.kind = "config",
            .subject = "dashboard",
            .choices = {{.of = "rule:dark",
                         .chosen = std::string(chosen),
                         .probability = 0.95,
                         .version = 2,
                         .among = {"applied", "holdout"}}},
            .features = {},
            .segments = {}};
}

class DecisionLogTest : public ::testing::Test {
protected:
    DecisionLogTest() {
        world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
        before_ = world_.json("ann");
    }
    std::vector<domain::Event> decisions_of(std::string_view user) {
        auto page = world_.people->interactions(world_.tenant, user, {.event = "$decision"});
        EXPECT_TRUE(page);
        return page ? page->items : std::vector<domain::Event>{};
    }

    World world_;
    std::string before_;
    DecisionLog log_{*world_.people, world_.clock, {}};
};

TEST_F(DecisionLogTest, ADecisionIsAnEventOfThePersonsAndChangesNothingAboutThem) {
    const std::string id = log_.record(world_.tenant, {.user_id = "ann"}, 7, dark());
    ASSERT_TRUE(log_.flush());
    const auto found = decisions_of("ann");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].decision_id, id);
    const auto decision = base::from_json<domain::Decision>(found[0].properties.text());
    ASSERT_TRUE(decision);
    EXPECT_EQ(decision->choices.at(0).of, "rule:dark");
    EXPECT_EQ(decision->choices.at(0).probability, 0.95);
    EXPECT_EQ(world_.json("ann"), before_);
    EXPECT_TRUE(world_.is_what_the_log_tells("ann"));
}

TEST_F(DecisionLogTest, TheSameAgainInOneSessionIsOneEventAlsoAfterARestart) {
    const std::string id = log_.record(world_.tenant, {.user_id = "ann"}, 7, dark());
    EXPECT_EQ(log_.record(world_.tenant, {.user_id = "ann"}, 7, dark()), id);
    EXPECT_NE(log_.record(world_.tenant, {.user_id = "ann"}, 8, dark()), id);
    EXPECT_NE(log_.record(world_.tenant, {.user_id = "ann"}, 7, dark("holdout")), id);
    EXPECT_NE(log_.record(world_.tenant, {.user_id = "bob"}, 7, dark()), id);
    ASSERT_TRUE(log_.flush());
    EXPECT_EQ(log_.stats().repeated, 1u);
    DecisionLog forgetful(*world_.people, world_.clock, {});
    EXPECT_EQ(forgetful.record(world_.tenant, {.user_id = "ann"}, 7, dark()), id);
    ASSERT_TRUE(forgetful.flush());
    EXPECT_EQ(decisions_of("ann").size(), 3u);
}

TEST_F(DecisionLogTest, TheSegmentsOfTheFirstTimeStand) {
    domain::Decision early = dark();
    early.segments = {"new"};
    domain::Decision late = dark();
    late.segments = {"new", "regulars"};
    const std::string id = log_.record(world_.tenant, {.user_id = "ann"}, 7, early);
    EXPECT_EQ(log_.record(world_.tenant, {.user_id = "ann"}, 7, late), id);
    ASSERT_TRUE(log_.flush());
    const auto found = decisions_of("ann");
    ASSERT_EQ(found.size(), 1u);
    const auto decision = base::from_json<domain::Decision>(found[0].properties.text());
    ASSERT_TRUE(decision);
    EXPECT_EQ(decision->segments, std::vector<std::string>{"new"});
}

TEST_F(DecisionLogTest, WhatFindsNoRoomIsDroppedAndCounted) {
    world_.store->set_disk_full(true);
    (void)log_.record(world_.tenant, {.user_id = "ann"}, 7, dark());
    ASSERT_TRUE(log_.flush());
    EXPECT_EQ(log_.stats().dropped, 1u);
    EXPECT_EQ(log_.stats().recorded, 1u) << "a count never goes back";
}

TEST_F(DecisionLogTest, WhoWasErasedMeanwhileStaysErased) {
    ASSERT_TRUE(world_.people->erase(world_.tenant, "ann"));
    (void)log_.record(world_.tenant, {.user_id = "ann"}, 8, dark());
    ASSERT_TRUE(log_.flush());
    EXPECT_EQ(world_.people->read(world_.tenant, "ann").error().code, Code::not_found);
    EXPECT_EQ(log_.stats().dropped, 1u);
}

TEST_F(DecisionLogTest, WritesWhatWaitsWhenItEnds) {
    {
        DecisionLog log(*world_.people, world_.clock, {});
        for (int i = 0; i < 500; ++i)
            (void)log.record(world_.tenant, {.user_id = "ann"}, i, dark());
    }
    auto page =
        world_.people->interactions(world_.tenant, "ann", {.event = "$decision", .limit = 1'000});
    EXPECT_EQ(page->items.size(), 500u);
}

}  // namespace
}  // namespace attune::engine
