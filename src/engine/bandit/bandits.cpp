#include "engine/bandit/bandits.h"

#include "base/keyed_hash.h"
#include "base/mutex.h"
#include "base/snapshot.h"
#include "engine/bandit/draw_memory.h"
#include "engine/bandit/summary.h"
#include "engine/bandit/tenant_bandits.h"
#include "engine/follow/log_follower.h"

#include <utility>

namespace attune::engine {
namespace {

constexpr int kBatchesOfAnAnswer = 4;

// What is known of every tenant's bandits, for whoever draws.
class PublishedBandits {
public:
    [[nodiscard]] std::shared_ptr<const KnownBandits> of(TenantId tenant) const {
        const ByTenant& all = known_.of_this_thread();
        const auto found = all.find(tenant);
        return found == all.end() ? nullptr : found->second;
    }

    void set(TenantId tenant, std::shared_ptr<const KnownBandits> known) {
        const base::MutexLock lock(mutex_);
        const auto before = known_.get();
        const auto found = before->find(tenant);
        const bool is_news = found == before->end() ? !known->empty() : *found->second != *known;
        if (!is_news) return;
        auto next = std::make_shared<ByTenant>(*before);
        if (known->empty())
            next->erase(tenant);
        else
            (*next)[tenant] = std::move(known);
        known_.set(std::move(next));
    }

private:
    using ByTenant = std::map<TenantId, std::shared_ptr<const KnownBandits>>;
    base::Mutex mutex_;  // of writers
    base::Snapshot<ByTenant> known_{std::make_shared<const ByTenant>()};
};

class BanditReading final : public LogReading {
public:
    BanditReading(store::Store& store, TenantId tenant, Experiments& experiments,
                  PublishedBandits& published)
        : bandits(store, tenant),
          tenant_(tenant),
          experiments_(experiments),
          published_(published) {}

    [[nodiscard]] Result<bool> step() override {
        ATTUNE_TRY(const auto set, experiments_.of(tenant_));
        bandits.align(*set);
        const auto read = bandits.step();
        published_.set(tenant_, bandits.known());
        return read;
    }
    [[nodiscard]] bool is_idle() const override { return bandits.is_empty(); }

    TenantBandits bandits;

private:
    const TenantId tenant_;
    Experiments& experiments_;
    PublishedBandits& published_;
};

// Answers whether what it told is current.
Result<bool> tell_from(BanditReading& reading, const domain::Experiment& definition,
                       ExperimentResults& results) {
    if (definition.concluded_at) reading.bandits.ask_for(results.id);
    ATTUNE_TRY(const bool is_current, reading.read_on(kBatchesOfAnAnswer));
    FollowedBandit* followed = reading.bandits.find(results.id);
    if (followed == nullptr)
        return fail(Code::unavailable, "the log is being read again; try again soon");
    const auto state = followed->learner.state(followed->draws.now());
    BanditResults summary = summary_of(definition, followed->learner.sums(), *state);
    summary.is_current = is_current;
    tell_as_bandit(definition, followed->learner.sums(), std::move(summary), results);
    return is_current;
}

}  // namespace

class Bandits::Impl {
public:
    Impl(store::Store& store, Experiments& experiments_of_all)
        : experiments(experiments_of_all), follower(store, [&store, this](TenantId tenant) {
              return std::make_unique<BanditReading>(store, tenant, experiments, published);
          }) {}

    Result<void> tell(TenantId tenant, ExperimentResults& results) {
        ATTUNE_TRY(const auto set, experiments.of(tenant));
        const CompiledExperiment* experiment = set->find(results.id);
        if (experiment == nullptr)
            return fail(Code::not_found, "there is no experiment " + results.id);
        if (!experiment->definition.bandit) return {};
        return follower.look(tenant, [&](BanditReading& reading) {
            return tell_from(reading, experiment->definition, results);
        });
    }

    Experiments& experiments;
    DrawMemory memory;
    PublishedBandits published;
    LogFollower<BanditReading> follower;  // last: its thread uses the others
};

Bandits::Bandits(store::Store& store, Experiments& experiments)
    : impl_(std::make_unique<Impl>(store, experiments)) {}
Bandits::~Bandits() = default;

void Bandits::watch(TenantId tenant) { impl_->follower.watch(tenant); }
Result<void> Bandits::tell(TenantId tenant, ExperimentResults& results) {
    return impl_->tell(tenant, results);
}
Result<void> Bandits::catch_up(TenantId tenant) { return impl_->follower.catch_up(tenant); }
std::shared_ptr<const KnownBandits> Bandits::known(TenantId tenant) const {
    return impl_->published.of(tenant);
}
DrawMemory& Bandits::memory() const { return impl_->memory; }

BanditDrawing::BanditDrawing(const Bandits& bandits, TenantId tenant)
    : known_(bandits.known(tenant)), memory_(bandits.memory()), tenant_(tenant) {}

std::optional<BanditDraw> BanditDrawing::draw(const CompiledExperiment& experiment,
                                              std::string_view unit, std::uint32_t bucket,
                                              const ExperimentSubject& subject) {
    const domain::ExperimentBandit& bandit = *experiment.definition.bandit;
    const BanditState* state = nullptr;
    if (known_)
        if (const auto found = known_->find(experiment.id); found != known_->end())
            state = found->second.get();
    BanditDraw drawn;
    if (state == nullptr)
        drawn = first_shares(experiment.definition).draw(bucket);
    else if (state->looks_at_features())
        drawn = state->draw(bucket, feature_numbers(bandit.features, subject.input.data));
    else
        drawn = state->draw(bucket, {});
    // One person's sessions are told from another's by the person.
    std::string key = std::to_string(tenant_.value) + '\x1f' + experiment.id;
    key.append(1, '\x1f').append(unit).append(1, '\x1f').append(subject.person);
    const auto before = memory_.recall_or_keep(base::hash128(base::HashKey{}, key),
                                               static_cast<std::uint8_t>(drawn.variant));
    if (before) return BanditDraw{.variant = *before, .probability = 1};
    features_.add(bandit.features, subject.input.data);
    return drawn;
}

}  // namespace attune::engine
