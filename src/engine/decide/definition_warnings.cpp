#include "engine/decide/definition_warnings.h"

#include "base/json_document.h"
#include "base/json_locate.h"
#include "engine/vocabulary/spelling.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::string_view kUnlessTheContextSaysSo =
    ", so nobody is in it whose context does not say so";

std::string unknown_member(std::string_view member, std::string_view noun,
                           std::span<const std::string_view> known) {
    member = member.substr(0, 64);
    std::string warning;
    base::append_pointer(warning, member);
    return warning + ": no " + std::string(noun) + " has this member, so it means nothing" +
           did_you_mean(member, known);
}

class Warnings {
public:
    explicit Warnings(const DefinitionCircumstances& around) : around_(around) {}

    void look_at_segments(std::span<const LogicRead> named, const std::string& pointer,
                          std::string_view so = ", so nobody is in it") {
        for (const LogicRead& asked : named)
            if (!around_.has_segment(asked.member))
                say(pointer + asked.pointer,
                    "there is no segment '" + asked.member + "'" + std::string(so));
    }
    // Of what is saved, whose conditions compile.
    void look_at_segments(const base::JsonText& condition, const std::string& pointer) {
        if (condition.is_null()) return;
        const auto json = base::JsonDocument::parse(condition.text());
        if (!json) return;
        if (const auto logic = Logic::compile(json->root()))
            look_at_segments(logic->segments_named(), pointer);
    }
    // What targeting comes to must be a variant: flagd answers an error then, and not the default.
    void look_at_outcomes(const Flag& flag) {
        std::vector<std::string_view> names;
        for (const FlagVariant& variant : flag.variants) names.emplace_back(variant.name);
        for (const LogicOutcome& one : flag.targeting->outcomes()) {
            if (one.value.is_null()) continue;
            const auto json = base::JsonDocument::parse(one.value.text());
            const auto text = json ? json->root().as_string() : std::nullopt;
            const bool is_name = text || (json && json->root().as_bool());
            const std::string name(text ? *text : one.value.text());
            if (is_name && flag.variant(name) != nullptr) continue;
            say("/targeting" + one.pointer,
                (is_name ? "there is no variant '" + name + "'" : name + " is no variant's name") +
                    ", so whoever comes to it gets an error" + did_you_mean(name, names));
        }
        for (const std::string& pointer : flag.targeting->idle_fractionals())
            say("/targeting" + pointer, "the weights are all 0, so it chooses nothing");
    }
    void look_at_event(std::string_view event, const std::string& pointer) {
        if (!around_.heard.has(event)) say(pointer, around_.heard.describe_unknown(event));
    }
    void say(const std::string& pointer, const std::string& detail) {
        say(pointer + ": " + detail);
    }
    void say(std::string warning) {
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
    for (const std::string& member : flag.unknown_members)
        warnings.say(unknown_member(member, "flag", kFlagMembers));
    if (flag.missing_evaluator)
        warnings.say(*flag.missing_evaluator,
                     "there is no such evaluator, so whoever comes to it gets an error");
    if (flag.targeting) {
        warnings.look_at_segments(flag.targeting->segments_named(), "/targeting",
                                  kUnlessTheContextSaysSo);
        warnings.look_at_outcomes(flag);
    }
    if (!flag.rollout) return std::move(warnings).all();
    const auto& guardrails = flag.rollout->definition().guardrails;
    for (std::size_t i = 0; i < guardrails.size(); ++i)
        warnings.look_at_event(guardrails[i].event,
                               "/rollout/guardrails/" + std::to_string(i) + "/event");
    return std::move(warnings).all();
}

std::vector<std::string> evaluator_warnings(const FlagSet& flags,
                                            const DefinitionCircumstances& around) {
    Warnings warnings(around);
    for (const FlagEvaluator& one : flags.evaluators()) {
        std::string pointer;
        base::append_pointer(pointer, one.name);
        warnings.look_at_segments(one.segments, pointer, kUnlessTheContextSaysSo);
    }
    return std::move(warnings).all();
}

std::vector<std::string> flag_file_warnings(std::span<const std::string> unknown_members) {
    std::vector<std::string> warnings;
    for (const std::string& member : unknown_members)
        warnings.push_back(unknown_member(member, "file of flags", kFlagFileMembers));
    return warnings;
}

std::vector<std::string> experiment_warnings(const domain::Experiment& experiment,
                                             const DefinitionCircumstances& around) {
    Warnings warnings(around);
    warnings.look_at_segments(experiment.audience, "/audience");
    for (const FieldError& unknown : unknown_events(experiment, around.heard))
        warnings.say(unknown.pointer, unknown.detail);
    if (experiment.bandit && experiment.plan)
        warnings.say("/plan", "no number of units is planned for a bandit, so it means nothing");
    return std::move(warnings).all();
}

void WarningsByPlace::add(std::string_view kind, std::string_view id,
                          const std::vector<std::string>& warnings) {
    std::string place(kind);
    base::append_pointer(place, id);
    add(place, warnings);
}

void WarningsByPlace::add(std::string_view part, const std::vector<std::string>& warnings) {
    const std::string place = "/" + std::string(part);
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
