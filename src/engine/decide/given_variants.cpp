#include "engine/decide/given_variants.h"

#include "base/json_write.h"

#include <algorithm>

namespace attune::engine {
namespace {

std::string_view word_of(const Assignment& given) {
    if (given.outcome == Assignment::Outcome::held_out) return "held_out";
    switch (given.reason) {
        case Assignment::Reason::drawn:
            return "drawn";
        case Assignment::Reason::remembered:
            return "remembered";
        case Assignment::Reason::overridden:
            break;
    }
    return "overridden";
}

}  // namespace

GivenVariants::GivenVariants(const ExperimentSet& experiments,
                             std::optional<std::string_view> context,
                             std::span<const std::string_view> named,
                             const ExperimentSubject& subject)
    : session_(subject.session), group_(subject.group) {
    if (context)
        for (const Assignment& one : experiments.assign(*context, subject)) add(one, true);
    for (const std::string_view id : named) {
        const bool is_there = std::ranges::any_of(
            given_, [&](const Given& one) { return one.assignment.experiment->id == id; });
        if (is_there) continue;
        if (const auto given = experiments.assign_by_id(id, subject)) add(*given, false);
    }
    record_ = {.members = members_, .rest = {}, .depth = 1};
}

void GivenVariants::add(const Assignment& assignment, bool is_of_context) {
    given_.push_back({assignment, is_of_context, false});
    if (assignment.variant != nullptr)
        members_.push_back(
            {assignment.experiment->id, LogicValue(std::string_view(assignment.variant->name))});
}

void GivenVariants::consult(std::string_view experiment) {
    for (Given& one : given_)
        if (one.assignment.experiment->id == experiment) one.is_consulted = true;
}

void GivenVariants::consult(std::span<const std::string_view> experiments) {
    for (const std::string_view one : experiments) consult(one);
}

std::string_view GivenVariants::unit_of(const Assignment& given) const {
    switch (given.experiment->definition.unit) {
        case domain::ExperimentUnit::session:
            return given.unit.empty() ? std::string_view(session_) : given.unit;
        case domain::ExperimentUnit::group:
            return group_;
        case domain::ExperimentUnit::person:
            break;
    }
    return {};
}

domain::Choice GivenVariants::choice_of(const Assignment& given) const {
    const CompiledExperiment& experiment = *given.experiment;
    domain::Choice choice{.of = std::string(kExperimentChoice) + experiment.id,
                          .chosen = std::string(given.chosen()),
                          .probability = given.probability,
                          .version = experiment.version,
                          .among = {},
                          .unit = {}};
    for (const auto& variant : experiment.definition.variants) choice.among.push_back(variant.name);
    if (experiment.definition.holdout > 0) choice.among.emplace_back(kHoldout);
    if (experiment.definition.unit != domain::ExperimentUnit::person) choice.unit = unit_of(given);
    return choice;
}

void GivenVariants::record(domain::Decision& decision) const {
    for (const Given& one : given_)
        if (one.is_shown() && one.assignment.counts())
            decision.choices.push_back(choice_of(one.assignment));
}

void GivenVariants::add_to(DecisionDigest& digest) const {
    for (const Given& one : given_)
        if (one.is_shown() && one.assignment.counts())
            digest.add(digest_of(std::string(kExperimentChoice) + one.assignment.experiment->id,
                                 one.assignment.chosen(), one.assignment.experiment->version,
                                 unit_of(one.assignment)));
}

void GivenVariants::apply(ConfigTree& config, Explanation& explanation) const {
    for (const auto& [given, is_of_context, is_consulted] : given_) {
        if (given.variant == nullptr || !is_of_context) continue;
        config.apply({.op = domain::RuleOp::merge,
                      .path = {},
                      .value = given.experiment->config(*given.variant),
                      .author = explanation.author_of_experiment(given.experiment->id)});
    }
}

void GivenVariants::write(std::string& out) const {
    out += '{';
    bool first = true;
    for (const Given& one : given_) {
        const Assignment& given = one.assignment;
        if (given.variant == nullptr || !one.is_shown()) continue;
        if (!first) out += ',';
        first = false;
        base::append_json(out, std::string_view(given.experiment->id));
        out += ':';
        base::append_json(out, std::string_view(given.variant->name));
    }
    out += '}';
}

void GivenVariants::explain(std::string& out) const {
    out += '[';
    bool first = true;
    for (const Given& one : given_) {
        if (!one.is_shown()) continue;
        const Assignment& given = one.assignment;
        out += first ? R"({"experiment_id":)" : R"(,{"experiment_id":)";
        first = false;
        base::append_json(out, std::string_view(given.experiment->id));
        out += R"(,"variant":)";
        base::append_json(out, given.chosen());
        out += R"(,"reason":)";
        base::append_json(out, word_of(given));
        out += '}';
    }
    out += ']';
}

}  // namespace attune::engine
