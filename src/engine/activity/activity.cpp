#include "engine/activity/activity.h"

#include "base/mutex.h"
#include "engine/activity/activity_reading.h"

#include <map>
#include <thread>
#include <utility>
#include <vector>

namespace attune::engine {
namespace {

struct Reading {
    base::Mutex mutex;
    std::unique_ptr<ActivityReading> current ATTUNE_GUARDED_BY(mutex);
    // Of other weights, until it is as far.
    std::unique_ptr<ActivityReading> next ATTUNE_GUARDED_BY(mutex);

    base::Mutex answering;  // a leaf
    std::shared_ptr<const ActivityOfTenant> activity ATTUNE_GUARDED_BY(answering);
};

}  // namespace

class Activity::Impl {
public:
    Impl(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
         const ActivityOptions& options)
        : store_(store), tenants_(tenants), numbers_(numbers), options_(options) {
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

    std::shared_ptr<Reading> reading(TenantId tenant) {
        {
            const base::MutexLock lock(mutex_);
            if (const auto known = readings_.find(tenant); known != readings_.end())
                return known->second;
        }
        auto made = std::make_shared<Reading>();
        {
            const base::MutexLock lock(made->mutex);
            made->current = make(tenant, *tenants_.weights(tenant));
            const base::MutexLock answering(made->answering);
            made->activity = made->current->activity();
        }
        const base::MutexLock lock(mutex_);
        const auto [at, is_new] = readings_.emplace(tenant, std::move(made));
        if (is_new && !std::exchange(is_woken_, true)) changed_.notify_all();
        return at->second;
    }

    // True when everything committed when it began is known.
    Result<bool> read_on(TenantId tenant, Reading& reading) {
        const auto weights = tenants_.weights(tenant);
        const base::MutexLock lock(reading.mutex);
        if (reading.current->is_of(*weights)) {
            reading.next.reset();
            return reading.current->step(*weights);
        }
        if (!reading.next || !reading.next->is_of(*weights)) reading.next = make(tenant, *weights);
        ATTUNE_TRY(const bool is_done, reading.next->step(*weights));
        if (is_done) {
            reading.current = std::move(reading.next);
            const base::MutexLock answering(reading.answering);
            reading.activity = reading.current->activity();
        }
        return is_done;
    }

    void forget(TenantId tenant, const store::PersonId& person) {
        std::shared_ptr<Reading> reading;
        {
            const base::MutexLock lock(mutex_);
            const auto known = readings_.find(tenant);
            if (known == readings_.end()) return;
            reading = known->second;
        }
        const base::MutexLock lock(reading->mutex);
        reading->current->forget(person);
        if (reading->next) reading->next->forget(person);
    }

private:
    using Round = std::vector<std::pair<TenantId, std::shared_ptr<Reading>>>;

    std::unique_ptr<ActivityReading> make(TenantId tenant, const WeightTable& weights) {
        return std::make_unique<ActivityReading>(store_, tenant, numbers_.of(tenant), weights,
                                                 options_);
    }

    void wake() {
        const base::MutexLock lock(mutex_);
        if (!readings_.empty() && !std::exchange(is_woken_, true)) changed_.notify_all();
    }

    void run() {
        while (true) {
            Round round;
            {
                base::MutexLock lock(mutex_);
                while (!is_woken_ && !is_stopping_) changed_.wait(lock);
                if (is_stopping_) return;
                is_woken_ = false;
                round.assign(readings_.begin(), readings_.end());
            }
            read_to_the_end(std::move(round));
        }
    }

    // A batch of each in turn: a tenant whose log is long keeps nobody waiting. A store that fails is tried again at the
    // next commit.
    void read_to_the_end(Round round) {
        while (!round.empty()) {
            std::erase_if(round, [&](const auto& one) {
                const auto read = read_on(one.first, *one.second);
                return !read || *read;
            });
            const base::MutexLock lock(mutex_);
            if (is_stopping_) return;
        }
    }

    store::Store& store_;
    const TenantView& tenants_;
    AllItemNumbers& numbers_;
    const ActivityOptions options_;
    base::Mutex mutex_;
    base::CondVar changed_;
    std::map<TenantId, std::shared_ptr<Reading>> readings_ ATTUNE_GUARDED_BY(mutex_);
    bool is_woken_ ATTUNE_GUARDED_BY(mutex_) = false;
    bool is_stopping_ ATTUNE_GUARDED_BY(mutex_) = false;
    std::shared_ptr<void> wake_;
    std::thread thread_;
};

Activity::Activity(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
                   ActivityOptions options)
    : impl_(std::make_unique<Impl>(store, tenants, numbers, options)) {}
Activity::~Activity() = default;

void Activity::watch(TenantId tenant) { (void)impl_->reading(tenant); }
std::shared_ptr<const ActivityOfTenant> Activity::of(TenantId tenant) {
    const auto reading = impl_->reading(tenant);
    const base::MutexLock lock(reading->answering);
    return reading->activity;
}
void Activity::forget(TenantId tenant, const store::PersonId& person) {
    impl_->forget(tenant, person);
}
Result<void> Activity::catch_up(TenantId tenant) {
    while (true) {
        ATTUNE_TRY(const bool is_done, impl_->read_on(tenant, *impl_->reading(tenant)));
        if (is_done) return {};
    }
}

}  // namespace attune::engine
