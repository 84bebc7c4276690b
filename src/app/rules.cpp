// Rules, and what to do about them.
#include "app/commands.h"
#include "app/route_command.h"

#include <array>

namespace attune::app {
namespace {

using http::Method;

const Argument kRule{.name = "RULE", .doc = "Its id."};

constexpr RouteFace kList{.path = "/api/v1/personalization/rules",
                          .query = {{{"status"}, {"context"}, {"tag"}}},
                          .lists = true};
constexpr RouteFace kShow{.path = "/api/v1/personalization/rules/{RULE}"};
constexpr RouteFace kTest{.method = Method::post,
                          .path = "/api/v1/personalization/rules:test",
                          .body = {{{"FILE", "rule", RouteValue::file},
                                    {"id", "rule_id"},
                                    {"user", "user_id"},
                                    {"context", {}, RouteValue::json},
                                    {"data", {}, RouteValue::json}}}};
constexpr RouteFace kPerformance{.path = "/api/v1/personalization/rules/{RULE}/performance",
                                 .path_of_all = "/api/v1/personalization/rules/performance",
                                 .whole_log = true};
constexpr RouteFace kHistory{.path = "/api/v1/personalization/rules/{RULE}/history", .lists = true};
constexpr RouteFace kRevert{.method = Method::post,
                            .path = "/api/v1/personalization/rules/{RULE}:revert",
                            .body = {{{"version", {}, RouteValue::number}, {"note"}}}};
constexpr RouteFace kOptimize{.method = Method::post,
                              .path = "/api/v1/personalization/optimize",
                              .body = {{{"apply", {}, RouteValue::list},
                                        {"apply-all", "apply", RouteValue::yes},
                                        {"min-days", "min_days", RouteValue::number}}},
                              .whole_log = true};

Command list_command() {
    return route_command<kList>(
        {.name = "rules list",
         .summary = "Lists the rules by id, one line of JSON each.",
         .options = {{.name = "status",
                      .value = "STATUS",
                      .doc = "Only active, paused or draft ones.",
                      .choices = {"active", "paused", "draft"}},
                     {.name = "context", .value = "NAME", .doc = "Only those that count there."},
                     {.name = "tag", .value = "NAME", .doc = "Only those with it."}}});
}

Command test_command() {
    return route_command<kTest>(
        {.name = "rules test",
         .summary = "Tries a rule on a person or on data, without saving it.",
         .manual = "Prints whether it would apply, all that stands in its way, and what each part "
                   "of its condition came to.",
         .arguments = {{.name = "FILE", .doc = "The rule, as JSON."}},
         .options = {{.name = "id",
                      .value = "RULE",
                      .doc = "Under which it is or will be saved: who falls into its rollout and "
                             "its holdout follows from that."},
                     {.name = "user", .value = "USER", .doc = "On whom."},
                     {.name = "context",
                      .value = "JSON",
                      .doc = "Where it is asked, as in "
                             "{\"name\":\"dashboard\",\"device\":\"mobile\"}."},
                     {.name = "data",
                      .value = "JSON",
                      .doc = "What the condition sees, instead of a person."}}});
}

Command optimize_command() {
    return route_command<kOptimize>(
        {.name = "optimize",
         .summary = "Proposes what to do about rules, and does it if asked.",
         .manual = "Pauses what hurts its goal, raises what helps, narrows to the segments where "
                   "it helps, retires what matches nobody. Prints the proposals with their "
                   "evidence, as JSON; without --apply nothing is changed.",
         .options = {{.name = "apply",
                      .value = "RULE",
                      .doc = "Do what is proposed for this rule; may be given more than once.",
                      .repeats = true},
                     {.name = "apply-all", .value = {}, .doc = "Do all that is proposed."},
                     {.name = "min-days",
                      .value = "N",
                      .doc = "For so long a rule must have matched nobody to be retired; 30 when "
                             "left out."}}});
}

}  // namespace

std::span<const Command> rule_commands() {
    static const std::array commands{
        list_command(),
        route_command<kShow>(
            {.name = "rules show", .summary = "Prints a rule, as JSON.", .arguments = {kRule}}),
        test_command(),
        route_command<kPerformance>(
            {.name = "rules performance",
             .summary = "Prints what came of a rule, or of all, as JSON.",
             .manual = "How often it matched, and how much more of its goal there is where it is "
                       "applied. Of all: a line for each rule.",
             .arguments =
                 {{.name = "RULE", .doc = "Its id; all when left out.", .required = false}}}),
        route_command<kHistory>({.name = "rules history",
                                 .summary = "Lists a rule's versions, the newest first, one line "
                                            "of JSON each.",
                                 .arguments = {kRule}}),
        route_command<kRevert>({.name = "rules revert",
                                .summary = "Makes a rule what it was.",
                                .arguments = {kRule},
                                .options = {version_option(), note_option()}}),
        optimize_command()};
    return commands;
}

}  // namespace attune::app
