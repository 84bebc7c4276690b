#include "engine/catalogue/catalogue.h"

#include "engine/catalogue/item_codec.h"
#include "engine/catalogue/tenant_catalogue.h"

#include <utility>

namespace attune::engine {

Catalogue::Catalogue(store::Store& store, const base::Clock& clock, AllItemNumbers& numbers,
                     CatalogueOptions options)
    : store_(store),
      clock_(clock),
      numbers_(numbers),
      options_(options),
      tenants_(std::make_shared<const Tenants>()) {}

Catalogue::~Catalogue() = default;

Result<void> Catalogue::open(std::span<const TenantId> tenants) {
    base::MutexLock lock(mutex_);
    auto next = *tenants_.get();
    for (const TenantId tenant : tenants) {
        if (next.contains(tenant)) continue;
        ATTUNE_TRY(next[tenant],
                   TenantCatalogue::open(tenant, store_, clock_, numbers_.of(tenant), options_));
    }
    tenants_.set(std::make_shared<const Tenants>(std::move(next)));
    return {};
}

Result<std::shared_ptr<TenantCatalogue>> Catalogue::opened(TenantId tenant) {
    const Tenants& known = tenants_.of_this_thread();
    if (const auto found = known.find(tenant); found != known.end()) return found->second;
    ATTUNE_TRY_VOID(open(std::span(&tenant, 1)));
    return tenants_.get()->at(tenant);
}

Result<std::shared_ptr<const CatalogueSnapshot>> Catalogue::of(TenantId tenant) {
    ATTUNE_TRY(const auto items, opened(tenant));
    return items->now();
}

std::vector<Result<SavedItem>> Catalogue::put(TenantId tenant, std::span<ItemEdit> edits) {
    const auto items = opened(tenant);
    if (!items) return std::vector<Result<SavedItem>>(edits.size(), std::unexpected(items.error()));
    auto saved = (*items)->put(edits);
    tell(tenant);
    return saved;
}

Result<SavedItem> Catalogue::put(TenantId tenant, ItemEdit edit) {
    return std::move(put(tenant, std::span(&edit, 1)).front());
}

Result<void> Catalogue::remove(TenantId tenant, std::string_view id,
                               std::optional<std::uint64_t> expected) {
    ATTUNE_TRY(const auto items, opened(tenant));
    ATTUNE_TRY_VOID(items->remove(id, expected));
    tell(tenant);
    return {};
}

void Catalogue::tell_of_changes(Changed told) {
    const base::MutexLock lock(telling_);
    told_ = std::move(told);
}

void Catalogue::tell(TenantId tenant) {
    const base::MutexLock lock(telling_);
    if (told_) told_(tenant);
}

std::size_t Catalogue::count() const {
    std::size_t count = 0;
    for (const auto& [tenant, items] : *tenants_.get()) count += items->now()->count();
    return count;
}

domain::Item whole_item(const CatalogueItem& item) { return whole(item); }

}  // namespace attune::engine
