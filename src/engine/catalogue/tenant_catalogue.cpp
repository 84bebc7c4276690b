#include "engine/catalogue/tenant_catalogue.h"

#include "engine/catalogue/item_codec.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::string_view kCollection = "items";
// One commit: large enough that an import is not a sync an item, small enough that readers see it grow.
constexpr std::size_t kBatchItems = 1'000;
constexpr std::size_t kBatchBytes = 16u << 20;
constexpr base::Duration kClocksApart = std::chrono::hours(24);  // of whoever sends items and ours

std::unexpected<Error> no_such_item(std::string_view id) {
    return fail(Code::not_found, "there is no item '" + std::string(id) + "'");
}

Result<void> check_version(std::string_view id, std::optional<std::uint64_t> expected,
                           std::uint64_t there) {
    if (!expected || *expected == there) return {};
    return fail(Code::failed_precondition,
                there == 0       ? "there is no item '" + std::string(id) + "' any more"
                : *expected == 0 ? "there is an item '" + std::string(id) + "' already"
                                 : "the item is at version " + std::to_string(there) + " by now",
                "version_mismatch");
}

bool is_same(const CatalogueItem& a, const CatalogueItem& b) {
    return a.json == b.json && a.embeddings == b.embeddings;
}

}  // namespace

TenantCatalogue::TenantCatalogue(TenantId tenant, store::Store& store, const base::Clock& clock,
                                 std::shared_ptr<ItemNumbers> numbers,
                                 const CatalogueOptions& options)
    : tenant_(tenant),
      store_(store),
      clock_(clock),
      options_(options),
      numbers_(std::move(numbers)),
      published_(std::make_shared<const CatalogueSnapshot>(numbers_, labels_)) {}

Result<std::shared_ptr<TenantCatalogue>> TenantCatalogue::open(TenantId tenant, store::Store& store,
                                                               const base::Clock& clock,
                                                               std::shared_ptr<ItemNumbers> numbers,
                                                               const CatalogueOptions& options) {
    std::shared_ptr<TenantCatalogue> made(
        new TenantCatalogue(tenant, store, clock, std::move(numbers), options));
    base::MutexLock lock(made->mutex_);
    ATTUNE_TRY_VOID(made->load());
    return made;
}

Result<void> TenantCatalogue::load() {
    std::vector<CatalogueSnapshot::Change> changes;
    store::Page page{.limit = 1'000};
    do {
        ATTUNE_TRY(auto listing, store_.list_documents(tenant_, kCollection, page));
        for (const store::Document& document : listing.items) {
            ATTUNE_TRY(CatalogueItem item, item_of(document, *labels_));
            ATTUNE_TRY(const ItemNumber number, numbers_->number_for(document.name));
            ATTUNE_TRY_VOID(lengths_.replace(nullptr, &item));
            bytes_ += bytes_of(item);
            changes.push_back({number, std::make_shared<const CatalogueItem>(std::move(item))});
        }
        page.after = std::move(listing.cursor);
    } while (page.after);
    if (!changes.empty()) publish(changes);
    return {};
}

TenantCatalogue::Batch TenantCatalogue::begin() const {
    Batch batch;
    batch.items = published_.get()->count();
    batch.bytes = bytes_;
    batch.lengths = lengths_;
    return batch;
}

Result<void> TenantCatalogue::check_room(std::size_t items, std::size_t bytes) const {
    if (items > options_.items_max)
        return fail(Code::resource_exhausted,
                    "a tenant has at most " + std::to_string(options_.items_max) +
                        " items; remove some that are not needed any more, or raise items_max",
                    "too_many_items");
    if (bytes > options_.bytes_max)
        return fail(
            Code::resource_exhausted,
            "a tenant's items take at most " + std::to_string(options_.bytes_max >> 20) +
                " MB of memory; remove some that are not needed any more, or raise items_bytes_max",
            "too_many_items");
    return {};
}

std::vector<Result<SavedItem>> TenantCatalogue::put(std::span<ItemEdit> edits) {
    std::vector<Result<SavedItem>> results(edits.size());
    base::MutexLock lock(mutex_);
    Batch batch = begin();
    for (std::size_t i = 0; i < edits.size(); ++i) {
        // An item that comes twice is saved twice, one after the other, as if they had come alone.
        const auto number = numbers_->find(edits[i].item.id);
        if (batch.writes.size() == kBatchItems || batch.document_bytes >= kBatchBytes ||
            (number && batch.numbers.contains(*number))) {
            commit(batch, results);
            batch = begin();
        }
        if (auto answer = add(edits[i], i, clock_.now(), batch)) results[i] = *std::move(answer);
    }
    commit(batch, results);
    return results;
}

std::optional<Result<SavedItem>> TenantCatalogue::add(ItemEdit& edit, std::size_t place,
                                                      base::Time now, Batch& batch) {
    const auto refused = [](Result<void> why) {
        return std::optional<Result<SavedItem>>(std::unexpected(std::move(why).error()));
    };
    const auto current = published_.get();
    std::string id = edit.item.id;
    const auto known = current->find(id);
    const CatalogueItem* before = known ? current->item(*known) : nullptr;
    const std::uint64_t there = before == nullptr ? 0 : before->version;
    if (auto fits = check_version(id, edit.expected, there); !fits) return refused(fits);
    if (!edit.item.created_at) edit.item.created_at = before == nullptr ? now : before->created_at;
    if (*edit.item.created_at > now + kClocksApart)
        return refused(fail_field("/created_at",
                                  "must not be to come; available_from says from when on an item "
                                  "may be shown"));
    auto item = take_apart(std::move(edit.item), *labels_);
    if (!item) return std::unexpected(std::move(item).error());
    if (before != nullptr && is_same(*before, *item))
        return SavedItem{.version = there, .is_changed = false};

    const auto number = numbers_->number_for(id);
    if (!number) return std::unexpected(number.error());
    const std::size_t items = batch.items + (before == nullptr ? 1 : 0);
    const std::size_t bytes =
        batch.bytes + bytes_of(*item) - (before == nullptr ? 0 : bytes_of(*before));
    if (auto room = check_room(items, bytes); !room) return refused(room);
    if (auto fits = batch.lengths.replace(before, &*item); !fits) return refused(fits);
    item->version = there + 1;
    item->updated_at = now;
    std::string document = document_of(*item);
    batch.items = items;
    batch.bytes = bytes;
    batch.document_bytes += document.size();
    batch.numbers.insert(*number);
    batch.writes.push_back({std::move(id), *number,
                            std::make_shared<const CatalogueItem>(*std::move(item)),
                            std::move(document), place});
    return std::nullopt;
}

void TenantCatalogue::commit(const Batch& batch, std::span<Result<SavedItem>> results) {
    if (batch.writes.empty()) return;
    std::vector<store::DocumentWrite> documents;
    std::vector<CatalogueSnapshot::Change> changes;
    for (const Write& write : batch.writes) {
        documents.push_back({kCollection, write.id, write.document, write.item->version - 1});
        changes.push_back({write.number, write.item});
    }
    const auto stored = store_.put_documents(tenant_, documents);
    for (const Write& write : batch.writes) {
        if (stored)
            results[write.edit] =
                SavedItem{.version = write.item->version, .is_new = write.item->version == 1};
        else
            results[write.edit] =
                fail(stored.error().code, stored.error().message, stored.error().reason);
    }
    if (!stored) return;
    bytes_ = batch.bytes;
    lengths_ = batch.lengths;
    publish(changes);
}

Result<void> TenantCatalogue::remove(std::string_view id, std::optional<std::uint64_t> expected) {
    base::MutexLock lock(mutex_);
    const auto before = published_.get();
    const auto number = before->find(id);
    if (!number) return no_such_item(id);
    const CatalogueItem& item = *before->item(*number);
    ATTUNE_TRY_VOID(check_version(id, expected, item.version));
    ATTUNE_TRY_VOID(store_.delete_document(tenant_, kCollection, id, item.version));
    bytes_ -= bytes_of(item);
    ATTUNE_TRY_VOID(lengths_.replace(&item, nullptr));
    const CatalogueSnapshot::Change change{*number, nullptr};
    publish(std::span(&change, 1));
    return {};
}

void TenantCatalogue::publish(std::span<const CatalogueSnapshot::Change> changes) {
    published_.set(published_.get()->after(changes, lengths_.lengths(), clock_.now()));
}

}  // namespace attune::engine
