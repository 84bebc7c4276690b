// ModelRegistry: which models a tenant has, which of them answers, and what becomes of them. Every change is one commit, so that at
// no moment two are published, and is made under one lock. Thread-safe.
#pragma once

#include "base/mutex.h"
#include "base/snapshot.h"
#include "engine/models/model_shelf.h"
#include "engine/models/served_model.h"
#include "engine/models/served_ranker.h"

#include <map>

namespace attune::engine {

class ModelRegistry {
public:
    // The arguments outlive it.
    ModelRegistry(store::Store& store, AllItemNumbers& numbers, const base::Clock& clock)
        : shelf_(store), numbers_(numbers), clock_(clock) {}

    [[nodiscard]] const ModelShelf& shelf() const { return shelf_; }
    [[nodiscard]] ModelShelf& shelf() { return shelf_; }
    [[nodiscard]] std::shared_ptr<const ServedModel> published(TenantId tenant) const;
    [[nodiscard]] std::shared_ptr<const ServedRanker> ranker(TenantId tenant) const;

    // What was published answers; what was under way has failed.
    [[nodiscard]] Result<void> open(TenantId tenant);

    [[nodiscard]] Result<ModelEntry> publish(TenantId tenant, std::string_view id);
    [[nodiscard]] Result<ModelEntry> roll_back(TenantId tenant, ModelKind kind);
    [[nodiscard]] Result<void> remove(TenantId tenant, std::string_view id);

    // One that answers; of the entry's kind.
    struct Servable {
        std::shared_ptr<const ServedModel> recommender;
        std::shared_ptr<const ServedRanker> ranker;
    };
    // A trained model and its entry, with its bytes; published when it is to answer from now on. Older ones of its kind than the
    // `keep` newest go.
    [[nodiscard]] Result<void> add(TenantId tenant, ModelEntry entry, Servable model,
                                   bool is_published, std::size_t keep);
    // One that waits, is being trained, or came to nothing.
    [[nodiscard]] Result<void> save(TenantId tenant, const ModelEntry& entry);

private:
    using ByTenant = std::map<TenantId, Servable>;

    Result<Servable> loaded(TenantId tenant, const ModelEntry& entry);
    Result<ModelEntry> switch_to(TenantId tenant, ModelEntry entry,
                                 const std::vector<ModelEntry>& all, bool is_new)
        ATTUNE_REQUIRES(mutex_);
    void serve(TenantId tenant, Servable model) ATTUNE_REQUIRES(mutex_);
    Result<void> tidy(TenantId tenant, ModelKind kind, std::size_t keep) ATTUNE_REQUIRES(mutex_);

    ModelShelf shelf_;
    AllItemNumbers& numbers_;
    const base::Clock& clock_;
    base::Mutex mutex_;  // of those that change something
    base::Snapshot<ByTenant> published_{std::make_shared<const ByTenant>()};
};

}  // namespace attune::engine
