#include "engine/decide/definition_warnings.h"

#include "base/json_document.h"
#include "base/json_locate.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace attune::engine {
namespace {

class Warnings {
public:
    explicit Warnings(const DefinitionCircumstances& around) : around_(around) {}

    void look_at_segments(const Logic& logic, const std::string& pointer,
                          std::string_view so = ", so nobody is in it") {
        for (const LogicRead& asked : logic.segments_named())
            if (!around_.has_segment(asked.member))
                say(pointer + asked.pointer,
                    "there is no segment '" + asked.member + "'" + std::string(so));
    }
    // Of what is saved, whose conditions compile.
    void look_at_segments(const base::JsonText& condition, const std::string& pointer) {
        if (condition.is_null()) return;
        const auto json = base::JsonDocument::parse(condition.text());
        if (!json) return;
        if (const auto logic = Logic::compile(json->root())) look_at_segments(*logic, pointer);
    }
    void look_at_event(std::string_view event, const std::string& pointer) {
        if (!around_.heard.has(event)) say(pointer, around_.heard.describe_unknown(event));
    }
    void say(const std::string& pointer, const std::string& detail) {
        std::string warning = pointer + ": " + detail;
        if (std::ranges::find(said_, warning) == said_.end()) said_.push_back(std::move(warning));
    }
    std::vector<std::string> all() && { return std::move(said_); }

private:
    const DefinitionCircumstances& around_;
    std::vector<std::string> said_;
};

}  // namespace

std::vector<std::string> rule_warnings(const domain::Rule& rule,
                                       const DefinitionCircumstances& around) {
    Warnings warnings(around);
    warnings.look_at_segments(rule.condition, "/condition");
    if (rule.goal) warnings.look_at_event(*rule.goal, "/goal");
    return std::move(warnings).all();
}

std::vector<std::string> flag_warnings(const Flag& flag, const DefinitionCircumstances& around) {
    Warnings warnings(around);
    if (flag.targeting)
        warnings.look_at_segments(*flag.targeting, "/targeting",
                                  ", so nobody is in it whose context does not say so");
    if (!flag.rollout) return std::move(warnings).all();
    const auto& guardrails = flag.rollout->definition().guardrails;
    for (std::size_t i = 0; i < guardrails.size(); ++i)
        warnings.look_at_event(guardrails[i].event,
                               "/rollout/guardrails/" + std::to_string(i) + "/event");
    return std::move(warnings).all();
}

std::vector<std::string> experiment_warnings(const domain::Experiment& experiment,
                                             const DefinitionCircumstances& around) {
    Warnings warnings(around);
    warnings.look_at_segments(experiment.audience, "/audience");
    for (const FieldError& unknown : unknown_events(experiment, around.heard))
        warnings.say(unknown.pointer, unknown.detail);
    return std::move(warnings).all();
}

void WarningsByPlace::add(std::string_view kind, std::string_view id,
                          const std::vector<std::string>& warnings) {
    std::string place = "/" + std::string(kind);
    base::append_pointer(place, id);
    for (const std::string& one : warnings)
        if (all.size() < kMax) all.push_back(place + one);
}

std::vector<FieldError> unknown_events(const domain::Experiment& experiment,
                                       const HeardNames& heard) {
    std::vector<FieldError> unknown;
    const auto look = [&](std::string_view event, std::size_t metric, std::string_view member) {
        if (!heard.has(event))
            unknown.push_back({"/metrics/" + std::to_string(metric) + std::string(member),
                               heard.describe_unknown(event)});
    };
    for (std::size_t i = 0; i < experiment.metrics.size(); ++i) {
        const domain::ExperimentMetric& metric = experiment.metrics[i];
        look(metric.event, i, "/event");
        if (metric.denominator) look(*metric.denominator, i, "/denominator");
    }
    return unknown;
}

Result<void> check_events(const domain::Experiment& experiment, const HeardNames& heard) {
    std::vector<FieldError> unknown = unknown_events(experiment, heard);
    if (unknown.empty()) return {};
    Error error{Code::failed_precondition, {}, "unknown_events", std::move(unknown)};
    for (const FieldError& one : error.fields) {
        if (!error.message.empty()) error.message += "; ";
        error.message += one.pointer + ": " + one.detail;
    }
    error.message += ". Where that is meant, start it with allow_unknown_events.";
    return std::unexpected(std::move(error));
}

}  // namespace attune::engine
