#include "engine/models/model_shelf.h"

#include "engine/models/describe.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::string_view kEntries = "models";
constexpr std::string_view kBytes = "model_bytes";
constexpr std::string_view kPlans = "training";
constexpr std::string_view kPlan = "plan";
constexpr std::size_t kPage = 1'000;

std::string chunk_name(std::string_view id, std::uint32_t chunk) {
    return std::string(id) + '/' + std::to_string(chunk);
}

template <class T>
Result<T> read(const store::Document& document, std::string_view what) {
    auto value = base::from_json<T>(document.value,
                                    {.unknown = base::Unknown::ignore, .require_members = false});
    if (!value)
        return fail(Code::data_loss, "the stored " + std::string(what) + " " + document.name +
                                         " cannot be read: " + value.error().message);
    return value;
}

}  // namespace

Result<std::vector<ModelEntry>> ModelShelf::all(TenantId tenant) const {
    std::vector<ModelEntry> entries;
    store::Page page{.limit = kPage};
    do {
        ATTUNE_TRY(auto listing, store_.list_documents(tenant, kEntries, page));
        for (const store::Document& document : listing.items) {
            ATTUNE_TRY(auto entry, read<ModelEntry>(document, "model"));
            entries.push_back(std::move(entry));
        }
        page.after = std::move(listing.cursor);
    } while (page.after);
    std::ranges::sort(entries, {},
                      [](const ModelEntry& one) { return std::pair(one.created_at, one.id); });
    return entries;
}

Result<ModelEntry> ModelShelf::get(TenantId tenant, std::string_view id) const {
    if (!id.empty() && id.size() <= store::kNameBytesMax) {
        ATTUNE_TRY(const auto document, store_.get_document(tenant, kEntries, id));
        if (document) return read<ModelEntry>(*document, "model");
    }
    return fail(Code::not_found, "there is no model " + std::string(id.substr(0, 100)));
}

Result<void> ModelShelf::put(TenantId tenant, std::span<const ModelEntry> entries) {
    std::vector<std::string> values;
    values.reserve(entries.size());
    std::vector<store::DocumentWrite> writes;
    for (const ModelEntry& entry : entries) {
        values.push_back(base::to_json(entry));
        writes.push_back({.collection = kEntries, .name = entry.id, .value = values.back()});
    }
    ATTUNE_TRY_VOID(store_.put_documents(tenant, writes));
    return {};
}

Result<void> ModelShelf::remove(TenantId tenant, const ModelEntry& entry) {
    std::vector<std::string> names;
    for (std::uint32_t chunk = 0; chunk < entry.chunks; ++chunk)
        names.push_back(chunk_name(entry.id, chunk));
    std::vector<store::DocumentWrite> writes{
        {.collection = kEntries, .name = entry.id, .value = {}}};
    for (const std::string& name : names)
        writes.push_back({.collection = kBytes, .name = name, .value = {}});
    ATTUNE_TRY_VOID(store_.put_documents(tenant, writes));
    return {};
}

Result<std::uint32_t> ModelShelf::put_bytes(TenantId tenant, std::string_view id,
                                            std::string_view bytes) {
    if (bytes.size() > kBytesMax)
        return fail(Code::resource_exhausted,
                    "the model has " + std::to_string(bytes.size() >> 20) +
                        " MB, and one may have " + std::to_string(kBytesMax >> 20));
    std::uint32_t chunks = 0;
    for (; !bytes.empty(); ++chunks) {
        const std::string_view chunk = bytes.substr(0, kChunkBytes);
        ATTUNE_TRY_VOID(store_.put_document(tenant, kBytes, chunk_name(id, chunks), chunk, {}));
        bytes.remove_prefix(chunk.size());
    }
    return chunks;
}

Result<void> ModelShelf::drop_bytes(TenantId tenant, std::string_view id) {
    for (std::uint32_t chunk = 0;; ++chunk) {
        const auto dropped = store_.delete_document(tenant, kBytes, chunk_name(id, chunk), {});
        if (!dropped && dropped.error().code == Code::not_found) return {};
        ATTUNE_TRY_VOID(dropped);
    }
}

Result<std::string> ModelShelf::bytes(TenantId tenant, const ModelEntry& entry) const {
    std::string bytes;
    bytes.reserve(entry.bytes);
    for (std::uint32_t chunk = 0; chunk < entry.chunks; ++chunk) {
        ATTUNE_TRY(const auto document,
                   store_.get_document(tenant, kBytes, chunk_name(entry.id, chunk)));
        if (!document)
            return fail(Code::data_loss, "the bytes of model " + entry.id + " are not complete");
        bytes += document->value;
    }
    return bytes;
}

Result<TrainingPlan> ModelShelf::plan(TenantId tenant) const {
    ATTUNE_TRY(const auto document, store_.get_document(tenant, kPlans, kPlan));
    return document ? read<TrainingPlan>(*document, "training") : TrainingPlan{};
}

Result<void> ModelShelf::put_plan(TenantId tenant, const TrainingPlan& plan) {
    ATTUNE_TRY_VOID(store_.put_document(tenant, kPlans, kPlan, base::to_json(plan), {}));
    return {};
}

}  // namespace attune::engine
