#include "learn/simulate/visitors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace attune::learn::simulate {
namespace {

class VisitorsTest : public ::testing::Test {
protected:
    const World world_{{.seed = 4, .people = 300, .items = 200, .days = 30}};
    Visitors visitors_{world_};
};

TEST_F(VisitorsTest, ComeInOrderOfTimeAndWithinTheirDay) {
    const auto arrivals = visitors_.of_day(9);
    ASSERT_GT(arrivals.size(), 20U);
    EXPECT_TRUE(std::ranges::is_sorted(arrivals, {}, &Arrival::at));
    EXPECT_GE(arrivals.front().at, 9 * kDayMicros);
    EXPECT_LT(arrivals.back().at, 10 * kDayMicros);
}

TEST_F(VisitorsTest, ComeOnlyWhileTheyAreThereAndHaveAName) {
    for (std::int32_t day = 0; day < 30; ++day) {
        for (const Arrival& arrival : visitors_.of_day(day)) {
            const Person person = world_.person(arrival.person);
            EXPECT_TRUE(person.is_here(day));
            EXPECT_LE(person.logs_in_day, day);
            EXPECT_EQ(visitors_.opening(arrival).user_id, user_id_of(arrival.person));
        }
    }
}

TEST_F(VisitorsTest, ComeAsOftenAsTheyDoInTheLog) {
    double expected = 0;
    double came = 0;
    for (std::int32_t day = 0; day < 30; ++day) {
        came += static_cast<double>(visitors_.of_day(day).size());
        for (std::uint32_t number = 0; number < 300; ++number) {
            const Person person = world_.person(number);
            if (person.is_here(day) && person.logs_in_day <= day) expected += person.visits_per_day;
        }
    }
    EXPECT_NEAR(came / expected, 1, 0.15);
}

TEST_F(VisitorsTest, ReactTheSameToTheSameListAndNameItsDecision) {
    std::vector<std::uint32_t> shown(10);
    std::iota(shown.begin(), shown.end(), 0U);
    Visitors others(world_);
    std::size_t clicks = 0;
    for (const Arrival& arrival : visitors_.of_day(9)) {
        const auto events = visitors_.reaction(arrival, shown, "dec_1");
        const auto again = others.reaction(arrival, shown, "dec_1");
        ASSERT_EQ(events.size(), again.size());
        for (std::size_t i = 0; i < events.size(); ++i) {
            EXPECT_EQ(events[i].id, again[i].id);
            EXPECT_EQ(events[i].event, again[i].event);
            EXPECT_EQ(events[i].decision_id, "dec_1");
            EXPECT_GT(events[i].time, visitors_.opening(arrival).time);
            if (events[i].event == "click") ++clicks;
        }
    }
    EXPECT_GT(clicks, 0U);
}

TEST_F(VisitorsTest, NobodyAcquiresAnItemTwice) {
    const std::vector<std::uint32_t> shown{1, 2, 3};
    std::map<std::string, std::set<std::string>> acquired;
    for (std::int32_t day = 0; day < 30; ++day) {
        for (const Arrival& arrival : visitors_.of_day(day)) {
            for (const auto& event : visitors_.reaction(arrival, shown, {})) {
                if (event.event != "purchase" && event.event != "install") continue;
                EXPECT_TRUE(acquired[*event.user_id].insert(*event.item_id).second);
            }
        }
    }
    EXPECT_FALSE(acquired.empty());
}

}  // namespace
}  // namespace attune::learn::simulate
