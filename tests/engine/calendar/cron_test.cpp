#include "engine/calendar/cron.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

LocalTime local(std::string_view text) { return utc().local(base::parse_time(text).value()); }

std::string last(std::string_view cron, std::string_view at, int days_max = 400) {
    const auto parsed = Cron::parse(cron);
    if (!parsed) return parsed.error().message;
    const auto found = parsed->last_at_or_before(local(at), days_max);
    return found ? base::format_time(utc().time(*found)) : "never";
}

TEST(Cron, FindsTheLastMinuteItMeans) {
    EXPECT_EQ(last("* * * * *", "2026-03-01T12:34:56Z"), "2026-03-01T12:34:00Z");
    EXPECT_EQ(last("30 8-18/2 * * mon-fri", "2026-03-02T09:15:00Z"), "2026-03-02T08:30:00Z");
    EXPECT_EQ(last("30 8-18/2 * * mon-fri", "2026-03-02T08:29:00Z"), "2026-02-27T18:30:00Z");
    EXPECT_EQ(last("0 0 29 feb *", "2026-03-01T00:00:00Z", 2'000), "2024-02-29T00:00:00Z");
    EXPECT_EQ(last("0 0 29 2 *", "2026-03-01T00:00:00Z", 300), "never");
    EXPECT_EQ(last("5/15 3 * * *", "2026-03-01T03:36:00Z"), "2026-03-01T03:35:00Z");
}

TEST(Cron, TakesEitherDayWhenBothAreRestricted) {
    // 1 March 2026 is a Sunday.
    EXPECT_EQ(last("0 0 15 * sun", "2026-03-01T10:00:00Z"), "2026-03-01T00:00:00Z");
    EXPECT_EQ(last("0 0 15 * sun", "2026-02-21T10:00:00Z"), "2026-02-15T00:00:00Z");
    EXPECT_EQ(last("0 0 */2 * 7", "2026-03-07T10:00:00Z"), "2026-03-01T00:00:00Z");
    EXPECT_EQ(last("0 0 * * 0", "2026-03-07T10:00:00Z"), "2026-03-01T00:00:00Z");
}

TEST(Cron, NamesTheFieldThatIsWrong) {
    EXPECT_NE(last("* * * *", "2026-03-01T00:00:00Z").find("five fields"), std::string::npos);
    for (const auto& [cron, field] : {std::pair{"60 * * * *", "minute"},
                                      {"* 24 * * *", "hour"},
                                      {"* * 0 * *", "day"},
                                      {"* * * 13 *", "month"},
                                      {"* * * * 8", "weekday"},
                                      {"*/0 * * * *", "minute"},
                                      {"5-1 * * * *", "minute"},
                                      {"1,,2 * * * *", "minute"},
                                      {"* * * foo *", "month"},
                                      {"99999999999999999999 * * * *", "minute"},
                                      {"- * * * *", "minute"}}) {
        const auto parsed = Cron::parse(cron);
        ASSERT_FALSE(parsed) << cron;
        EXPECT_NE(parsed.error().message.find("the " + std::string(field)), std::string::npos)
            << parsed.error().message;
    }
    EXPECT_FALSE(Cron::parse(std::string(100'000, '*')));
}

TEST(Cron, OfADayThatNeverComesIsRefused) {
    for (const char* never : {"0 0 30 2 *", "0 0 31 feb,apr,jun,sep,nov *", "* * 30-31 2 */2"})
        EXPECT_NE(last(never, "2026-03-01T00:00:00Z").find("never comes"), std::string::npos)
            << never;
    for (const char* comes : {"0 0 29 2 *", "0 0 31 4,5 *", "0 0 30 2 mon", "0 0 */31 2 *"})
        EXPECT_TRUE(Cron::parse(comes)) << comes;
}

TEST(Cron, AgreesWithLookingAtEveryMinute) {
    std::mt19937 random(7);
    const char* fields[][4] = {{"*", "*/7", "3,40-50", "59"},
                               {"*", "0", "9-17", "*/5"},
                               {"*", "*/3", "1,15", "31"},
                               {"*", "2-6/2", "jan,dec", "11"},
                               {"*", "1-5", "sun", "*/2"}};
    for (int round = 0; round < 300; ++round) {
        std::string text;
        std::vector<std::string> words;
        for (const auto& field : fields) text += words.emplace_back(field[random() % 4]) + " ";
        const auto cron = Cron::parse(text);
        const bool never = words[2] == "31" && (words[3] == "2-6/2" || words[3] == "11") &&
                           words[4].starts_with('*');
        ASSERT_EQ(cron.has_value(), !never) << text;
        if (never) continue;
        base::Time at{1'780'000'000s + std::chrono::minutes(random() % 2'000'000)};
        const auto found = cron->last_at_or_before(utc().local(at), 3);
        std::optional<LocalTime> naive;
        at = std::chrono::floor<std::chrono::minutes>(at);
        const base::Time end = std::chrono::floor<std::chrono::days>(at) - std::chrono::days(3);
        for (; !naive && at >= end; at -= 1min)
            if (cron->matches(utc().local(at))) naive = utc().local(at);
        EXPECT_EQ(found, naive) << text;
    }
}

}  // namespace
}  // namespace attune::engine
