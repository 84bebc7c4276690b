#include "engine/bandit/bandits.h"

#include "base/keyed_hash.h"
#include "base/mutex.h"
#include "base/snapshot.h"
#include "engine/bandit/draw_memory.h"
#include "engine/bandit/summary.h"
#include "engine/bandit/tenant_bandits.h"

#include <thread>
#include <utility>
#include <vector>

namespace attune::engine {
namespace {

constexpr int kBatchesOfAnAnswer = 4;

struct TenantReading {
    TenantReading(store::Store& store, TenantId tenant) : bandits(store, tenant) {}
    base::Mutex mutex;
    TenantBandits bandits ATTUNE_GUARDED_BY(mutex);
};

using KnownByTenant = std::map<TenantId, std::shared_ptr<const KnownBandits>>;

}  // namespace

class Bandits::Impl {
public:
    Impl(store::Store& store, Experiments& experiments) : store_(store), experiments_(experiments) {
        wake_ = store_.subscribe([this](store::Sequence) { wake(); });
        thread_ = std::thread([this] { run(); });
    }
    ~Impl() {
        wake_.reset();
        {
            const base::MutexLock lock(mutex_);
            is_stopping_ = true;
            changed_.notify_all();
        }
        thread_.join();
    }

    std::shared_ptr<TenantReading> reading(TenantId tenant) {
        const base::MutexLock lock(mutex_);
        Watched& one = readings_[tenant];
        if (!one.reading) one.reading = std::make_shared<TenantReading>(store_, tenant);
        one.is_fresh = true;
        return one.reading;
    }

    void wake() {
        const base::MutexLock lock(mutex_);
        if (!readings_.empty() && !std::exchange(is_woken_, true)) changed_.notify_all();
    }

    Result<void> tell(TenantId tenant, ExperimentResults& results) {
        ATTUNE_TRY(const auto set, experiments_.of(tenant));
        const CompiledExperiment* experiment = set->find(results.id);
        if (experiment == nullptr)
            return fail(Code::not_found, "there is no experiment " + results.id);
        if (!experiment->definition.bandit) return {};
        const auto reading = this->reading(tenant);
        const base::MutexLock lock(reading->mutex);
        if (experiment->definition.concluded_at) reading->bandits.ask_for(results.id);
        bool is_current = false;
        for (int i = 0; i < kBatchesOfAnAnswer && !is_current; ++i) {
            ATTUNE_TRY(is_current, step(tenant, *reading));
        }
        if (!is_current) wake();
        FollowedBandit* followed = reading->bandits.find(results.id);
        if (followed == nullptr)
            return fail(Code::unavailable, "the log is being read again; try again soon");
        const auto state = followed->learner.state(followed->draws.now());
        BanditResults summary =
            summary_of(experiment->definition, followed->learner.sums(), *state);
        summary.is_current = is_current;
        tell_as_bandit(experiment->definition, followed->learner.sums(), std::move(summary),
                       results);
        return {};
    }

    // True when everything committed when it began is known.
    Result<bool> read_on(TenantId tenant, TenantReading& reading) {
        const base::MutexLock lock(reading.mutex);
        return step(tenant, reading);
    }

    [[nodiscard]] std::shared_ptr<const KnownBandits> known(TenantId tenant) const {
        const KnownByTenant& all = known_.of_this_thread();
        const auto found = all.find(tenant);
        return found == all.end() ? nullptr : found->second;
    }

    DrawMemory memory;

private:
    struct Watched {
        std::shared_ptr<TenantReading> reading;
        bool is_fresh = true;  // asked for since the last round began
    };
    using Round = std::vector<std::pair<TenantId, std::shared_ptr<TenantReading>>>;

    void run() {
        while (true) {
            Round round;
            {
                base::MutexLock lock(mutex_);
                while (!is_woken_ && !is_stopping_) changed_.wait(lock);
                if (is_stopping_) return;
                is_woken_ = false;
                for (auto& [tenant, watched] : readings_) {
                    watched.is_fresh = false;
                    round.emplace_back(tenant, watched.reading);
                }
            }
            read_to_the_end(std::move(round));
        }
    }

    // A batch of each in turn: a tenant whose log is long keeps nobody waiting. A store that fails is tried again at the
    // next commit.
    void read_to_the_end(Round round) {
        while (!round.empty()) {
            {
                const base::MutexLock lock(mutex_);
                if (is_stopping_) return;
            }
            std::erase_if(round, [&](const auto& one) {
                const auto read = read_on(one.first, *one.second);
                if (read && *read) leave_alone(one.first, *one.second);
                return !read || *read;
            });
        }
    }

    // Who has no bandit is not looked at until watched or asked for again.
    void leave_alone(TenantId tenant, TenantReading& reading) {
        {
            const base::MutexLock lock(reading.mutex);
            if (!reading.bandits.is_empty()) return;
        }
        const base::MutexLock lock(mutex_);
        const auto watched = readings_.find(tenant);
        if (watched != readings_.end() && !watched->second.is_fresh) readings_.erase(watched);
    }

    Result<bool> step(TenantId tenant, TenantReading& reading) ATTUNE_REQUIRES(reading.mutex) {
        ATTUNE_TRY(const auto set, experiments_.of(tenant));
        reading.bandits.align(*set);
        const auto read = reading.bandits.step();
        publish(tenant, reading.bandits.known());
        return read;
    }

    void publish(TenantId tenant, std::shared_ptr<const KnownBandits> known) {
        const base::MutexLock lock(publishing_);
        const auto before = known_.get();
        const auto found = before->find(tenant);
        const bool is_news = found == before->end() ? !known->empty() : *found->second != *known;
        if (!is_news) return;
        auto next = std::make_shared<KnownByTenant>(*before);
        if (known->empty())
            next->erase(tenant);
        else
            (*next)[tenant] = std::move(known);
        known_.set(std::move(next));
    }

    store::Store& store_;
    Experiments& experiments_;
    base::Mutex publishing_;
    base::Snapshot<KnownByTenant> known_{std::make_shared<const KnownByTenant>()};
    base::Mutex mutex_;
    base::CondVar changed_;
    std::map<TenantId, Watched> readings_ ATTUNE_GUARDED_BY(mutex_);
    bool is_woken_ ATTUNE_GUARDED_BY(mutex_) = false;
    bool is_stopping_ ATTUNE_GUARDED_BY(mutex_) = false;
    std::shared_ptr<void> wake_;
    std::thread thread_;
};

Bandits::Bandits(store::Store& store, Experiments& experiments)
    : impl_(std::make_unique<Impl>(store, experiments)) {}
Bandits::~Bandits() = default;

void Bandits::watch(TenantId tenant) {
    (void)impl_->reading(tenant);
    impl_->wake();
}
Result<void> Bandits::tell(TenantId tenant, ExperimentResults& results) {
    return impl_->tell(tenant, results);
}
Result<void> Bandits::catch_up(TenantId tenant) {
    while (true) {
        ATTUNE_TRY(const bool is_done, impl_->read_on(tenant, *impl_->reading(tenant)));
        if (is_done) return {};
    }
}
std::shared_ptr<const KnownBandits> Bandits::known(TenantId tenant) const {
    return impl_->known(tenant);
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
