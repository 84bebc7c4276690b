// Models: learns recommenders from what everybody did, keeps them, and says which one answers. A new one is published when it is
// better than the one that answers (train_model.h), or when somebody says so.
//
//     Models models(store, tenants, activity, numbers, clock, random, facts, {});
//     ATTUNE_TRY_VOID(models.open(tenants));
//     ATTUNE_TRY(const auto entry, models.train(tenant, {.learner = "ials"}, "key_7"));     // waits for its turn
//     if (const auto model = models.published(tenant)) model->best(history, now, 100, mask);
//
// A thread of its own and of lowest priority trains one model at a time, for all tenants in the order in which they were asked for;
// it also looks every minute whose plan says that it is time. Entries and bytes are documents of the store: what was published
// answers again after a restart, and what was under way has failed.
//
// Models hold nothing of single people, so nobody has to be taken out of one; what they learned from somebody who was erased
// is gone with the next training. Thread-safe; published() reads a snapshot.
#pragma once

#include "base/mutex.h"
#include "base/random.h"
#include "base/result.h"
#include "base/snapshot.h"
#include "engine/activity/activity.h"
#include "engine/models/model_entry.h"
#include "engine/models/served_model.h"
#include "engine/models/served_ranker.h"
#include "engine/tenancy/tenant_view.h"
#include "learn/recommend/item_facts.h"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct ModelsOptions {
    unsigned threads = 1;  // of one training
    std::uint64_t touches_max = 100'000'000;
    std::size_t waiting_max = 100;
    base::Duration look_every = std::chrono::minutes(1);  // 0: nobody looks, but who calls look()
};

// What models are learned from beside what people did with items.
struct ModelsInputs {
    // What the tenant's catalogue says of these items, in their order.
    std::function<Result<learn::ItemFacts>(TenantId, std::span<const ItemNumber>)> facts;
    // Of the recommendations that were shown so far, how many somebody chose from.
    std::function<Result<std::uint64_t>(TenantId)> answered_lists{};
};

class Models {
public:
    // The arguments outlive it.
    Models(store::Store& store, const TenantView& tenants, Activity& activity,
           AllItemNumbers& numbers, const base::Clock& clock, base::Random& random,
           ModelsInputs inputs, ModelsOptions options);
    // Stops what is being trained.
    ~Models();
    Models(const Models&) = delete;
    Models& operator=(const Models&) = delete;

    // Loads what is published. One that cannot be read has failed from then on, and nothing is published.
    [[nodiscard]] Result<void> open(std::span<const TenantId> tenants);

    // Null when there is none.
    [[nodiscard]] std::shared_ptr<const ServedModel> published(TenantId tenant) const;
    [[nodiscard]] std::shared_ptr<const ServedRanker> ranker(TenantId tenant) const;

    // Waits for its turn. Errors of recipe_of() and ranker_options(); failed_precondition "under_way" when one of the tenant's is already;
    // resource_exhausted "queue_full".
    [[nodiscard]] Result<ModelEntry> train(TenantId tenant, TrainingRequest request,
                                           std::string_view by);
    // The newest first, with how far the one is that is being trained.
    [[nodiscard]] Result<std::vector<ModelEntry>> list(TenantId tenant) const;
    [[nodiscard]] Result<ModelEntry> get(TenantId tenant, std::string_view id) const;  // not_found

    // failed_precondition "not_ready" for one that has no bytes; one that answers already stays.
    [[nodiscard]] Result<ModelEntry> publish(TenantId tenant, std::string_view id);
    // To the one published before the one that answers. failed_precondition "nothing_before".
    [[nodiscard]] Result<ModelEntry> roll_back(TenantId tenant,
                                               ModelKind kind = ModelKind::recommender);
    // One that waits or is being trained; others stay as they are: failed_precondition "not_under_way".
    [[nodiscard]] Result<ModelEntry> cancel(TenantId tenant, std::string_view id);
    // failed_precondition "in_use" for one that answers or is under way.
    [[nodiscard]] Result<void> remove(TenantId tenant, std::string_view id);

    [[nodiscard]] Result<TrainingPlan> plan(TenantId tenant) const;
    // Errors of train(), within /request, which is a recommender's: rankers have hours and lists of their own there.
    [[nodiscard]] Result<void> put_plan(TenantId tenant, const TrainingPlan& plan);

    // Asks for what is due by plan; how many.
    [[nodiscard]] Result<std::size_t> look();
    // Until nothing is waiting or being trained.
    void finish();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::engine
