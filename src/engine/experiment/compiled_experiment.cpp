#include "engine/experiment/compiled_experiment.h"

#include "base/field_error.h"
#include "domain/config_words.h"
#include "engine/experiment/check_experiment.h"
#include "engine/profile/session_unit.h"

#include <algorithm>

namespace attune::engine {
namespace {

using domain::ExperimentStatus;
using domain::ExperimentUnit;

std::vector<double> weights_of(const domain::Experiment& definition) {
    std::vector<double> weights;
    for (const auto& variant : definition.variants) weights.push_back(variant.weight);
    return weights;
}

// The last range ends where the buckets do, whatever rounding left.
std::vector<BucketRange> ranges_of_variants(const domain::Experiment& definition) {
    auto ranges = ranges_of(weights_of(definition));
    for (std::size_t i = ranges.size(); i-- > 0;) {
        if (definition.variants[i].weight == 0) continue;
        ranges[i].until = 1;
        break;
    }
    return ranges;
}

Result<base::JsonTree> config_of(const domain::ExperimentVariant& variant) {
    const std::string_view text = variant.config.is_null() ? "{}" : variant.config.text();
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(text));
    if (!document.root().is_object()) return fail_field("/config", "an object");
    if (const auto fits = domain::check_config_change(domain::RuleOp::merge, "", document.root());
        !fits)
        return base::error_below("/config", fits.error());
    return base::JsonTree(document.root());
}

}  // namespace

Result<std::shared_ptr<const CompiledExperiment>> CompiledExperiment::compile(
    std::string id, std::uint64_t version, domain::Experiment definition) {
    ATTUNE_TRY_VOID(check_experiment(definition));
    std::optional<Logic> audience;
    if (!definition.audience.is_null()) {
        ATTUNE_TRY(const auto document, base::JsonDocument::parse(definition.audience.text()));
        auto logic = Logic::compile(document.root());
        if (!logic) return base::error_below("/audience", logic.error());
        for (const LogicRead& read : logic->reads())
            if (read.root == "variants")
                return fail_field("/audience" + read.pointer,
                                  "who takes part does not depend on other experiments: that is "
                                  "what layers are for");
        audience = *std::move(logic);
    }
    std::vector<base::JsonTree> configs;
    for (std::size_t i = 0; i < definition.variants.size(); ++i) {
        auto config = config_of(definition.variants[i]);
        if (!config) return base::error_below("/variants/" + std::to_string(i), config.error());
        configs.push_back(*std::move(config));
    }
    return std::shared_ptr<const CompiledExperiment>(new CompiledExperiment(
        std::move(id), version, std::move(definition), std::move(audience), std::move(configs)));
}

CompiledExperiment::CompiledExperiment(std::string id_, std::uint64_t version_,
                                       domain::Experiment definition_,
                                       std::optional<Logic> audience,
                                       std::vector<base::JsonTree> configs)
    : id(std::move(id_)),
      version(version_),
      definition(std::move(definition_)),
      audience_(std::move(audience)),
      configs_(std::move(configs)),
      ranges_(ranges_of_variants(definition)),
      layer_seed_("layer:" + layer()),
      holdout_seed_("holdout:" + layer()),
      variant_seed_("experiment:" + id) {}

std::string CompiledExperiment::layer() const {
    // No layer that somebody names can be this one.
    return definition.layer ? *definition.layer : "\x1f" + id;
}

Assignment CompiledExperiment::assign(const ExperimentSubject& subject) const {
    using Outcome = Assignment::Outcome;
    Assignment given{.experiment = this};
    // Also before it starts: that is when it is tried out.
    if (const auto found = definition.overrides.find(std::string(subject.person));
        !subject.person.empty() && found != definition.overrides.end() &&
        definition.status != ExperimentStatus::concluded) {
        given.outcome = Outcome::assigned;
        given.reason = Assignment::Reason::overridden;
        given.variant = variant(found->second);
        given.probability = 1;
        return given;
    }
    if (definition.status != ExperimentStatus::running) return given;
    if (subject.is_stranger) {
        given.outcome = Outcome::not_you;
        return given;
    }
    const std::string_view unit = unit_of(subject);
    if (unit.empty()) {
        given.outcome = Outcome::not_you;
        return given;
    }
    if (recall(subject, given)) return given;
    const std::uint32_t place = bucket_number(layer_seed_, unit);
    const bool is_ours = std::ranges::any_of(definition.room, [&](const domain::LayerRoom& room) {
        return place >= room.from && place < room.until;
    });
    if (!is_ours) {
        given.outcome = Outcome::not_you;
        return given;
    }
    if (audience_) {
        const auto holds = audience_->holds(subject.input);
        if (!holds || !*holds) {
            given.outcome = holds ? Outcome::no_match : Outcome::undecided;
            return given;
        }
    }
    draw(unit, subject, given);
    return given;
}

// Who was part of it once stays part of it, even if they left the audience by what it did to them: results follow them
// either way, and a person who flickers between variants would see both.
bool CompiledExperiment::recall(const ExperimentSubject& subject, Assignment& given) const {
    if (definition.unit == ExperimentUnit::group) return false;
    const auto found = std::ranges::lower_bound(subject.remembered, std::string_view(id), {},
                                                &RememberedAssignment::experiment);
    if (found == subject.remembered.end() || found->experiment != id) return false;
    if (definition.unit == ExperimentUnit::session) {
        // Two whose sessions became one when one of them logged in: the earlier start is that of both.
        if (session_began(found->unit) < session_began(subject.session)) return false;
        given.unit = found->unit;
    }
    given.reason = Assignment::Reason::remembered;
    if (found->variant == kHoldout) {
        given.outcome = Assignment::Outcome::held_out;
        given.probability = definition.bandit ? 1 : definition.holdout;
        return true;
    }
    const domain::ExperimentVariant* known = variant(found->variant);
    // A variant that was taken out since: they are drawn anew.
    if (known == nullptr) {
        given.reason = Assignment::Reason::drawn;
        given.unit = {};
        return false;
    }
    given.outcome = Assignment::Outcome::assigned;
    given.variant = known;
    // A bandit's probabilities of today are not those that it was drawn with, and nothing is drawn now.
    given.probability = definition.bandit ? 1 : known->weight * (1 - definition.holdout);
    return true;
}

void CompiledExperiment::draw(std::string_view unit, const ExperimentSubject& subject,
                              Assignment& given) const {
    if (definition.holdout > 0 && bucket_of(holdout_seed_, unit) < definition.holdout) {
        given.outcome = Assignment::Outcome::held_out;
        given.probability = definition.holdout;
        return;
    }
    given.outcome = Assignment::Outcome::assigned;
    const std::uint32_t bucket = bucket_number(variant_seed_, unit);
    const auto drawn = definition.bandit && subject.bandits != nullptr
                           ? subject.bandits->draw(*this, unit, bucket, subject)
                           : std::nullopt;
    if (drawn) {
        ATTUNE_CHECK(drawn->variant < definition.variants.size());
        given.variant = &definition.variants[drawn->variant];
        if (drawn->probability == 1) given.reason = Assignment::Reason::remembered;
        given.probability =
            drawn->probability == 1 ? 1 : drawn->probability * (1 - definition.holdout);
        return;
    }
    const auto chosen = choose(static_cast<double>(bucket) / kBuckets, ranges_);
    ATTUNE_CHECK(chosen);
    given.variant = &definition.variants[*chosen];
    given.probability = given.variant->weight * (1 - definition.holdout);
}

std::string_view CompiledExperiment::unit_of(const ExperimentSubject& subject) const {
    switch (definition.unit) {
        case ExperimentUnit::session:
            return subject.session;
        case ExperimentUnit::group:
            return subject.group;
        case ExperimentUnit::person:
            break;
    }
    return subject.person;
}

bool CompiledExperiment::is_asked_in(std::string_view context) const {
    return definition.contexts.empty() ||
           std::ranges::find(definition.contexts, context) != definition.contexts.end();
}

const domain::ExperimentVariant* CompiledExperiment::variant(std::string_view name) const {
    const auto found =
        std::ranges::find(definition.variants, name, &domain::ExperimentVariant::name);
    return found == definition.variants.end() ? nullptr : &*found;
}

base::JsonView CompiledExperiment::config(const domain::ExperimentVariant& variant) const {
    const auto index = static_cast<std::size_t>(&variant - definition.variants.data());
    ATTUNE_CHECK(index < configs_.size());
    return configs_[index].root();
}

}  // namespace attune::engine
