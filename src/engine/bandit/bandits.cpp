#include "engine/bandit/bandits.h"

#include "base/keyed_hash.h"
#include "base/mutex.h"
#include "base/snapshot.h"
#include "engine/bandit/bandits_image.h"
#include "engine/bandit/draw_memory.h"
#include "engine/bandit/summary.h"
#include "engine/bandit/tenant_bandits.h"
#include "engine/experiment/plan.h"
#include "engine/follow/log_follower.h"

#include <utility>
#include <vector>

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

class BanditReading final : public LogReading, private KeptReading {
public:
    BanditReading(store::Store& store, TenantId tenant, Experiments& experiments,
                  PublishedBandits& published, Checkpoints* checkpoints)
        : bandits(store, tenant),
          store_(store),
          tenant_(tenant),
          experiments_(experiments),
          published_(published),
          keeper_(*this, store, checkpoints, {.format = kBanditsFormat, .tenant = tenant}) {}

    [[nodiscard]] Result<bool> step() override;
    [[nodiscard]] bool is_idle() const override { return bandits.is_empty(); }
    [[nodiscard]] bool is_to_be_renewed() const override { return keeper_.is_to_be_renewed(); }

    [[nodiscard]] Result<void> begin_erasure();
    // Nothing where somebody is still behind: a checkpoint knows all of them as of one position.
    void save_now() {
        if (!is_idle() && bandits.are_together()) keeper_.save();
    }

    TenantBandits bandits;

private:
    [[nodiscard]] LogMark mark() const override { return bandits.mark(); }
    [[nodiscard]] std::uint64_t bytes() const override {
        return BanditsSaver::bytes(bandits.followed());
    }
    [[nodiscard]] std::unique_ptr<KnowledgeSaver> save() override {
        return std::make_unique<BanditsSaver>(bandits.followed());
    }
    [[nodiscard]] std::unique_ptr<KnowledgeLoader> load() override {
        return std::make_unique<BanditsLoader>(
            [this](std::vector<BanditLoader> loaded, const LogMark& mark) {
                take(std::move(loaded), mark);
            });
    }
    void take(std::vector<BanditLoader> loaded, const LogMark& mark);

    store::Store& store_;
    const TenantId tenant_;
    Experiments& experiments_;
    PublishedBandits& published_;
    std::shared_ptr<const ExperimentSet> set_;  // that a checkpoint is taken up for
    bool was_current_ = false;
    ReadingKeeper keeper_;
};

Result<bool> BanditReading::step() {
    ATTUNE_TRY(set_, experiments_.of(tenant_));
    if (keeper_.work()) return false;
    bandits.align(*set_);
    const auto is_done = bandits.step();
    was_current_ |= is_done && *is_done;
    // One that takes the place of another says nothing before it knows as much.
    if (was_current_) published_.set(tenant_, bandits.known());
    if (!is_done) return is_done;
    return *is_done && (is_idle() || !keeper_.begin_saving_if_due());
}

Result<void> BanditReading::begin_erasure() {
    if (auto set = experiments_.of(tenant_)) set_ = *std::move(set);
    ATTUNE_TRY_VOID(keeper_.begin_erasure());
    keeper_.become_stale();
    return {};
}

// Each is followed on from there, if it learns what it learned.
void BanditReading::take(std::vector<BanditLoader> loaded, const LogMark& mark) {
    bandits.go_on_from(mark);
    for (BanditLoader& one : loaded) {
        const CompiledExperiment* experiment = set_ ? set_->find(one.id()) : nullptr;
        if (experiment == nullptr || !experiment->definition.bandit ||
            primary_metric(experiment->definition) == nullptr)
            continue;
        auto known = std::make_unique<FollowedBandit>(store_, tenant_, *experiment, mark.last);
        if (std::move(one).take(*known)) bandits.keep(experiment->id, std::move(known));
    }
}

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
    Impl(store::Store& store, Experiments& experiments_of_all, Checkpoints* checkpoints)
        : experiments(experiments_of_all),
          follower(store, [&store, checkpoints, this](TenantId tenant) {
              return std::make_unique<BanditReading>(store, tenant, experiments, published,
                                                     checkpoints);
          }) {}
    ~Impl() {
        follower.each([](BanditReading& reading) { reading.save_now(); });
    }

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

Bandits::Bandits(store::Store& store, Experiments& experiments, Checkpoints* checkpoints)
    : impl_(std::make_unique<Impl>(store, experiments, checkpoints)) {}
Bandits::~Bandits() = default;

void Bandits::watch(TenantId tenant) { impl_->follower.watch(tenant); }
Result<void> Bandits::tell(TenantId tenant, ExperimentResults& results) {
    return impl_->tell(tenant, results);
}
Result<void> Bandits::begin_erasure(TenantId tenant) {
    return impl_->follower.with(tenant,
                                [](BanditReading& reading) { return reading.begin_erasure(); });
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
