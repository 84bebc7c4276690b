// TenantCatalogue: the items of one tenant: the one writer of its snapshots. Internal to engine/catalogue.
//
// Thread-safe. Writers wait for each other while the store syncs; readers wait for nobody.
#pragma once

#include "base/mutex.h"
#include "base/snapshot.h"
#include "base/time.h"
#include "engine/catalogue/catalogue_snapshot.h"
#include "engine/catalogue/embedding_lengths.h"
#include "engine/catalogue/item_edit.h"
#include "engine/numbers/item_numbers.h"
#include "store/store.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace attune::engine {

class TenantCatalogue {
public:
    // Reads what the store holds. `store` and `clock` outlive it. data_loss when an item cannot be read.
    [[nodiscard]] static Result<std::shared_ptr<TenantCatalogue>> open(
        TenantId tenant, store::Store& store, const base::Clock& clock,
        std::shared_ptr<ItemNumbers> numbers, const CatalogueOptions& options);

    [[nodiscard]] std::shared_ptr<const CatalogueSnapshot> now() const { return published_.get(); }

    [[nodiscard]] std::vector<Result<SavedItem>> put(std::span<ItemEdit> edits);
    [[nodiscard]] Result<void> remove(std::string_view id, std::optional<std::uint64_t> expected);

private:
    struct Write {
        std::string id;
        ItemNumber number = 0;
        std::shared_ptr<const CatalogueItem> item;
        std::string document;
        std::size_t edit = 0;  // which one it came from
    };
    // What goes into one commit, and what there is after it.
    struct Batch {
        std::vector<Write> writes;
        std::unordered_set<ItemNumber> numbers;  // of the writes
        std::size_t document_bytes = 0;
        std::size_t items = 0;
        std::size_t bytes = 0;
        EmbeddingLengths lengths;
    };

    TenantCatalogue(TenantId tenant, store::Store& store, const base::Clock& clock,
                    std::shared_ptr<ItemNumbers> numbers, const CatalogueOptions& options);
    Result<void> load() ATTUNE_REQUIRES(mutex_);
    Batch begin() const ATTUNE_REQUIRES(mutex_);
    // Adds the edit to the batch, or answers at once: what is wrong with it, or that it changes nothing.
    std::optional<Result<SavedItem>> add(ItemEdit& edit, std::size_t place, base::Time now,
                                         Batch& batch) ATTUNE_REQUIRES(mutex_);
    Result<void> check_room(std::size_t items, std::size_t bytes) const;
    void commit(const Batch& batch, std::span<Result<SavedItem>> results) ATTUNE_REQUIRES(mutex_);
    void publish(std::span<const CatalogueSnapshot::Change> changes) ATTUNE_REQUIRES(mutex_);

    const TenantId tenant_;
    store::Store& store_;
    const base::Clock& clock_;
    const CatalogueOptions options_;
    const std::shared_ptr<ItemNumbers> numbers_;
    const std::shared_ptr<ItemNumbers> labels_ = std::make_shared<ItemNumbers>();
    base::Mutex mutex_;  // of writers
    EmbeddingLengths lengths_ ATTUNE_GUARDED_BY(mutex_);
    std::size_t bytes_ ATTUNE_GUARDED_BY(mutex_) = 0;
    base::Snapshot<CatalogueSnapshot> published_;
};

}  // namespace attune::engine
