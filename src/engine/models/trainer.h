// Trainer: one training from what it is asked for to the registry: reads the data, searches settings where that is asked for,
// learns, compares with what is published, and adds the model. Internal to engine/models; one at a time.
#pragma once

#include "engine/models/models.h"
#include "engine/models/registry.h"
#include "engine/models/train_model.h"

#include <functional>
#include <stop_token>

namespace attune::engine {

// invalid_argument names the field that cannot be trained; failed_precondition "keeps_people".
[[nodiscard]] Result<void> check(const TrainingRequest& request);
[[nodiscard]] ModelKind kind_of(const TrainingRequest& request);

class Trainer {
public:
    // The arguments outlive it.
    Trainer(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
            Activity& activity, const base::Clock& clock, ModelRegistry& registry,
            ModelsInputs inputs, const ModelsOptions& options)
        : store_(store),
          tenants_(tenants),
          numbers_(numbers),
          activity_(activity),
          clock_(clock),
          registry_(registry),
          inputs_(std::move(inputs)),
          options_(options) {}

    struct Control {
        std::stop_token stop;
        std::function<void(double)> progress;  // 0 to 1
    };
    // What was found out stands in the entry, also where it fails.
    [[nodiscard]] Result<void> train(TenantId tenant, ModelEntry& entry, const Control& control);

    [[nodiscard]] std::uint64_t touches(TenantId tenant);
    [[nodiscard]] Result<std::uint64_t> answered_lists(TenantId tenant);

private:
    Result<void> train_a_recommender(TenantId tenant, ModelEntry& entry, const Control& control);
    Result<void> train_a_ranker(TenantId tenant, ModelEntry& entry, const Control& control);
    Result<void> search(TrainingRun& run, ModelEntry& entry, const Control& control);
    std::optional<ModelEntry> champion_of(TenantId tenant, ModelKind kind) const;
    Result<void> add(TenantId tenant, ModelEntry& entry, base::Time began,
                     ModelRegistry::Servable model);

    store::Store& store_;
    const TenantView& tenants_;
    AllItemNumbers& numbers_;
    Activity& activity_;
    const base::Clock& clock_;
    ModelRegistry& registry_;
    const ModelsInputs inputs_;
    const ModelsOptions options_;
};

}  // namespace attune::engine
