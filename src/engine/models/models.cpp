#include "engine/models/models.h"

#include "engine/models/registry.h"
#include "engine/models/train_model.h"
#include "engine/models/train_ranker.h"

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

NumbersByName numbers_of(const learn::Settings::Given& given) {
    NumbersByName numbers;
    for (const auto& [name, value] : given) numbers[name] = value;
    return numbers;
}

base::Time time_of(std::int64_t seconds) { return base::Time(std::chrono::seconds(seconds)); }

void describe_data(const TrainingData& data, ModelEntry& entry) {
    entry.people = data.interactions.people();
    entry.items = data.items.size();
    entry.touches = data.interactions.size();
    for (learn::PersonIndex person = 0; person < data.interactions.people(); ++person) {
        const learn::History history = data.interactions.of_person(person);
        if (history.empty()) continue;
        const base::Time first = time_of(history.front().time);
        const base::Time last = time_of(history.back().time);
        entry.data_from = entry.data_from ? std::min(*entry.data_from, first) : first;
        entry.data_until = entry.data_until ? std::max(*entry.data_until, last) : last;
    }
}

ModelKind kind_of(const TrainingRequest& request) {
    return request.learner == kRankerLearner ? ModelKind::ranker : ModelKind::recommender;
}

Result<void> check(const TrainingRequest& request) {
    if (kind_of(request) == ModelKind::ranker) {
        ATTUNE_TRY_VOID(ranker_options(request.settings));
    } else {
        ATTUNE_TRY_VOID(recipe_of(request));
    }
    return {};
}

std::unexpected<Error> under_way() {
    return fail(Code::failed_precondition,
                "A model of this tenant is waiting or being trained; cancel it first.",
                "under_way");
}

}  // namespace

class Models::Impl {
public:
    Impl(store::Store& store, const TenantView& tenant_view, Activity& activity,
         AllItemNumbers& numbers, const base::Clock& clock, base::Random& random, FactsOf facts,
         ModelsOptions options)
        : registry(store, numbers, clock),
          store_(store),
          tenant_view_(tenant_view),
          numbers_(numbers),
          activity_(activity),
          clock_(clock),
          random_(random),
          facts_(std::move(facts)),
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
            ATTUNE_TRY(const TrainingPlan plan, registry.shelf().plan(tenant));
            if (plan.every_hours > 0 || plan.after_touches > 0) {
                ATTUNE_TRY(const auto why, why_due(tenant, plan));
                if (why && train(tenant, plan.request, *why)) ++begun;
            }
            ATTUNE_TRY(const bool is_due, is_ranker_due(tenant, plan));
            // Where the other one is under way, it is the ranker's turn a minute later.
            if (is_due && train(tenant, {.learner = std::string(kRankerLearner)}, "schedule"))
                ++begun;
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

    // A failed attempt counts as one: what cannot be learned is not tried every minute.
    Result<std::optional<std::string>> why_due(TenantId tenant, const TrainingPlan& plan) {
        ATTUNE_TRY(auto all, registry.shelf().all(tenant));
        std::erase_if(all,
                      [](const ModelEntry& one) { return one.kind != ModelKind::recommender; });
        if (!all.empty() && is_under_way(all.back().state)) return std::nullopt;
        const std::uint64_t touches = activity_.of(tenant)->touches();
        if (touches == 0) return std::nullopt;
        if (all.empty()) return plan.every_hours > 0 ? std::optional("schedule") : "change";
        const base::Duration since = clock_.now() - all.back().created_at;
        const auto hours = std::chrono::duration<double, std::ratio<3'600>>(since).count();
        if (plan.every_hours > 0 && hours >= plan.every_hours) return "schedule";
        const std::uint64_t then = all.back().touches;
        const std::uint64_t change = touches > then ? touches - then : then - touches;
        if (plan.after_touches > 0 && change >= plan.after_touches) return "change";
        return std::nullopt;
    }

    Result<bool> is_ranker_due(TenantId tenant, const TrainingPlan& plan) {
        if (plan.ranker_every_hours <= 0) return false;
        ATTUNE_TRY(auto all, registry.shelf().all(tenant));
        std::erase_if(all, [](const ModelEntry& one) { return one.kind != ModelKind::ranker; });
        if (all.empty()) return true;
        if (is_under_way(all.back().state)) return false;
        const base::Duration since = clock_.now() - all.back().created_at;
        return std::chrono::duration<double, std::ratio<3'600>>(since).count() >=
               plan.ranker_every_hours;
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
        const base::Time began = clock_.now();
        job.entry.state = ModelState::training;
        if (!registry.save(job.tenant, job.entry)) return;
        auto done = job.entry.kind == ModelKind::ranker ? train_ranker_and_add(job, began)
                                                        : train_and_add(job, began);
        if (done) return;
        job.entry.state =
            done.error().code == Code::cancelled ? ModelState::cancelled : ModelState::failed;
        job.entry.reason = done.error().message;
        job.entry.progress = 0;
        // When the store takes nothing, the next start finds it under way and says so.
        (void)registry.save(job.tenant, job.entry);
    }

    Result<void> train_and_add(Job& job, base::Time began) {
        ModelEntry& entry = job.entry;
        ATTUNE_TRY_VOID(activity_.catch_up(job.tenant));
        const auto now = std::chrono::floor<std::chrono::seconds>(began.time_since_epoch());
        ATTUNE_TRY(const TrainingData data,
                   activity_.of(job.tenant)->training_data(options_.touches_max, now.count()));
        describe_data(data, entry);
        TrainingRun run{.data = data, .recipe = {}, .champion = {}};
        ATTUNE_TRY(run.recipe, recipe_of(entry.request));
        const auto champion = champion_of(job.tenant);
        if (champion) {
            entry.champion = champion->id;
            if (const auto learner = recipe_of(TrainingRequest{.learner = champion->request.learner,
                                                               .settings = champion->settings}))
                run.champion = *learner;
        }
        learn::ItemFacts facts;
        if (run.recipe.learner->needs_facts ||
            (run.champion && run.champion->learner->needs_facts)) {
            ATTUNE_TRY(facts, facts_(job.tenant, data.items));
            run.facts = &facts;
        }
        ATTUNE_TRY(TrainedModel trained,
                   train_model(run, {.seed = entry.request.seed,
                                     .threads = options_.threads,
                                     .stop = job.stop.get_token(),
                                     .progress = [&job](double done) { job.progress = done; }}));
        entry.settings = numbers_of(trained.settings);
        entry.metrics = trained.metrics;
        entry.champion_metrics = trained.champion_metrics;
        entry.popularity_metrics = trained.popularity_metrics;
        entry.trained_at = clock_.now();
        entry.seconds = std::chrono::duration<double>(*entry.trained_at - began).count();
        entry.progress = 1;
        const bool is_same_recipe = champion &&
                                    champion->request.learner == entry.request.learner &&
                                    champion->settings == entry.settings;
        entry.reason = why_not_better(trained, is_same_recipe);
        ATTUNE_TRY(const TrainingPlan plan, registry.shelf().plan(job.tenant));
        auto model =
            std::make_shared<const ServedModel>(entry.id, std::move(trained.model), data.items);
        return registry.add(job.tenant, entry, {.recommender = std::move(model), .ranker = {}},
                            entry.request.publish && !entry.reason, plan.keep);
    }

    Result<void> train_ranker_and_add(Job& job, base::Time began) {
        ModelEntry& entry = job.entry;
        ATTUNE_TRY(
            const RankerLessons lessons,
            read_ranker_lessons(store_, job.tenant, *numbers_.of(job.tenant),
                                *tenant_view_.weights(job.tenant), {.stop = job.stop.get_token()}));
        entry.people = lessons.people;
        entry.items = lessons.items;
        entry.lists = lessons.log.decisions();
        entry.data_from = lessons.from;
        entry.data_until = lessons.until;
        std::optional<ModelEntry> champion;
        if (const auto published = registry.ranker(job.tenant))
            if (auto found = registry.shelf().get(job.tenant, published->id()))
                champion = *std::move(found);
        if (champion) entry.champion = champion->id;
        ATTUNE_TRY(const auto options, ranker_options(entry.request.settings));
        ATTUNE_TRY(TrainedRanker trained,
                   train_ranker(lessons, options,
                                champion ? std::optional(champion->settings) : std::nullopt,
                                {.seed = entry.request.seed,
                                 .threads = options_.threads,
                                 .stop = job.stop.get_token(),
                                 .progress = [&job](double done) { job.progress = done; }}));
        entry.settings = trained.settings;
        entry.metrics = trained.metrics;
        entry.champion_metrics = trained.champion_metrics;
        entry.shown_metrics = trained.shown_metrics;
        entry.trained_at = clock_.now();
        entry.seconds = std::chrono::duration<double>(*entry.trained_at - began).count();
        entry.progress = 1;
        entry.reason = why_not_better(trained, champion && champion->settings == entry.settings);
        ATTUNE_TRY(const TrainingPlan plan, registry.shelf().plan(job.tenant));
        auto ranker = std::make_shared<const ServedRanker>(entry.id, std::move(trained.ranker));
        return registry.add(job.tenant, entry, {.recommender = {}, .ranker = std::move(ranker)},
                            entry.request.publish && !entry.reason, plan.keep);
    }

    std::optional<ModelEntry> champion_of(TenantId tenant) {
        const auto published = registry.published(tenant);
        if (!published) return std::nullopt;
        auto entry = registry.shelf().get(tenant, published->id());
        return entry ? std::optional(*std::move(entry)) : std::nullopt;
    }

    store::Store& store_;
    const TenantView& tenant_view_;
    AllItemNumbers& numbers_;
    Activity& activity_;
    const base::Clock& clock_;
    base::Random& random_;
    const FactsOf facts_;
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
               FactsOf facts, ModelsOptions options)
    : impl_(std::make_unique<Impl>(store, tenants, activity, numbers, clock, random,
                                   std::move(facts), options)) {}
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
    if (auto recipe = recipe_of(plan.request); !recipe) return std::unexpected(recipe.error());
    ATTUNE_TRY_VOID(impl_->registry.shelf().put_plan(tenant, plan));
    impl_->know(tenant);
    return {};
}
Result<std::size_t> Models::look() { return impl_->look(); }
void Models::finish() { impl_->finish(); }

}  // namespace attune::engine
