#include "engine/bandit/tenant_bandits.h"

#include "base/json.h"
#include "domain/describe.h"
#include "engine/experiment/plan.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kAskedForMax = 8;

bool is_under_way(const domain::Experiment& experiment) {
    return experiment.status == domain::ExperimentStatus::running ||
           experiment.status == domain::ExperimentStatus::paused;
}

DrawsWanted wanted_of(const CompiledExperiment& experiment) {
    const domain::ExperimentMetric* reward = primary_metric(experiment.definition);
    ATTUNE_CHECK(reward != nullptr);
    DrawsWanted wanted{.of = std::string(kExperimentChoice) + experiment.id,
                       .arms = {},
                       .reward = *reward,
                       .unit = experiment.definition.unit};
    for (const auto& variant : experiment.definition.variants) wanted.arms.push_back(variant.name);
    wanted.arms.emplace_back(kHoldout);
    return wanted;
}

std::string learned_of(const domain::Experiment& experiment) {
    const domain::ExperimentMetric* reward = primary_metric(experiment);
    ATTUNE_CHECK(reward != nullptr);
    std::string text =
        base::to_json(experiment.unit) + base::to_json(*reward) + base::to_json(*experiment.bandit);
    for (const auto& variant : experiment.variants) text += '\x1f' + variant.name;
    return text;
}

}  // namespace

FollowedBandit::FollowedBandit(store::Store& store, TenantId tenant,
                               const CompiledExperiment& experiment, store::Position from)
    : LogListener(from),
      learned(learned_of(experiment.definition)),
      learner(experiment.definition),
      draws(store, tenant, wanted_of(experiment), learner) {}

bool FollowedBandit::cares_about(const ReadEvent& event) const { return draws.cares_about(event); }

Result<void> FollowedBandit::take(const FollowedEvent& event) {
    ATTUNE_TRY_VOID(draws.take(event));
    learner.settle(draws.now());
    state = nullptr;
    return {};
}

void TenantBandits::align(const ExperimentSet& set) {
    const std::optional<store::Position> read_now =
        followed_.empty() ? std::nullopt : std::optional(least_read(listeners()));
    std::set<std::string, std::less<>> started;
    std::set<std::string, std::less<>> wanted;
    for (const auto& one : set.all()) {
        if (!one->definition.started_at || !one->definition.bandit) continue;
        started.insert(one->id);
        if (!is_under_way(one->definition) &&
            std::ranges::find(asked_for_, one->id) == asked_for_.end())
            continue;
        wanted.insert(one->id);
        auto& followed = followed_[one->id];
        if (followed) continue;
        const bool is_new = read_then_ && !started_.contains(one->id);
        followed = std::make_unique<FollowedBandit>(store_, tenant_, *one,
                                                    is_new ? *read_then_ : store::Position{});
    }
    std::erase_if(followed_, [&](const auto& one) { return !wanted.contains(one.first); });
    started_ = std::move(started);
    read_then_ = read_now;
}

void TenantBandits::ask_for(std::string_view id) {
    if (std::ranges::find(asked_for_, id) != asked_for_.end()) return;
    asked_for_.emplace_back(id);
    if (asked_for_.size() > kAskedForMax) asked_for_.pop_front();
}

FollowedBandit* TenantBandits::find(std::string_view id) {
    const auto found = followed_.find(id);
    return found == followed_.end() ? nullptr : found->second.get();
}

std::vector<LogListener*> TenantBandits::listeners() const {
    std::vector<LogListener*> all;
    all.reserve(followed_.size());
    for (const auto& [id, one] : followed_) all.push_back(one.get());
    return all;
}

Result<bool> TenantBandits::step() {
    const std::vector<LogListener*> all = listeners();
    const store::Position begin = least_read(all);
    const auto is_done = tell_a_batch(store_, tenant_, all, &mark_);
    if (!is_done) {
        // Half a batch may be counted: what cannot be trusted is counted again.
        std::erase_if(followed_, [&](const auto& one) { return one.second->upto == begin; });
        return is_done;
    }
    if (*is_done)
        for (const auto& [id, one] : followed_) one->is_caught_up = true;
    return is_done;
}

std::shared_ptr<const KnownBandits> TenantBandits::known() {
    auto known = std::make_shared<KnownBandits>();
    for (const auto& [id, one] : followed_) {
        if (!one->is_caught_up) continue;
        if (!one->state) one->state = one->learner.state(one->draws.now());
        known->emplace(id, one->state);
    }
    return known;
}

}  // namespace attune::engine
