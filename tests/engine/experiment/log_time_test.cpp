#include "engine/experiment/log_time.h"

#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/describe.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::World;

class LogTimeTest : public ::testing::Test {
protected:
    // An event a minute.
    void live(int minutes) {
        for (int i = 0; i < minutes; ++i) {
            domain::Event event = testing::view("e" + std::to_string(i), "ann", {});
            event.time = event.received_at = start_ + (i * 1min);
            world_.apply({.user_id = "ann"}, {event});
        }
    }
    // The first event that is read from there.
    std::string first_behind(base::Time time) {
        const auto from = position_before(*world_.store, world_.tenant, time);
        EXPECT_TRUE(from);
        std::string first;
        EXPECT_TRUE(world_.store->scan_all(world_.tenant, {*from}, [&](const auto& logged) {
            first = base::from_json<domain::Event>(logged.payload)->id;
            return false;
        }));
        return first;
    }

    World world_;
    const base::Time start_{1'780'000'000s};
};

TEST_F(LogTimeTest, ATimeBeginsACommitAndAMinuteBeforeWhatWasReceivedThen) {
    live(200);
    EXPECT_EQ(first_behind(start_ + 150min), "e148");
    EXPECT_EQ(first_behind(start_ + 150min + 30s), "e149");
    EXPECT_EQ(first_behind(start_ + 2min), "e0");
}

TEST_F(LogTimeTest, WhatIsAsOldAsTheLogBeginsWithIt) {
    live(3);
    EXPECT_EQ(first_behind(start_), "e0");
    EXPECT_EQ(first_behind(start_ - 24h), "e0");
}

TEST_F(LogTimeTest, WhatHasNotComeYetBeginsWithTheLastCommit) {
    EXPECT_EQ(first_behind(start_), "");
    live(5);
    EXPECT_EQ(first_behind(start_ + 24h), "e4");
}

}  // namespace
}  // namespace attune::engine
