#include "app/command.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

namespace attune::app {
namespace {

TEST(Commands, AreDescribedInFull) {
    std::set<std::string_view> names;
    for (const Command* command : all_commands()) {
        EXPECT_TRUE(names.insert(command->name).second) << command->name;
        EXPECT_NE(command->run, nullptr) << command->name;
        EXPECT_EQ(command->summary.back(), '.') << command->name;
        std::set<std::string_view> options;
        for (const Option& option : command->options) {
            EXPECT_TRUE(options.insert(option.name).second)
                << command->name << " --" << option.name;
            EXPECT_EQ(find_setting(option.name), nullptr) << "taken by a setting: " << option.name;
            EXPECT_EQ(option.doc.back(), '.') << command->name << " --" << option.name;
        }
    }
}

TEST(Commands, NoSecretCanBeGivenOnTheCommandLine) {
    for (const Command* command : all_commands()) {
        for (const Option& option : command->options) {
            EXPECT_NE(option.name, "key");
            EXPECT_EQ(option.name.find("secret"), std::string_view::npos);
            EXPECT_EQ(option.name.find("password"), std::string_view::npos);
        }
    }
}

TEST(Commands, ThePageInTheDocumentationIsTheseDescriptions) {
    const std::string path = std::string(ATTUNE_SOURCE_DIR) + "/docs/cli.md";
    if (std::getenv("ATTUNE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << commands_page();
    std::ifstream file(path);
    const std::string page((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(page, commands_page()) << "run this test with ATTUNE_UPDATE_GOLDEN=1";
}

TEST(Invocation, NumbersAreHeldToTheirBounds) {
    Invocation invocation;
    invocation.values["n"] = {"7"};
    EXPECT_EQ(invocation.number_or("n", 1, 0, 10).value(), 7u);
    EXPECT_EQ(invocation.number_or("missing", 3, 0, 10).value(), 3u);
    for (const char* wrong : {"11", "-1", "x", "7x", "", "18446744073709551616"}) {
        invocation.values["n"] = {wrong};
        EXPECT_EQ(invocation.number("n", 0, 10).error().code, Code::invalid_argument) << wrong;
    }
}

TEST(Console, OutsideTextCannotSteerATerminal) {
    EXPECT_EQ(printable("a\x1b[31m\n"), "a\\x1b[31m\\x0a");
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1'234'567), "1,234,567");
    EXPECT_EQ(spoken(std::chrono::seconds(59)), "59 s");
    EXPECT_EQ(spoken(std::chrono::seconds(250)), "4 min 10 s");
    EXPECT_EQ(spoken(std::chrono::minutes(125)), "2 h 5 min");
}

}  // namespace
}  // namespace attune::app
