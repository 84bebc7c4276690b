#include "engine/experiment/experiment_reader.h"

#include "base/json.h"
#include "base/mutex.h"
#include "domain/describe.h"
#include "engine/experiment/follower.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <thread>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kBatchEvents = 2'000;  // looked at in one go, some ten milliseconds
constexpr int kBatchesOfAnAnswer = 4;
// Between two rounds of reading along, so that a busy log costs a round and not a commit's worth of them.
constexpr std::chrono::milliseconds kBetweenRounds{200};
constexpr std::size_t kConcludedMax = 8;  // kept because somebody asked for them

// All that is read for one tenant.
struct TenantReading {
    base::Mutex mutex;
    std::map<std::string, std::unique_ptr<Follower>, std::less<>> followers
        ATTUNE_GUARDED_BY(mutex);
    std::deque<std::string> concluded ATTUNE_GUARDED_BY(mutex);  // asked for; the oldest first
    // Experiments that had been started when the set was looked at last, and how far had been read by then: what was
    // started since cannot have an exposure before that.
    std::set<std::string, std::less<>> started ATTUNE_GUARDED_BY(mutex);
    std::optional<store::Position> read_then ATTUNE_GUARDED_BY(mutex);
};

bool is_running(const domain::Experiment& experiment) {
    return experiment.status == domain::ExperimentStatus::running ||
           experiment.status == domain::ExperimentStatus::paused;
}

}  // namespace

class ExperimentReader::Impl {
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
        if (!one.reading) one.reading = std::make_shared<TenantReading>();
        one.is_fresh = true;
        return one.reading;
    }

    void wake() {
        const base::MutexLock lock(mutex_);
        // Once a round is enough, and lets the pause before it end.
        if (!std::exchange(is_woken_, true)) changed_.notify_all();
    }

    Result<ExperimentResults> results(TenantId tenant, std::string_view id) {
        const auto reading = this->reading(tenant);
        const base::MutexLock lock(reading->mutex);
        ATTUNE_TRY(const auto set, experiments_.of(tenant));
        const CompiledExperiment* experiment = set->find(id);
        if (experiment == nullptr)
            return fail(Code::not_found, "there is no experiment " + std::string(id));
        if (!experiment->definition.started_at)
            return fail(Code::failed_precondition,
                        "experiment " + std::string(id) + " was not started: nothing is known");
        ATTUNE_TRY(const WeightsByVersion weights, weights_of(tenant, id));
        if (!is_running(experiment->definition)) keep_concluded(*reading, id);
        align(tenant, *reading, *set);
        bool is_current = false;
        for (int i = 0; i < kBatchesOfAnAnswer && !is_current; ++i) {
            ATTUNE_TRY(is_current, step(tenant, *reading));
        }
        const auto follower = reading->followers.find(id);
        if (follower == reading->followers.end())
            return fail(Code::unavailable, "the log is being read again; try again soon");
        if (!is_current) wake();
        ATTUNE_TRY(auto results, results_of(*experiment, follower->second->tally(), weights));
        results.is_current = is_current;
        return results;
    }

    // True when everything committed when it began is counted.
    Result<bool> read_on(TenantId tenant, TenantReading& reading) {
        const base::MutexLock lock(reading.mutex);
        ATTUNE_TRY(const auto set, experiments_.of(tenant));
        align(tenant, reading, *set);
        return step(tenant, reading);
    }

private:
    struct Watched {
        std::shared_ptr<TenantReading> reading;
        bool is_fresh = true;  // asked for since the last round began
    };

    void run() {
        while (true) {
            std::vector<std::pair<TenantId, std::shared_ptr<TenantReading>>> round;
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
            for (const auto& [tenant, reading] : round) read_to_the_end(tenant, *reading);
            base::MutexLock lock(mutex_);
            while (!is_stopping_ && changed_.wait_for(lock, kBetweenRounds)) {
            }
        }
    }

    // A store that fails is tried again at the next commit.
    void read_to_the_end(TenantId tenant, TenantReading& reading) {
        bool is_done = false;
        while (!is_done) {
            {
                const base::MutexLock lock(mutex_);
                if (is_stopping_) return;
            }
            const auto read = read_on(tenant, reading);
            if (!read) return;
            is_done = *read;
        }
        {
            const base::MutexLock lock(reading.mutex);
            if (!reading.followers.empty()) return;
        }
        // Who has nothing to follow is left alone until watched or asked for again.
        const base::MutexLock lock(mutex_);
        const auto watched = readings_.find(tenant);
        if (watched != readings_.end() && !watched->second.is_fresh) readings_.erase(watched);
    }

    static void keep_concluded(TenantReading& reading, std::string_view id)
        ATTUNE_REQUIRES(reading.mutex) {
        if (std::ranges::find(reading.concluded, id) != reading.concluded.end()) return;
        reading.concluded.emplace_back(id);
        if (reading.concluded.size() > kConcludedMax) reading.concluded.pop_front();
    }

    // Follows what is to be followed, and nothing else. The set must have been asked for under the lock: what has been
    // read is then older than the set, and what is not in it cannot have been exposed there.
    void align(TenantId tenant, TenantReading& reading, const ExperimentSet& set)
        ATTUNE_REQUIRES(reading.mutex) {
        std::optional<store::Position> read_now;
        for (const auto& [id, one] : reading.followers)
            read_now = read_now ? std::min(*read_now, one->upto) : one->upto;
        std::set<std::string, std::less<>> started;
        std::set<std::string, std::less<>> wanted;
        for (const auto& one : set.all()) {
            if (!one->definition.started_at) continue;
            started.insert(one->id);
            if (!is_running(one->definition) &&
                std::ranges::find(reading.concluded, one->id) == reading.concluded.end())
                continue;
            wanted.insert(one->id);
            auto& follower = reading.followers[one->id];
            if (follower && follower->fits(*one)) continue;
            const bool is_new =
                !follower && reading.read_then && !reading.started.contains(one->id);
            follower = std::make_unique<Follower>(store_, tenant, *one,
                                                  is_new ? *reading.read_then : store::Position{});
        }
        std::erase_if(reading.followers,
                      [&](const auto& one) { return !wanted.contains(one.first); });
        reading.started = std::move(started);
        reading.read_then = read_now;
    }

    // Reads a batch for those who are furthest behind. True when all have read everything.
    Result<bool> step(TenantId tenant, TenantReading& reading) ATTUNE_REQUIRES(reading.mutex) {
        store::Position begin = store::kLogEnd;
        for (const auto& [id, one] : reading.followers) begin = std::min(begin, one->upto);
        if (begin == store::kLogEnd) return true;
        std::vector<Follower*> behind;
        store::Position others = store::kLogEnd;
        for (const auto& [id, one] : reading.followers) {
            if (one->upto == begin)
                behind.push_back(one.get());
            else
                others = std::min(others, one->upto);
        }
        auto read = read_batch(tenant, begin, others, behind);
        if (!read) {
            // Half a batch may be counted: what cannot be trusted is counted again.
            std::erase_if(reading.followers,
                          [&](const auto& one) { return one.second->upto == begin; });
            return std::unexpected(read.error());
        }
        for (Follower* one : behind) one->upto = read->upto;
        return read->is_end && others == store::kLogEnd;
    }

    struct Read {
        store::Position upto;
        bool is_end = false;
    };
    Result<Read> read_batch(TenantId tenant, store::Position begin, store::Position end,
                            const std::vector<Follower*>& followers) {
        std::vector<FollowedEvent> batch;
        Read read{.upto = begin, .is_end = true};
        std::size_t looked_at = 0;
        ATTUNE_TRY_VOID(store_.scan_all(tenant, begin, [&](const store::LoggedEvent& logged) {
            if (logged.position > end || ++looked_at > kBatchEvents) {
                read.is_end = false;
                return false;
            }
            read.upto = logged.position;
            auto event = read_event(logged.payload);
            if (event && std::ranges::any_of(followers, [&](const Follower* one) {
                    return one->cares_about(*event);
                }))
                batch.push_back({logged.person, logged.position, *std::move(event)});
            return true;
        }));
        // Where the others begin, although somebody's events between may have been erased.
        if ((read.is_end || looked_at <= kBatchEvents) && end != store::kLogEnd) read.upto = end;
        for (Follower* one : followers)
            for (const FollowedEvent& event : batch)
                if (one->cares_about(event.read)) ATTUNE_TRY_VOID(one->take(event));
        return read;
    }

    Result<WeightsByVersion> weights_of(TenantId tenant, std::string_view id) {
        ATTUNE_TRY(const Definition definition, experiments_.get(tenant, id));
        WeightsByVersion weights;
        for (const Revision& one : definition.history) {
            if (one.body.is_null()) continue;
            ATTUNE_TRY(const auto then, base::from_json<domain::Experiment>(one.body.text()));
            auto& shares = weights[one.version];
            for (const auto& variant : then.variants) shares.push_back(variant.weight);
        }
        return weights;
    }

    store::Store& store_;
    Experiments& experiments_;
    base::Mutex mutex_;
    base::CondVar changed_;
    std::map<TenantId, Watched> readings_ ATTUNE_GUARDED_BY(mutex_);
    bool is_woken_ ATTUNE_GUARDED_BY(mutex_) = false;
    bool is_stopping_ ATTUNE_GUARDED_BY(mutex_) = false;
    std::shared_ptr<void> wake_;
    std::thread thread_;
};

ExperimentReader::ExperimentReader(store::Store& store, Experiments& experiments)
    : impl_(std::make_unique<Impl>(store, experiments)) {}
ExperimentReader::~ExperimentReader() = default;

void ExperimentReader::watch(TenantId tenant) {
    (void)impl_->reading(tenant);
    impl_->wake();
}
Result<ExperimentResults> ExperimentReader::results(TenantId tenant, std::string_view id) {
    return impl_->results(tenant, id);
}
Result<void> ExperimentReader::catch_up(TenantId tenant) {
    while (true) {
        ATTUNE_TRY(const bool is_done, impl_->read_on(tenant, *impl_->reading(tenant)));
        if (is_done) return {};
    }
}

}  // namespace attune::engine
