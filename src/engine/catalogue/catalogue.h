// Catalogue: every tenant's items: what can be shown, bought, read or played.
//
//     Catalogue catalogue(store, clock, numbers, {});
//     auto results = catalogue.put(tenant, edits);                   // durable when it returns
//     ATTUNE_TRY(const auto items, catalogue.of(tenant));            // what is there now, for as long as it is held
//     if (const auto number = items->find("song-7")) use(items->item(*number)->json);
//
// Items are documents of the store, and all of them are in memory besides, since every answer looks at any of them: about
// 1 kB an item and its embeddings. A tenant's are read when they are first asked for; Engine asks when it opens.
// Thread-safe.
#pragma once

#include "base/mutex.h"
#include "base/snapshot.h"
#include "base/time.h"
#include "engine/catalogue/catalogue_snapshot.h"
#include "engine/catalogue/item_edit.h"
#include "engine/numbers/item_numbers.h"
#include "store/store.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class TenantCatalogue;

// What a list of items is narrowed to.
struct ItemFilter {
    std::vector<std::string> labels;  // all of them: "category:games"
    std::optional<bool> hidden;
    std::optional<base::Time> open_at;  // those that may be in an answer then
};

struct ItemPage {
    std::vector<ItemNumber> items;     // by id
    std::optional<std::string> after;  // the last id, when there are more
};

class Catalogue {
public:
    // The arguments outlive it.
    Catalogue(store::Store& store, const base::Clock& clock, AllItemNumbers& numbers,
              CatalogueOptions options);
    ~Catalogue();

    // Reads these now, so that nobody waits for it later. data_loss when an item cannot be read.
    [[nodiscard]] Result<void> open(std::span<const TenantId> tenants);
    // What is in force now. Errors of reading it, when this is the first time.
    [[nodiscard]] Result<std::shared_ptr<const CatalogueSnapshot>> of(TenantId tenant);

    // Saves items, up to a thousand in one commit; the results are in the order of the edits, each for itself. What is so
    // already is not written again. created_at is the first save where it is left out, updated_at is now. Fails for one
    // with invalid_argument naming the places ("/embeddings/image: has 3 numbers; …"), failed_precondition
    // "version_mismatch", resource_exhausted "too_many_items" or "too_many_labels"; for all of one commit with errors of
    // the store, and then none of that commit is saved.
    [[nodiscard]] std::vector<Result<SavedItem>> put(TenantId tenant, std::span<ItemEdit> edits);
    [[nodiscard]] Result<SavedItem> put(TenantId tenant, ItemEdit edit);
    // not_found, "version_mismatch", errors of the store. Its number stays its own, should it come back.
    [[nodiscard]] Result<void> remove(TenantId tenant, std::string_view id,
                                      std::optional<std::uint64_t> expected);

    // Of those in memory, of all tenants.
    [[nodiscard]] std::size_t count() const;

    // Who is told, after each save and removal, whose catalogue it was; one at a time, and from any thread, so it must be brief
    // and call nothing here. Nobody is told any more once this returns with an empty one.
    using Changed = std::function<void(TenantId)>;
    void tell_of_changes(Changed told);

private:
    using Tenants = std::map<TenantId, std::shared_ptr<TenantCatalogue>>;
    Result<std::shared_ptr<TenantCatalogue>> opened(TenantId tenant);
    void tell(TenantId tenant);

    store::Store& store_;
    const base::Clock& clock_;
    AllItemNumbers& numbers_;
    const CatalogueOptions options_;
    base::Mutex mutex_;  // of those that open one
    base::Snapshot<Tenants> tenants_;
    base::Mutex telling_;
    Changed told_ ATTUNE_GUARDED_BY(telling_);
};

// As they were sent, with embeddings and when they were saved.
[[nodiscard]] domain::Item whole_item(const CatalogueItem& item);

// The first `limit` items by id after `after` that fit. Looks at the ids of all that fit: half a millisecond for 100,000.
[[nodiscard]] ItemPage list_items(const CatalogueSnapshot& items, const ItemFilter& filter,
                                  std::optional<std::string_view> after, std::size_t limit);

}  // namespace attune::engine
