// Flags and their rollouts.
#include "app/commands.h"
#include "app/route_command.h"
#include "base/json.h"

#include <array>

namespace attune::app {
namespace {

using http::Method;

const Argument kFlag{.name = "FLAG", .doc = "Its key."};

// {"context": {…, "targetingKey": USER}}
Result<std::string> evaluation_question(const Invocation& invocation) {
    const auto context = base::JsonDocument::parse(invocation.text("context").value_or("{}"));
    if (!context || !context->root().is_object())
        return fail(Code::invalid_argument, "--context must be a JSON object");
    std::string body(context->root().text().text());
    const auto user = invocation.text("user");
    if (user && context->root().find("targetingKey"))
        return fail(Code::invalid_argument, "name the person by --user or by targetingKey");
    if (user) {
        body.pop_back();
        body += body.size() > 1 ? R"(,"targetingKey":)" : R"("targetingKey":)";
        base::append_json(body, std::string_view(*user));
        body += '}';
    }
    return R"({"context":)" + body + "}";
}

constexpr RouteFace kList{.path = "/api/v1/flags", .lists = true};
constexpr RouteFace kShow{.path = "/api/v1/flags/{FLAG}"};
constexpr RouteFace kEvaluate{.method = Method::post,
                              .path = "/ofrep/v1/evaluate/flags/{FLAG}",
                              .body_of = &evaluation_question};
constexpr RouteFace kHistory{.path = "/api/v1/flags/{FLAG}/history", .lists = true};
constexpr RouteFace kRevert{.method = Method::post,
                            .path = "/api/v1/flags/{FLAG}:revert",
                            .body = {{{"version", {}, RouteValue::number}, {"note"}}}};
constexpr RouteFace kStale{.path = "/api/v1/flags:stale", .query = {{{"days"}}}};
constexpr RouteFace kRollout{.path = "/api/v1/flags/{FLAG}/rollout", .whole_log = true};
constexpr RouteFace kResume{.method = Method::post, .path = "/api/v1/flags/{FLAG}:resume"};

Command evaluate_command() {
    return route_command<kEvaluate>(
        {.name = "flags evaluate",
         .summary = "Prints what a flag says to somebody, and why, as JSON.",
         .manual = "It is an evaluation like any other: what it draws by chance is kept in the "
                   "person's log.",
         .arguments = {kFlag},
         .options = {{.name = "user", .value = "USER", .doc = "To whom; nobody when left out."},
                     {.name = "context",
                      .value = "JSON",
                      .doc = "What its targeting looks at, as in {\"country\":\"CH\"}."}}});
}

}  // namespace

std::span<const Command> flag_commands() {
    static const std::array commands{
        route_command<kList>(
            {.name = "flags list", .summary = "Lists the flags by key, one line of JSON each."}),
        route_command<kShow>(
            {.name = "flags show", .summary = "Prints a flag, as JSON.", .arguments = {kFlag}}),
        evaluate_command(),
        route_command<kHistory>({.name = "flags history",
                                 .summary = "Lists a flag's versions, the newest first, one line "
                                            "of JSON each.",
                                 .arguments = {kFlag}}),
        route_command<kRevert>({.name = "flags revert",
                                .summary = "Makes a flag what it was.",
                                .arguments = {kFlag},
                                .options = {version_option(), note_option()}}),
        route_command<kStale>(
            {.name = "flags stale",
             .summary = "Prints which flags may be cleaned up, and why, as JSON.",
             .options = {{.name = "days",
                          .value = "N",
                          .doc = "For how long something must have been so; 30 when left out."}}}),
        route_command<kRollout>(
            {.name = "rollouts show",
             .summary = "Prints where a flag's rollout is, and what its guardrails say, as JSON.",
             .arguments = {kFlag}}),
        route_command<kResume>({.name = "rollouts resume",
                                .summary = "Lets a rollout go on that was halted.",
                                .arguments = {kFlag}})};
    return commands;
}

}  // namespace attune::app
