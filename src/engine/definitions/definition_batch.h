// DefinitionBatch: changes to a tenant's definitions, of one kind or of several, that are stored together or not at all.
//
//     DefinitionBatch batch(store, tenant, {.by = "ann"});
//     batch.put("rules", dark);      // its newest revision is what is to be stored
//     batch.forget("rules", "old", 7);
//     ATTUNE_TRY(const bool is_stored, batch.store());
//
// Used by one thread. What is added is borrowed until it is stored.
#pragma once

#include "engine/definitions/definition_store.h"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::engine {

class DefinitionBatch {
public:
    // The store outlives it. A dry run is checked as any other and not stored.
    DefinitionBatch(store::Store& store, TenantId tenant, DefinitionChange change,
                    bool is_dry_run = false)
        : store_(store), tenant_(tenant), change_(std::move(change)), is_dry_run_(is_dry_run) {}

    [[nodiscard]] TenantId tenant() const { return tenant_; }
    [[nodiscard]] const DefinitionChange& change() const { return change_; }

    // What follows the version that is stored, or is the first.
    void put(std::string_view collection, Definition& next) {
        puts_.push_back({collection, &next});
    }
    // One that is stored at `version`, and its history.
    void forget(std::string_view collection, std::string_view id, std::uint64_t version) {
        forgotten_.push_back({collection, id, std::nullopt, version});
    }

    // In one commit; answers whether it was, for a dry run is not. Where the histories are more than one commit takes, the oldest revisions go from `next` as well.
    // invalid_argument "too_large" when it is too much even without them; errors of Store::put_documents.
    [[nodiscard]] Result<bool> store();

private:
    struct Put {
        std::string_view collection;
        Definition* next;
    };

    void shorten_histories();

    store::Store& store_;
    const TenantId tenant_;
    const DefinitionChange change_;
    const bool is_dry_run_;
    std::vector<Put> puts_;
    std::vector<store::DocumentWrite> forgotten_;
};

}  // namespace attune::engine
