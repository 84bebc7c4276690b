// What is exported, by what is in it.
#include "tests/api/expect_json.h"
#include "tests/api/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace attune::api::testing {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

TEST(ExportsOverHttp, AVisitorWhoIsCalledAsSomebodyKnownIsThereToo) {
    World world;
    world.body_of("POST", "/events",
                  R"([{"user_id":"same","event":"view"},{"user_id":"same","event":"view"},)"
                  R"({"anonymous_id":"same","event":"view"}])",
                  200);
    const auto lines = lines_of(world.body_of("GET", "/users:export", {}, 200));
    ASSERT_EQ(lines.size(), 3u) << "two people and the end";
    std::vector<std::string> events;
    for (std::size_t i = 0; i < 2; ++i) events.push_back(json_at(lines[i], "/behaviour/events"));
    std::ranges::sort(events);
    EXPECT_EQ(events, (std::vector<std::string>{"1", "2"}));
}

// What others write costs a request so much and no more, and is passed over from one page to the next.
TEST(ExportsOverHttp, ATenantOfFewEventsFindsThemAmongManyOfOthers) {
    World world;
    const std::string ours = R"([{"id":"ours","user_id":"ann","event":"view"}])";
    ASSERT_EQ(
        world.ask({.method = "POST", .path = "/api/v1/events", .as = "admin@other", .body = ours})
            .status,
        200);
    const auto tenant = world.engine().tenants().find("default");
    ASSERT_TRUE(tenant);
    store::Store& store = world.engine().store();
    const auto others_write = [&](std::uint64_t commits) {
        for (std::uint64_t i = 0; i < commits; ++i) {
            base::Id128 key;
            for (std::size_t byte = 0; byte < 8; ++byte)
                key.bytes[byte] = static_cast<std::uint8_t>(i >> (8 * byte));
            ASSERT_TRUE(store.append({.tenant = *tenant, .person = key, .events = {{key, "{}"}}}));
        }
    };
    const auto page = [&](const std::string& query) {
        const auto answer =
            world.ask({.path = "/api/v1/events:export" + query, .as = "admin@other"});
        EXPECT_EQ(answer.status, 200);
        return lines_of(answer.body);
    };
    others_write(70'000);
    const auto first = page("");
    ASSERT_EQ(first.size(), 2u);
    EXPECT_EQ(json_at(first[0], "/id"), "ours");
    const std::string cursor = json_at(first[1], "/cursor");
    ASSERT_NE(cursor, "null") << "it has not looked at everything";
    const auto second = page("?cursor=" + cursor);
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(json_at(second[0], "/cursor"), "null");
    // The newest are looked for so far back and no further.
    EXPECT_EQ(page("?newest=3").size(), 1u);
    EXPECT_EQ(json_at(page("?newest=3")[0], "/cursor"), "null");
}

}  // namespace
}  // namespace attune::api::testing
