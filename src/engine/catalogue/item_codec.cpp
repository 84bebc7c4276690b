#include "engine/catalogue/item_codec.h"

#include "base/encoding.h"
#include "base/json.h"
#include "domain/describe.h"
#include "engine/catalogue/item_rules.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace attune::engine {
namespace {

// Of a tenant, over the life of a process.
constexpr ItemNumber kLabelsMax = 1'000'000;

struct StoredItem {
    base::JsonText item;
    base::Time updated_at;
    base::FlatMap<std::string, std::string> embeddings;
};
BOOST_DESCRIBE_STRUCT(StoredItem, (), (item, updated_at, embeddings))

// Documents of other versions may hold more members, or fewer.
constexpr base::JsonOptions kStored{
    .limits = {.bytes_max = store::kDocumentBytesMax, .string_bytes_max = 1u << 20},
    .unknown = base::Unknown::ignore,
    .require_members = false};

static_assert(std::endian::native == std::endian::little);

std::string text_of(const std::vector<float>& vector) {
    return base::to_base64(std::string_view(reinterpret_cast<const char*>(vector.data()),
                                            vector.size() * sizeof(float)));
}

std::optional<std::vector<float>> vector_of(std::string_view text) {
    const auto bytes = base::from_base64(text);
    if (!bytes || bytes->empty() || bytes->size() % sizeof(float) != 0) return std::nullopt;
    std::vector<float> vector(bytes->size() / sizeof(float));
    std::memcpy(vector.data(), bytes->data(), bytes->size());
    return vector;
}

Result<void> label(std::string_view kind, std::string_view name, ItemNumbers& labels,
                   CatalogueItem& item) {
    const std::string text = std::string(kind) + ":" + std::string(name);
    auto number = labels.find(text);
    if (!number) {
        if (labels.count() >= kLabelsMax)
            return fail(Code::resource_exhausted,
                        "this tenant's items have named " + std::to_string(kLabelsMax) +
                            " different categories, tags and brands, which is as many as they may",
                        "too_many_labels");
        ATTUNE_TRY(number, labels.number_for(text));
    }
    if (std::ranges::find(item.labels, *number) == item.labels.end())
        item.labels.push_back(*number);
    return {};
}

// All but its text and its embeddings.
Result<CatalogueItem> columns_of(const domain::Item& item, ItemNumbers& labels) {
    CatalogueItem out;
    out.labels.reserve(item.categories.size() + item.tags.size() + 1);
    for (const std::string& name : item.categories)
        ATTUNE_TRY_VOID(label("category", name, labels, out));
    if (item.brand) ATTUNE_TRY_VOID(label("brand", *item.brand, labels, out));
    for (const std::string& name : item.tags) ATTUNE_TRY_VOID(label("tag", name, labels, out));
    out.price = item.price;
    out.location = item.location;
    if (item.created_at) out.created_at = *item.created_at;
    if (item.available_from) out.opens = *item.available_from;
    if (item.available_until) out.closes = *item.available_until;
    out.hidden = item.hidden;
    return out;
}

}  // namespace

Result<CatalogueItem> take_apart(domain::Item item, ItemNumbers& labels) {
    ATTUNE_TRY_VOID(check_item(item));
    auto embeddings = std::exchange(item.embeddings, std::nullopt).value_or(domain::Embeddings{});
    item.updated_at.reset();
    std::string text = base::to_json(item);
    if (text.size() > kItemBytesMax)
        return fail(Code::invalid_argument,
                    "an item has at most " + std::to_string(kItemBytesMax) +
                        " bytes as JSON, besides its embeddings; this one has " +
                        std::to_string(text.size()),
                    "too_large");
    // Reading it again holds it against the description of an item, whoever made it.
    if (auto read = base::from_json<domain::Item>(text); !read)
        return std::unexpected(std::move(read).error());
    ATTUNE_TRY(CatalogueItem out, columns_of(item, labels));
    out.json = base::JsonText::trusted(std::move(text));
    out.embeddings = std::move(embeddings);
    return out;
}

domain::Item whole(const CatalogueItem& item) {
    auto out = base::from_json<domain::Item>(item.json.text(), kStored);
    ATTUNE_CHECK(out.has_value());
    if (!item.embeddings.empty()) out->embeddings = item.embeddings;
    out->updated_at = item.updated_at;
    return *std::move(out);
}

std::string document_of(const CatalogueItem& item) {
    StoredItem stored{item.json, item.updated_at, {}};
    for (const auto& [name, vector] : item.embeddings) stored.embeddings[name] = text_of(vector);
    return base::to_json(stored);
}

Result<CatalogueItem> item_of(const store::Document& document, ItemNumbers& labels) {
    const auto damaged = [&] {
        return fail(Code::data_loss, "the item '" + document.name + "' cannot be read");
    };
    auto stored = base::from_json<StoredItem>(document.value, kStored);
    if (!stored) return damaged();
    const auto item = base::from_json<domain::Item>(stored->item.text(), kStored);
    if (!item || item->id != document.name) return damaged();
    ATTUNE_TRY(CatalogueItem out, columns_of(*item, labels));
    for (const auto& [name, text] : stored->embeddings) {
        auto vector = vector_of(text);
        if (!vector) return damaged();
        out.embeddings[name] = *std::move(vector);
    }
    out.version = document.version;
    out.json = std::move(stored->item);
    out.updated_at = stored->updated_at;
    return out;
}

std::size_t bytes_of(const CatalogueItem& item) {
    std::size_t bytes =
        sizeof(CatalogueItem) + item.json.text().size() + item.labels.size() * sizeof(LabelNumber);
    for (const auto& [name, vector] : item.embeddings)
        bytes += sizeof(std::pair<std::string, std::vector<float>>) + vector.size() * sizeof(float);
    return bytes;
}

}  // namespace attune::engine
