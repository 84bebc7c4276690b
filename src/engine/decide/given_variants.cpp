#include "engine/decide/given_variants.h"

#include "base/json_write.h"

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

GivenVariants::GivenVariants(const ExperimentSet& experiments, std::string_view where,
                             const ExperimentSubject& subject)
    : given_(experiments.assign(where, subject)),
      session_(subject.session),
      group_(subject.group) {}

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
    if (experiment.definition.unit == domain::ExperimentUnit::session) choice.unit = session_;
    if (experiment.definition.unit == domain::ExperimentUnit::group) choice.unit = group_;
    return choice;
}

void GivenVariants::record(domain::Decision& decision) const {
    for (const Assignment& given : given_)
        if (given.counts()) decision.choices.push_back(choice_of(given));
}

void GivenVariants::add_to(DecisionDigest& digest) const {
    for (const Assignment& given : given_)
        if (given.counts()) digest.add(digest_of(choice_of(given)));
}

void GivenVariants::apply(ConfigTree& config) const {
    for (const Assignment& given : given_) {
        if (given.variant == nullptr) continue;
        config.apply({domain::RuleOp::merge, {}, given.experiment->config(*given.variant)});
    }
}

void GivenVariants::write(std::string& out) const {
    out += '{';
    bool first = true;
    for (const Assignment& given : given_) {
        if (given.variant == nullptr) continue;
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
    for (const Assignment& given : given_) {
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
