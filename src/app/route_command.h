// Commands that are faces of a route: which request it is, and which of its parts the options and arguments fill. What they
// print is what the route answers, in place and through a server alike.
//
//     constexpr RouteFace kShow{.path = "/api/v1/personalization/rules/{RULE}"};
//     const Command kRulesShow = route_command<kShow>({.name = "rules show", .summary = "Prints a rule, as JSON.",
//                                                      .arguments = {{.name = "RULE", .doc = "Its id."}}});
#pragma once

#include "app/command.h"
#include "base/result.h"
#include "http/message.h"

#include <array>
#include <string>
#include <string_view>

namespace attune::app {

// How what was given becomes JSON.
enum class RouteValue : std::uint8_t { text, number, json, file, list, yes };

struct RoutePart {
    std::string_view from;       // the option or argument
    std::string_view name = {};  // of the parameter or the member; the same when empty
    RouteValue as = RouteValue::text;
};

struct RouteFace {
    http::Method method = http::Method::get;
    std::string_view path;              // {RULE} is the argument RULE
    std::string_view path_of_all = {};  // where that argument is left out; its answer is a list
    std::array<RoutePart, 4> query{};
    std::array<RoutePart, 6> body{};  // the members that were given; no body when none was
    std::string_view file = {};       // instead: the argument whose file is the body
    Result<std::string> (*body_of)(const Invocation&) = nullptr;  // instead: made by hand
    bool lists = false;    // {"items": […], "cursor": …}: a line for each item of all pages
    bool of_root = false;  // above tenants
    // As ReachNeeds.
    bool whole_log = false;
    bool may_begin = false;
    std::string_view done = {};  // said on standard error once it is done
};

[[nodiscard]] int run_route(const RouteFace& face, const Invocation& invocation, Console& console);

template <const RouteFace& kFace>
int run_route_of(const Invocation& invocation, Console& console) {
    return run_route(kFace, invocation, console);
}

// Of commands that change something which keeps its history.
[[nodiscard]] Option version_option();
[[nodiscard]] Option note_option();

// With the options and settings that all of them take.
[[nodiscard]] Command with_reach(Command command, bool of_root = false);

template <const RouteFace& kFace>
[[nodiscard]] Command route_command(Command command) {
    command.run = &run_route_of<kFace>;
    command.face = &kFace;
    return with_reach(std::move(command), kFace.of_root);
}

}  // namespace attune::app
