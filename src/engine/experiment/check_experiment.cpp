#include "engine/experiment/check_experiment.h"

#include "base/field_error.h"
#include "engine/experiment/compiled_experiment.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

namespace attune::engine {
namespace {

using domain::ExperimentMetric;
using domain::MetricKind;
using domain::MetricRole;

constexpr double kWeightTolerance = 1e-6;
constexpr std::size_t kWordBytesMax = 100;

Result<void> check_words(const std::vector<std::string>& words, const std::string& where) {
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i].empty() || words[i].size() > kWordBytesMax)
            return fail_field(where + "/" + std::to_string(i), "must have 1 to 100 bytes");
    return {};
}

Result<void> check_variants(const domain::Experiment& experiment) {
    if (experiment.variants.size() < 2)
        return fail_field("/variants",
                          "two variants or more: the first is what others are compared with");
    std::set<std::string_view> names;
    double sum = 0;
    for (std::size_t i = 0; i < experiment.variants.size(); ++i) {
        const domain::ExperimentVariant& variant = experiment.variants[i];
        const std::string where = "/variants/" + std::to_string(i);
        if (variant.name == kHoldout)
            return fail_field(where + "/name",
                              "\"holdout\" is what those who are left out are called");
        if (!names.insert(variant.name).second)
            return fail_field(where + "/name", "another variant has this name");
        sum += variant.weight;
    }
    if (std::abs(sum - 1) > kWeightTolerance)
        return fail_field("/variants", "the weights sum to " + std::to_string(sum) + ", not to 1");
    if (experiment.variants.front().weight == 0)
        return fail_field("/variants/0/weight",
                          "nothing can be compared with a control that nobody is given");
    return {};
}

// A member that only one kind of metric has a use for.
Result<void> check_member(bool is_there, bool belongs, std::string_view member,
                          std::string_view kind) {
    if (is_there == belongs) return {};
    return fail_field("/" + std::string(member),
                      (belongs ? "needed by a " : "means something in a ") + std::string(kind) +
                          (belongs ? "" : " only"));
}

Result<void> check_metric(const ExperimentMetric& metric) {
    const bool is_ratio = metric.kind == MetricKind::ratio;
    const bool is_quantile = metric.kind == MetricKind::quantile;
    ATTUNE_TRY_VOID(check_member(metric.denominator.has_value(), is_ratio, "denominator", "ratio"));
    ATTUNE_TRY_VOID(check_member(metric.quantile.has_value(), is_quantile, "quantile", "quantile"));
    ATTUNE_TRY_VOID(check_member(metric.after_seconds.has_value(),
                                 metric.kind == MetricKind::retention, "after_seconds",
                                 "retention"));
    if (metric.quantile && !(*metric.quantile > 0 && *metric.quantile < 1))
        return fail_field("/quantile", "lies between 0 and 1");
    const bool sums = metric.kind == MetricKind::count || metric.kind == MetricKind::sum;
    if (metric.cap && !(sums && *metric.cap > 0))
        return fail_field("/cap", "is positive, of a count or a sum");
    if (metric.covariate_seconds && !sums && metric.kind != MetricKind::conversion)
        return fail_field("/covariate_seconds", "adjusts a conversion, a count or a sum");
    if (metric.event.starts_with('$'))
        return fail_field("/event", "events whose names begin with $ are Attune's own");
    return {};
}

Result<void> check_metrics(const domain::Experiment& experiment) {
    std::set<std::string_view> names;
    std::size_t primary = 0;
    for (std::size_t i = 0; i < experiment.metrics.size(); ++i) {
        const ExperimentMetric& metric = experiment.metrics[i];
        const std::string where = "/metrics/" + std::to_string(i);
        if (!names.insert(metric.name).second)
            return fail_field(where + "/name", "another metric has this name");
        if (metric.role == MetricRole::primary && ++primary > 1)
            return fail_field(where + "/role",
                              "one metric is the question; another one is primary");
        if (metric.role == MetricRole::primary && metric.kind == MetricKind::quantile)
            return fail_field(where + "/kind",
                              "how many units a quantile needs cannot be planned: ask a mean");
        if (auto fine = check_metric(metric); !fine) return base::error_below(where, fine.error());
    }
    return {};
}

Result<void> check_plan(const domain::ExperimentPlan& plan) {
    if (!(plan.alpha > 0 && plan.alpha < 0.5))
        return fail_field("/plan/alpha", "lies between 0 and 0.5");
    if (!(plan.power > 0 && plan.power < 1))
        return fail_field("/plan/power", "lies between 0 and 1");
    return {};
}

bool is_linear(domain::BanditStrategy strategy) {
    return strategy == domain::BanditStrategy::lin_ucb ||
           strategy == domain::BanditStrategy::linear_thompson;
}

// What is known when a variant is drawn; which variants are drawn is not.
constexpr std::string_view kFeatureRoots[] = {"profile", "interests", "segments",
                                              "session", "context",   "time"};

// Names with dots between them, as a condition's var has them.
Result<void> check_feature(std::string_view path) {
    const std::string_view root = path.substr(0, path.find('.'));
    if (std::ranges::find(kFeatureRoots, root) == std::end(kFeatureRoots)) {
        std::string words = "begins with one of";
        for (const std::string_view one : kFeatureRoots) words.append(" ").append(one);
        return fail(Code::invalid_argument, words + ", as in context.device");
    }
    if (path.ends_with('.') || path.find("..") != path.npos)
        return fail(Code::invalid_argument, "has a name between two dots, and behind the last");
    return {};
}

Result<void> check_features(const std::vector<std::string>& features) {
    ATTUNE_TRY_VOID(check_words(features, "/bandit/features"));
    for (std::size_t i = 0; i < features.size(); ++i)
        if (const auto fits = check_feature(features[i]); !fits)
            return base::error_below("/bandit/features/" + std::to_string(i), fits.error());
    return {};
}

// What a bandit is rewarded with must be something that a unit has by itself, and soon.
Result<void> check_reward(const domain::Experiment& experiment) {
    const auto primary =
        std::ranges::find(experiment.metrics, MetricRole::primary, &ExperimentMetric::role);
    if (primary == experiment.metrics.end())
        return fail_field("/metrics", "a bandit is rewarded by the primary metric: name one");
    const bool is_reward = primary->kind == MetricKind::conversion ||
                           primary->kind == MetricKind::count || primary->kind == MetricKind::sum;
    if (!is_reward)
        return fail_field(
            "/metrics/" + std::to_string(primary - experiment.metrics.begin()) + "/kind",
            "a bandit is rewarded by a conversion, a count or a sum");
    if (primary->attribution != domain::MetricAttribution::after_exposure)
        return fail_field(
            "/metrics/" + std::to_string(primary - experiment.metrics.begin()) + "/attribution",
            "a bandit joins rewards and draws in a way of its own; leave it out");
    if (experiment.bandit->delay_seconds > primary->window_seconds)
        return fail_field("/bandit/delay_seconds", "is at most the primary metric's window");
    return {};
}

Result<void> check_bandit(const domain::Experiment& experiment) {
    const domain::ExperimentBandit& bandit = *experiment.bandit;
    if (experiment.unit == domain::ExperimentUnit::group)
        return fail_field("/unit", "a bandit draws persons or sessions");
    if (!(bandit.floor * static_cast<double>(experiment.variants.size()) <= 1))
        return fail_field("/bandit/floor", "is more than an even share of the variants");
    if (is_linear(bandit.strategy) && bandit.features.empty())
        return fail_field("/bandit/features",
                          "needed by a linear strategy, which learns from them");
    ATTUNE_TRY_VOID(check_features(bandit.features));
    return check_reward(experiment);
}

}  // namespace

Result<void> check_experiment(const domain::Experiment& experiment) {
    ATTUNE_TRY_VOID(check_words(experiment.contexts, "/contexts"));
    ATTUNE_TRY_VOID(check_words(experiment.tags, "/tags"));
    ATTUNE_TRY_VOID(check_variants(experiment));
    ATTUNE_TRY_VOID(check_metrics(experiment));
    if (experiment.plan) ATTUNE_TRY_VOID(check_plan(*experiment.plan));
    if (experiment.bandit) ATTUNE_TRY_VOID(check_bandit(experiment));
    for (const auto& [person, variant] : experiment.overrides) {
        if (person.empty()) return fail_field("/overrides", "must name people by their ids");
        if (std::ranges::find(experiment.variants, variant, &domain::ExperimentVariant::name) ==
            experiment.variants.end())
            return fail_field("/overrides/" + person, "no variant has this name");
    }
    return {};
}

}  // namespace attune::engine
