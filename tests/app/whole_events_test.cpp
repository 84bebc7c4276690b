#include "app/whole_events.h"

#include <gtest/gtest.h>

namespace attune::app {
namespace {

constexpr std::string_view kNow = "2026-03-01T12:00:00Z";

// The place of what is wrong with an event that happened and was received at these times; empty: it is taken.
std::string refused(const std::string& time, const std::string& received_at) {
    const auto event = whole_event(R"({"id":"e1","user_id":"ann","event":"view","time":")" + time +
                                       R"(","received_at":")" + received_at + R"("})",
                                   *base::parse_time(kNow));
    if (event) return {};
    EXPECT_EQ(event.error().code, Code::invalid_argument);
    return event.error().fields.at(0).pointer;
}

TEST(WholeEvents, AreTakenAsTheyStandHoweverOldTheyAre) {
    EXPECT_EQ(refused("2019-05-01T00:00:00Z", "2026-02-01T00:00:00Z"), "");
    EXPECT_EQ(refused("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"), "");
    EXPECT_EQ(refused("2026-02-02T00:00:00Z", "2026-02-01T00:00:00Z"), "")
        << "as a server takes it";
}

TEST(WholeEvents, NobodyHasReceivedWhatIsToCome) {
    EXPECT_EQ(refused("2026-03-01T12:00:00Z", "9999-01-01T00:00:00Z"), "/received_at");
    EXPECT_EQ(refused("2026-03-01T12:00:00Z", "2026-03-01T12:05:01Z"), "/received_at");
    EXPECT_EQ(refused("2026-03-01T12:00:00Z", "2026-03-01T12:04:59Z"), "") << "clocks differ";
}

TEST(WholeEvents, NothingHappensMoreThanADayAfterItWasReceived) {
    EXPECT_EQ(refused("9999-01-01T00:00:00Z", "2026-03-01T12:00:00Z"), "/time");
    EXPECT_EQ(refused("2026-02-02T00:00:01Z", "2026-02-01T00:00:00Z"), "/time");
}

}  // namespace
}  // namespace attune::app
