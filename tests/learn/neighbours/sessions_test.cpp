#include "learn/neighbours/sessions.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

std::vector<Touch> at(std::initializer_list<std::int64_t> times) {
    std::vector<Touch> out;
    for (const std::int64_t time : times) out.push_back({.time = time});
    return out;
}

TEST(Sessions, EndWhereSomebodyIsAwayForLongerThanTheGap) {
    const auto history = at({0, 10, 20, 31, 100});
    const auto sessions = sessions_of(history, 10);
    ASSERT_EQ(sessions.size(), 3U);
    EXPECT_EQ(sessions[0].size(), 3U);
    EXPECT_EQ(sessions[1].front().time, 31);
    EXPECT_EQ(sessions[2].front().time, 100);
}

TEST(Sessions, AreOneWithoutAGap) {
    EXPECT_EQ(sessions_of(at({0, 1'000'000}), 0).size(), 1U);
    EXPECT_TRUE(sessions_of({}, 10).empty());
}

TEST(Sessions, TheLastIsTheLastOfAll) {
    for (const auto& history : {at({}), at({5}), at({0, 10, 20, 31, 100}), at({0, 50, 55, 60})}) {
        const auto sessions = sessions_of(history, 10);
        const History last = last_session(history, 10);
        EXPECT_EQ(last.size(), sessions.empty() ? 0 : sessions.back().size());
        if (!sessions.empty()) EXPECT_EQ(last.data(), sessions.back().data());
    }
}

}  // namespace
}  // namespace attune::learn
