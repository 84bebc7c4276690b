// Experiments, from the draft to what came of it. Drafts are saved by `definitions apply`.
#include "app/commands.h"
#include "app/route_command.h"

#include <array>

namespace attune::app {
namespace {

using http::Method;

const Argument kExperiment{.name = "EXPERIMENT", .doc = "Its id."};

constexpr RouteFace kList{.path = "/api/v1/experiments", .query = {{{"status"}}}, .lists = true};
constexpr RouteFace kShow{.path = "/api/v1/experiments/{EXPERIMENT}"};
constexpr RouteFace kStart{
    .method = Method::post,
    .path = "/api/v1/experiments/{EXPERIMENT}:start",
    .body = {{{"note"}, {"allow-unknown-events", "allow_unknown_events", RouteValue::yes}}}};
constexpr RouteFace kPause{
    .method = Method::post, .path = "/api/v1/experiments/{EXPERIMENT}:pause", .body = {{{"note"}}}};
constexpr RouteFace kConclude{.method = Method::post,
                              .path = "/api/v1/experiments/{EXPERIMENT}:conclude",
                              .body = {{{"winner"}, {"note"}}}};
constexpr RouteFace kPower{
    .method = Method::post, .path = "/api/v1/experiments:power", .file = "FILE"};
constexpr RouteFace kResults{
    .path = "/api/v1/experiments/{EXPERIMENT}/results", .query = {{{"by"}}}, .whole_log = true};
constexpr RouteFace kWhatIf{.method = Method::post,
                            .path = "/api/v1/experiments:what-if",
                            .body = {{{"EXPERIMENT", "experiment_id"},
                                      {"policy", {}, RouteValue::json},
                                      {"metric", {}, RouteValue::json},
                                      {"since"},
                                      {"until"},
                                      {"limit", {}, RouteValue::number}}}};
constexpr RouteFace kHistory{.path = "/api/v1/experiments/{EXPERIMENT}/history", .lists = true};
constexpr RouteFace kRevert{.method = Method::post,
                            .path = "/api/v1/experiments/{EXPERIMENT}:revert",
                            .body = {{{"version", {}, RouteValue::number}, {"note"}}}};

Command start_command() {
    return route_command<kStart>(
        {.name = "experiments start",
         .summary = "Starts a draft, or goes on after a pause.",
         .arguments = {kExperiment},
         .options = {note_option(),
                     {.name = "allow-unknown-events",
                      .value = {},
                      .doc = "Also when a metric is on an event that was never sent."}}});
}

Command what_if_command() {
    return route_command<kWhatIf>(
        {.name = "experiments what-if",
         .summary = "Prints what another policy would have earned, by the log, as JSON.",
         .arguments = {{.name = "EXPERIMENT", .doc = "Whose decisions are judged."}},
         .options = {
             {.name = "policy",
              .value = "JSON",
              .doc = "{\"weights\":{ARM:PROBABILITY,…}} or {\"logic\":…}, which gives an arm.",
              .required = true},
             {.name = "metric",
              .value = "JSON",
              .doc = "What a decision brought, as in {\"event\":\"purchase\"}; the experiment's "
                     "primary metric when left out."},
             {.name = "since", .value = "TIME", .doc = "Decisions from then on."},
             {.name = "until", .value = "TIME", .doc = "Decisions before then."},
             {.name = "limit",
              .value = "N",
              .doc = "Decisions, the first ones; 100,000 when left out."}}});
}

Command results_command() {
    return route_command<kResults>(
        {.name = "experiments results",
         .summary = "Prints what an experiment has shown so far, as JSON.",
         .manual = "The sequential intervals hold however often somebody looks.",
         .arguments = {kExperiment},
         .options = {{.name = "by",
                      .value = "WHAT",
                      .doc = "segment: also by the segments that units were in at their first "
                             "exposure.",
                      .choices = {"segment"}}}});
}

}  // namespace

std::span<const Command> experiment_commands() {
    static const std::array commands{
        route_command<kList>(
            {.name = "experiments list",
             .summary = "Lists the experiments by id, one line of JSON each.",
             .options = {{.name = "status",
                          .value = "STATUS",
                          .doc = "Only draft, running, paused or concluded ones.",
                          .choices = {"draft", "running", "paused", "concluded"}}}}),
        route_command<kShow>({.name = "experiments show",
                              .summary = "Prints an experiment, as JSON.",
                              .arguments = {kExperiment}}),
        start_command(),
        route_command<kPause>({.name = "experiments pause",
                               .summary = "Gives nobody anything for now.",
                               .arguments = {kExperiment},
                               .options = {note_option()}}),
        route_command<kConclude>({.name = "experiments conclude",
                                  .summary = "Ends an experiment for good.",
                                  .arguments = {kExperiment},
                                  .options = {{.name = "winner",
                                               .value = "VARIANT",
                                               .doc = "The variant that stays, if one does."},
                                              note_option()}}),
        route_command<kPower>(
            {.name = "experiments power",
             .summary = "Prints how many units an experiment needs, as JSON, without saving it.",
             .arguments = {{.name = "FILE",
                            .doc = "The experiment, with minimum_effect and plan, as JSON."}}}),
        results_command(),
        what_if_command(),
        route_command<kHistory>({.name = "experiments history",
                                 .summary = "Lists an experiment's versions, the newest first, "
                                            "one line of JSON each.",
                                 .arguments = {kExperiment}}),
        route_command<kRevert>({.name = "experiments revert",
                                .summary = "Makes a draft what it was.",
                                .arguments = {kExperiment},
                                .options = {version_option(), note_option()}})};
    return commands;
}

}  // namespace attune::app
