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

}  // namespace
}  // namespace attune::api::testing
