#include "engine/models/models.h"

#include "base/field_error.h"
#include "engine/models/registry.h"
#include "engine/models/train_ranker.h"
#include "engine/models/trainer.h"
#include "engine/models/training_due.h"

#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <deque>
#include <stop_token>
#include <thread>
#include <utility>

namespace attune::engine {
namespace {

constexpr int kNice = 19;

struct Job {
    TenantId tenant;
    ModelEntry entry;
    std::stop_source stop;
    std::atomic<double> progress = 0;
};

std::unexpected<Error> under_way() {
    return fail(Code::failed_precondition,
                "A model of this tenant is waiting or being trained; cancel it first.",
                "under_way");
}

}  // namespace

class Models::Impl {
public:
    Impl(store::Store& store, const TenantView& tenants, Activity& activity,
         AllItemNumbers& numbers, const base::Clock& clock, base::Random& random,
         ModelsInputs inputs, ModelsOptions options)
        : registry(store, numbers, clock),
          trainer_(store, tenants, numbers, activity, clock, registry, std::move(inputs), options),
          clock_(clock),
          random_(random),
          options_(options) {
        thread_ = std::thread([this] { run(); });
    }
    ~Impl() {
        {
            const base::MutexLock lock(mutex_);
            is_stopping_ = true;
            if (running_) running_->stop.request_stop();
            changed_.notify_all();
        }
        thread_.join();
    }

    void know(TenantId tenant) {
        const base::MutexLock lock(mutex_);
        if (std::ranges::find(tenants_, tenant) == tenants_.end()) tenants_.push_back(tenant);
    }

    Result<ModelEntry> train(TenantId tenant, TrainingRequest request, std::string_view by) {
        ATTUNE_TRY_VOID(check(request));
        auto job = std::make_shared<Job>();
        job->tenant = tenant;
        job->entry = {.id = "mdl_" + random_.id().to_text().substr(0, 16),
                      .kind = kind_of(request),
                      .by = std::string(by),
                      .request = std::move(request),
                      .created_at = clock_.now()};
        ModelEntry entry = job->entry;
        {
            const base::MutexLock lock(mutex_);
            if (is_busy(tenant)) return under_way();
            if (waiting_.size() >= options_.waiting_max)
                return fail(Code::resource_exhausted, "Too many models are waiting for their turn.",
                            "queue_full");
            starting_.push_back(tenant);
        }
        const auto saved = registry.save(tenant, entry);
        const base::MutexLock lock(mutex_);
        std::erase(starting_, tenant);
        ATTUNE_TRY_VOID(saved);
        if (std::ranges::find(tenants_, tenant) == tenants_.end()) tenants_.push_back(tenant);
        waiting_.push_back(std::move(job));
        changed_.notify_all();
        return entry;
    }

    Result<ModelEntry> cancel(TenantId tenant, std::string_view id) {
        ATTUNE_TRY(ModelEntry entry, registry.shelf().get(tenant, id));
        std::shared_ptr<Job> waiting;
        {
            const base::MutexLock lock(mutex_);
            const auto is_it = [&](const auto& job) {
                return job->tenant == tenant && job->entry.id == id;
            };
            if (running_ && is_it(running_)) {
                running_->stop.request_stop();
                entry.state = ModelState::cancelled;
                return entry;
            }
            const auto found = std::ranges::find_if(waiting_, is_it);
            if (found == waiting_.end())
                return fail(Code::failed_precondition,
                            "This model is neither waiting nor being trained.", "not_under_way");
            waiting = *found;
            waiting_.erase(found);
        }
        entry.state = ModelState::cancelled;
        ATTUNE_TRY_VOID(registry.save(tenant, entry));
        return entry;
    }

    // How far it is; else as it is kept.
    void tell_progress(TenantId tenant, ModelEntry& entry) const {
        const base::MutexLock lock(mutex_);
        if (running_ && running_->tenant == tenant && running_->entry.id == entry.id)
            entry.progress = running_->progress.load(std::memory_order_relaxed);
    }

    Result<std::size_t> look() {
        std::vector<TenantId> tenants;
        {
            const base::MutexLock lock(mutex_);
            tenants = tenants_;
        }
        std::size_t begun = 0;
        for (const TenantId tenant : tenants) {
            ATTUNE_TRY(const std::size_t of_this, begin_what_is_due(tenant));
            begun += of_this;
        }
        return begun;
    }

    void finish() {
        base::MutexLock lock(mutex_);
        while (running_ || !waiting_.empty()) changed_.wait(lock);
    }

    ModelRegistry registry;

private:
    bool is_busy(TenantId tenant) const ATTUNE_REQUIRES(mutex_) {
        return (running_ && running_->tenant == tenant) ||
               std::ranges::find(starting_, tenant) != starting_.end() ||
               std::ranges::any_of(waiting_,
                                   [&](const auto& job) { return job->tenant == tenant; });
    }

    Result<std::size_t> begin_what_is_due(TenantId tenant) {
        ATTUNE_TRY(const TrainingPlan plan, registry.shelf().plan(tenant));
        if (!trains_by_itself(plan)) return std::size_t{0};
        ATTUNE_TRY(const auto all, registry.shelf().all(tenant));
        TrainingNow now{.now = clock_.now(), .touches = trainer_.touches(tenant)};
        if (plan.ranker_after_lists > 0) {
            ATTUNE_TRY(now.answered_lists, trainer_.answered_lists(tenant));
        }
        std::size_t begun = 0;
        if (const auto why = why_recommender_is_due(plan, all, now))
            begun += train(tenant, plan.request, *why) ? 1 : 0;
        // Where the other one is under way, it is the ranker's turn a minute later.
        if (const auto why = why_ranker_is_due(plan, all, now))
            begun += train(tenant, {.learner = std::string(kRankerLearner)}, *why) ? 1 : 0;
        return begun;
    }

    void run() {
        // Of this thread and those it starts: whoever is being answered goes first.
        (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
        const bool looks = options_.look_every > base::Duration(0);
        while (true) {
            std::shared_ptr<Job> job;
            {
                base::MutexLock lock(mutex_);
                if (waiting_.empty() && !is_stopping_) {
                    if (looks)
                        (void)changed_.wait_for(lock, options_.look_every);
                    else
                        changed_.wait(lock);
                }
                if (is_stopping_) return;
                if (!waiting_.empty()) {
                    job = waiting_.front();
                    waiting_.pop_front();
                    running_ = job;
                }
            }
            if (job) {
                work(*job);
                const base::MutexLock lock(mutex_);
                running_.reset();
                changed_.notify_all();
            } else if (looks) {
                // A store that fails is asked again in a minute.
                (void)look();
            }
        }
    }

    void work(Job& job) {
        job.entry.state = ModelState::training;
        if (!registry.save(job.tenant, job.entry)) return;
        auto done = trainer_.train(job.tenant, job.entry,
                                   {.stop = job.stop.get_token(),
                                    .progress = [&job](double part) { job.progress = part; }});
        if (done) return;
        job.entry.state =
            done.error().code == Code::cancelled ? ModelState::cancelled : ModelState::failed;
        job.entry.reason = done.error().message;
        job.entry.progress = 0;
        // When the store takes nothing, the next start finds it under way and says so.
        (void)registry.save(job.tenant, job.entry);
    }

    Trainer trainer_;
    const base::Clock& clock_;
    base::Random& random_;
    const ModelsOptions options_;
    mutable base::Mutex mutex_;
    base::CondVar changed_;
    std::deque<std::shared_ptr<Job>> waiting_ ATTUNE_GUARDED_BY(mutex_);
    std::vector<TenantId> starting_ ATTUNE_GUARDED_BY(mutex_);  // whose entry is being saved
    std::shared_ptr<Job> running_ ATTUNE_GUARDED_BY(mutex_);
    std::vector<TenantId> tenants_ ATTUNE_GUARDED_BY(mutex_);  // whose plans are looked at
    bool is_stopping_ ATTUNE_GUARDED_BY(mutex_) = false;
    std::thread thread_;
};

Models::Models(store::Store& store, const TenantView& tenants, Activity& activity,
               AllItemNumbers& numbers, const base::Clock& clock, base::Random& random,
               ModelsInputs inputs, ModelsOptions options)
    : impl_(std::make_unique<Impl>(store, tenants, activity, numbers, clock, random,
                                   std::move(inputs), options)) {}
Models::~Models() = default;

Result<void> Models::open(std::span<const TenantId> tenants) {
    for (const TenantId tenant : tenants) {
        ATTUNE_TRY_VOID(impl_->registry.open(tenant));
        impl_->know(tenant);
    }
    return {};
}
std::shared_ptr<const ServedModel> Models::published(TenantId tenant) const {
    return impl_->registry.published(tenant);
}
std::shared_ptr<const ServedRanker> Models::ranker(TenantId tenant) const {
    return impl_->registry.ranker(tenant);
}
Result<ModelEntry> Models::train(TenantId tenant, TrainingRequest request, std::string_view by) {
    return impl_->train(tenant, std::move(request), by);
}
Result<std::vector<ModelEntry>> Models::list(TenantId tenant) const {
    ATTUNE_TRY(auto entries, std::as_const(impl_->registry).shelf().all(tenant));
    std::ranges::reverse(entries);
    for (ModelEntry& entry : entries) impl_->tell_progress(tenant, entry);
    return entries;
}
Result<ModelEntry> Models::get(TenantId tenant, std::string_view id) const {
    ATTUNE_TRY(auto entry, std::as_const(impl_->registry).shelf().get(tenant, id));
    impl_->tell_progress(tenant, entry);
    return entry;
}
Result<ModelEntry> Models::publish(TenantId tenant, std::string_view id) {
    return impl_->registry.publish(tenant, id);
}
Result<ModelEntry> Models::roll_back(TenantId tenant, ModelKind kind) {
    return impl_->registry.roll_back(tenant, kind);
}
Result<ModelEntry> Models::cancel(TenantId tenant, std::string_view id) {
    return impl_->cancel(tenant, id);
}
Result<void> Models::remove(TenantId tenant, std::string_view id) {
    return impl_->registry.remove(tenant, id);
}
Result<TrainingPlan> Models::plan(TenantId tenant) const {
    return std::as_const(impl_->registry).shelf().plan(tenant);
}
Result<void> Models::put_plan(TenantId tenant, const TrainingPlan& plan) {
    if (kind_of(plan.request) == ModelKind::ranker)
        return fail_field("/request/learner",
                          "must be a recommender; ranker_every_hours and ranker_after_lists train "
                          "rankers");
    if (auto wrong = check(plan.request); !wrong)
        return base::error_below("/request", std::move(wrong).error());
    ATTUNE_TRY_VOID(impl_->registry.shelf().put_plan(tenant, plan));
    impl_->know(tenant);
    return {};
}
Result<std::size_t> Models::look() { return impl_->look(); }
void Models::finish() { impl_->finish(); }

}  // namespace attune::engine
