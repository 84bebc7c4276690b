#include "engine/follow/log_follower.h"

#include "base/mutex.h"

#include <map>
#include <thread>
#include <vector>

namespace attune::engine {
namespace {

// One tenant's reading.
struct Held {
    explicit Held(std::unique_ptr<LogReading> made) : reading(std::move(made)) {}
    base::Mutex mutex;
    std::unique_ptr<LogReading> reading ATTUNE_GUARDED_BY(mutex);
    std::unique_ptr<LogReading> next ATTUNE_GUARDED_BY(mutex);  // that is to take its place
};

// What the store's thread touches: it may still be at it when the follower is gone.
class Signal {
public:
    void wake() {
        const base::MutexLock lock(mutex_);
        // Once a round is enough, and lets the pause before it end.
        if (!std::exchange(is_woken_, true)) changed_.notify_all();
    }
    // Something was committed, which wakes nobody where nobody is watched.
    void committed() {
        const base::MutexLock lock(mutex_);
        if (is_watching_ && !std::exchange(is_woken_, true)) changed_.notify_all();
    }
    void set_watching(bool is_watching) {
        const base::MutexLock lock(mutex_);
        is_watching_ = is_watching;
    }
    void stop() {
        const base::MutexLock lock(mutex_);
        is_stopping_ = true;
        changed_.notify_all();
    }
    bool is_stopping() {
        const base::MutexLock lock(mutex_);
        return is_stopping_;
    }
    // False: it is time to stop.
    bool wait() {
        base::MutexLock lock(mutex_);
        while (!is_woken_ && !is_stopping_) changed_.wait(lock);
        is_woken_ = false;
        return !is_stopping_;
    }
    void pause(std::chrono::milliseconds time) {
        base::MutexLock lock(mutex_);
        // A commit begins it anew, but only the first of them is told here.
        while (!is_stopping_ && changed_.wait_for(lock, time)) {
        }
    }

private:
    base::Mutex mutex_;
    base::CondVar changed_;
    bool is_watching_ ATTUNE_GUARDED_BY(mutex_) = false;
    bool is_woken_ ATTUNE_GUARDED_BY(mutex_) = false;
    bool is_stopping_ ATTUNE_GUARDED_BY(mutex_) = false;
};

}  // namespace

Result<bool> LogReading::read_on(int batches) {
    bool is_current = false;
    for (int i = 0; i < batches && !is_current; ++i) {
        ATTUNE_TRY(is_current, step());
    }
    return is_current;
}

class LogReadings::Impl {
public:
    Impl(store::Store& store, Make make, std::chrono::milliseconds between_rounds)
        : make_(std::move(make)), between_rounds_(between_rounds) {
        wake_ = store.subscribe([signal = signal_](store::Sequence) { signal->committed(); });
        thread_ = std::thread([this] { run(); });
    }
    ~Impl() {
        wake_.reset();
        signal_->stop();
        thread_.join();
    }

    void watch(TenantId tenant) {
        (void)held(tenant);
        signal_->wake();
    }

    Result<void> look(TenantId tenant, const Look& look) {
        const auto held = this->held(tenant);
        const base::MutexLock lock(held->mutex);
        const auto is_current = look(*held->reading);
        if (!is_current || !*is_current) signal_->wake();
        return is_current ? Result<void>{} : std::unexpected(is_current.error());
    }

    Result<bool> step(TenantId tenant, Held& held) {
        const base::MutexLock lock(held.mutex);
        if (!held.reading->is_to_be_renewed()) return held.reading->step();
        if (!held.next) held.next = make_(tenant);
        auto is_done = held.next->step();
        if (is_done && *is_done) held.reading = std::move(held.next);
        return is_done;
    }

    Result<void> with(TenantId tenant, const std::function<Result<void>(LogReading&)>& use) {
        const auto held = this->held(tenant);
        const base::MutexLock lock(held->mutex);
        ATTUNE_TRY_VOID(use(*held->reading));
        return held->next ? use(*held->next) : Result<void>{};
    }

    std::shared_ptr<Held> held(TenantId tenant) {
        const base::MutexLock lock(mutex_);
        Watched& one = tenants_[tenant];
        if (!one.held) one.held = std::make_shared<Held>(make_(tenant));
        one.is_fresh = true;
        signal_->set_watching(true);
        return one.held;
    }

    void each(const std::function<void(LogReading&)>& use) {
        for (const auto& [tenant, held] : all_held()) {
            const base::MutexLock lock(held->mutex);
            use(*held->reading);
        }
    }

private:
    struct Watched {
        std::shared_ptr<Held> held;
        bool is_fresh = true;  // asked for since the last round began
    };
    using Round = std::vector<std::pair<TenantId, std::shared_ptr<Held>>>;

    void run() {
        while (signal_->wait()) {
            read_to_the_end(next_round());
            if (between_rounds_ > std::chrono::milliseconds::zero())
                signal_->pause(between_rounds_);
        }
    }

    Round all_held() {
        Round all;
        const base::MutexLock lock(mutex_);
        for (const auto& [tenant, watched] : tenants_) all.emplace_back(tenant, watched.held);
        return all;
    }

    Round next_round() {
        Round round;
        const base::MutexLock lock(mutex_);
        for (auto& [tenant, watched] : tenants_) {
            watched.is_fresh = false;
            round.emplace_back(tenant, watched.held);
        }
        return round;
    }

    void read_to_the_end(Round round) {
        while (!round.empty()) {
            std::erase_if(round, [&](const auto& one) {
                if (signal_->is_stopping()) return true;
                const auto read = step(one.first, *one.second);
                if (read && *read) leave_alone(one.first, *one.second);
                return !read || *read;
            });
        }
    }

    // Who was asked for since this round began may have something to read for by now.
    void leave_alone(TenantId tenant, Held& held) {
        {
            const base::MutexLock lock(held.mutex);
            if (!held.reading->is_idle()) return;
        }
        const base::MutexLock lock(mutex_);
        const auto watched = tenants_.find(tenant);
        if (watched != tenants_.end() && !watched->second.is_fresh) tenants_.erase(watched);
        signal_->set_watching(!tenants_.empty());
    }

    const Make make_;
    const std::chrono::milliseconds between_rounds_;
    const std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();
    base::Mutex mutex_;
    std::map<TenantId, Watched> tenants_ ATTUNE_GUARDED_BY(mutex_);
    std::shared_ptr<void> wake_;
    std::thread thread_;  // last: it uses all of the above
};

LogReadings::LogReadings(store::Store& store, Make make, std::chrono::milliseconds between_rounds)
    : impl_(std::make_unique<Impl>(store, std::move(make), between_rounds)) {}
LogReadings::~LogReadings() = default;

void LogReadings::watch(TenantId tenant) { impl_->watch(tenant); }
Result<void> LogReadings::look(TenantId tenant, const Look& look) {
    return impl_->look(tenant, look);
}
Result<void> LogReadings::with(TenantId tenant,
                               const std::function<Result<void>(LogReading&)>& use) {
    return impl_->with(tenant, use);
}
void LogReadings::each(const std::function<void(LogReading&)>& use) { impl_->each(use); }
Result<void> LogReadings::catch_up(TenantId tenant) {
    while (true) {
        ATTUNE_TRY(const bool is_done, impl_->step(tenant, *impl_->held(tenant)));
        if (is_done) return {};
    }
}

}  // namespace attune::engine
