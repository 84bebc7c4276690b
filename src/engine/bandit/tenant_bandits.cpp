#include "engine/bandit/tenant_bandits.h"

#include "engine/experiment/plan.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kBatchEvents = 2'000;
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

}  // namespace

FollowedBandit::FollowedBandit(store::Store& store, TenantId tenant,
                               const CompiledExperiment& experiment, store::Position from)
    : learner(experiment.definition),
      draws(store, tenant, wanted_of(experiment), learner),
      upto(from) {}

void TenantBandits::align(const ExperimentSet& set) {
    std::optional<store::Position> read_now;
    for (const auto& [id, one] : followed_)
        read_now = read_now ? std::min(*read_now, one->upto) : one->upto;
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

Result<bool> TenantBandits::step() {
    store::Position begin = store::kLogEnd;
    for (const auto& [id, one] : followed_) begin = std::min(begin, one->upto);
    if (begin == store::kLogEnd) return true;
    std::vector<FollowedBandit*> behind;
    store::Position others = store::kLogEnd;
    for (const auto& [id, one] : followed_) {
        if (one->upto == begin)
            behind.push_back(one.get());
        else
            others = std::min(others, one->upto);
    }
    const auto read = read_batch(begin, others, behind);
    if (!read) {
        // Half a batch may be counted: what cannot be trusted is counted again.
        std::erase_if(followed_, [&](const auto& one) { return one.second->upto == begin; });
        return std::unexpected(read.error());
    }
    const bool is_done = read->is_end && others == store::kLogEnd;
    for (FollowedBandit* one : behind) {
        one->upto = read->upto;
        one->is_caught_up = one->is_caught_up || is_done;
    }
    return is_done;
}

Result<TenantBandits::Read> TenantBandits::read_batch(store::Position begin, store::Position end,
                                                      const std::vector<FollowedBandit*>& behind) {
    std::vector<FollowedEvent> batch;
    Read read{.upto = begin, .is_end = true};
    std::size_t looked_at = 0;
    ATTUNE_TRY_VOID(store_.scan_all(tenant_, begin, [&](const store::LoggedEvent& logged) {
        if (logged.position > end || ++looked_at > kBatchEvents) {
            read.is_end = false;
            return false;
        }
        read.upto = logged.position;
        auto event = read_event(logged.payload);
        if (event && std::ranges::any_of(behind, [&](const FollowedBandit* one) {
                return one->draws.cares_about(*event);
            }))
            batch.push_back({logged.person, logged.position, *std::move(event)});
        return true;
    }));
    // Where the others begin, although somebody's events between may have been erased.
    if (looked_at <= kBatchEvents && end != store::kLogEnd) read.upto = end;
    for (FollowedBandit* one : behind)
        for (const FollowedEvent& event : batch) {
            if (!one->draws.cares_about(event.read)) continue;
            ATTUNE_TRY_VOID(one->draws.take(event));
            one->learner.settle(one->draws.now());
            one->state = nullptr;
        }
    return read;
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
