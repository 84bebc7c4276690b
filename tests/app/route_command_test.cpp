#include "app/route_command.h"

#include "api/routes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace attune::app {
namespace {

// "/rules/{RULE}:revert" and "/rules/{rule_id}:revert" are one path.
std::string shape_of(std::string_view path) {
    std::string shape;
    for (bool is_name = false; const char c : path) {
        if (c == '}') is_name = false;
        if (!is_name) shape += c;
        if (c == '{') is_name = true;
    }
    return shape;
}

const api::Route* route_of(http::Method method, std::string_view path) {
    for (const api::Route* route : api::all_routes())
        if (route->method == method && shape_of(route->pattern) == shape_of(path)) return route;
    return nullptr;
}

bool takes(const Command& command, std::string_view name) {
    return std::ranges::find(command.options, name, &Option::name) != command.options.end() ||
           std::ranges::find(command.arguments, name, &Argument::name) != command.arguments.end();
}

void expect_filled_from(const Command& command, std::string_view path) {
    while (true) {
        const auto open = path.find('{');
        if (open == std::string_view::npos) return;
        const auto close = path.find('}', open);
        const auto name = path.substr(open + 1, close - open - 1);
        EXPECT_TRUE(takes(command, name)) << command.name << " has no " << name;
        path.remove_prefix(close + 1);
    }
}

void expect_parts(const Command& command, std::span<const RoutePart> parts) {
    for (const RoutePart& part : parts)
        EXPECT_TRUE(part.from.empty() || takes(command, part.from))
            << command.name << " has no " << part.from;
}

// A command asks for what there is, and all that it may be given goes somewhere.
TEST(RouteCommands, AreFacesOfRoutesThatThereAre) {
    int faces = 0;
    for (const Command* command : all_commands()) {
        if (command->face == nullptr) continue;
        ++faces;
        const RouteFace& face = *command->face;
        const api::Route* const route = route_of(face.method, face.path);
        ASSERT_NE(route, nullptr) << command->name << ": " << face.path;
        EXPECT_TRUE(face.path_of_all.empty() || route_of(face.method, face.path_of_all) != nullptr)
            << command->name << ": " << face.path_of_all;
        EXPECT_EQ(face.of_root, !route->access.tenant_bound()) << command->name;
        expect_filled_from(*command, face.path);
        expect_parts(*command, face.query);
        expect_parts(*command, face.body);
        for (const RoutePart& part : face.query) {
            const auto name = part.name.empty() ? part.from : part.name;
            EXPECT_TRUE(name.empty() || std::ranges::find(route->query, name, &api::Param::name) !=
                                            route->query.end())
                << command->name << ": ?" << name;
        }
    }
    EXPECT_GT(faces, 30);
}

bool is_used(const Command& command, std::string_view name) {
    const RouteFace& face = *command.face;
    const auto from = [&](const RoutePart& part) { return part.from == name; };
    return std::ranges::any_of(face.query, from) || std::ranges::any_of(face.body, from) ||
           face.file == name || face.body_of != nullptr || name == "tenant" || name == "url" ||
           face.path.contains("{" + std::string(name) + "}");
}

TEST(RouteCommands, PassOnAllThatTheyTake) {
    for (const Command* command : all_commands()) {
        if (command->face == nullptr) continue;
        for (const Option& option : command->options)
            EXPECT_TRUE(is_used(*command, option.name)) << command->name << " --" << option.name;
        for (const Argument& argument : command->arguments)
            EXPECT_TRUE(is_used(*command, argument.name)) << command->name << " " << argument.name;
    }
}

}  // namespace
}  // namespace attune::app
