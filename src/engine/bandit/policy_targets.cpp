#include "engine/bandit/policy_targets.h"

#include "base/field_error.h"

#include <cmath>

namespace attune::engine {
namespace {

constexpr double kTolerance = 1e-3;
// Of one evaluation: a policy is asked thousands of times for one answer.
constexpr std::int64_t kStepsMax = 20'000;

Result<PolicyTargets::Target> checked(PolicyTargets::Target target, const std::string& where) {
    double sum = 0;
    for (const auto& [arm, probability] : target) {
        if (!(probability >= 0)) return fail_field(where, "a probability is negative or no number");
        sum += probability;
    }
    if (std::abs(sum - 1) > kTolerance)
        return fail_field(where, "the probabilities sum to " + std::to_string(sum) + ", not to 1");
    return target;
}

// What the logic gave, as probabilities: an arm's name, or an object.
Result<PolicyTargets::Target> target_of(const base::JsonText& given, base::JsonView features) {
    const auto refused = [&](std::string_view why) {
        std::string words(why);
        words.append(" for ").append(features.text().text().substr(0, 200));
        return fail_field("/policy/logic", words.append(": ").append(given.text().substr(0, 200)));
    };
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(given.text()));
    if (const auto arm = document.root().as_string())
        return PolicyTargets::Target{{std::string(*arm), 1.0}};
    if (!document.root().is_object()) return refused("gives neither an arm nor {arm: probability}");
    PolicyTargets::Target target;
    for (const auto& [arm, probability] : document.root().members()) {
        const auto number = probability.as_double();
        if (!number) return refused("gives a probability that is no number");
        target.emplace_back(arm, *number);
    }
    auto fine = checked(std::move(target), "");
    return fine ? std::move(fine) : refused(fine.error().message);
}

}  // namespace

Result<PolicyTargets> PolicyTargets::of(const WhatIfPolicy& policy) {
    if (policy.weights.empty() == policy.logic.is_null())
        return fail_field("/policy", "either weights or logic");
    if (!policy.weights.empty()) {
        ATTUNE_TRY(auto fixed,
                   checked({policy.weights.begin(), policy.weights.end()}, "/policy/weights"));
        return PolicyTargets(std::move(fixed), std::nullopt);
    }
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(policy.logic.text()));
    auto logic = Logic::compile(document.root());
    if (!logic) return base::error_below("/policy/logic", logic.error());
    return PolicyTargets({}, *std::move(logic));
}

Result<PolicyTargets::Target> PolicyTargets::target(base::JsonView features) const {
    if (!logic_) return fixed_;
    const auto given =
        logic_->answer({.data = LogicValue(features), .now = {}, .steps_max = kStepsMax});
    if (!given) return base::error_below("/policy/logic", given.error());
    return target_of(*given, features);
}

}  // namespace attune::engine
