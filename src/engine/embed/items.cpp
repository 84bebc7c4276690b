#include "base/json.h"
#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/item_json.h"
#include "engine/embed/impl.h"

#include <algorithm>

namespace attune {
namespace {

constexpr std::size_t kItemsMax = 10'000;
constexpr base::JsonLimits kLimits{.bytes_max = 64u << 20};

// Those that can be read, with their places; the others are rejected already.
struct ReadItems {
    std::vector<engine::ItemEdit> edits;
    std::vector<std::size_t> places;
    SavedItems result;

    void add(base::JsonView value, std::size_t index) {
        auto item = engine::read_item(value);
        if (!item) {
            result.rejected.push_back({index, std::move(item).error()});
            return;
        }
        edits.push_back({*std::move(item)});
        places.push_back(index);
    }
};

Result<ReadItems> read_items(std::string_view json) {
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(json, kLimits));
    ReadItems read;
    if (!document.root().is_array()) {
        read.add(document.root(), 0);
        return read;
    }
    if (document.root().size() > kItemsMax)
        return fail(Code::invalid_argument,
                    "at most " + std::to_string(kItemsMax) + " items at once", "too_large");
    std::size_t index = 0;
    for (const base::JsonView value : document.root().elements()) read.add(value, index++);
    return read;
}

}  // namespace

Result<SavedItems> Engine::put_items(std::string_view json) {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    ATTUNE_TRY(auto read, read_items(json));
    SavedItems result = std::move(read.result);
    const auto saved = engine->catalogue().put(impl_->tenant(), read.edits);
    for (std::size_t i = 0; i < saved.size(); ++i) {
        if (saved[i])
            ++(saved[i]->is_changed ? result.saved : result.unchanged);
        else if (engine::is_of_one_item(saved[i].error()))
            result.rejected.push_back({read.places[i], saved[i].error()});
        else
            return std::unexpected(saved[i].error());
    }
    std::ranges::sort(result.rejected, {}, &SavedItems::Rejected::index);
    return result;
}

Result<std::string> Engine::item(std::string_view id) const {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    ATTUNE_TRY(const auto items, engine->catalogue().of(impl_->tenant()));
    const auto number = items->find(id);
    if (!number) return fail(Code::not_found, "there is no item '" + std::string(id) + "'");
    return engine::item_json(*items->item(*number), engine::ItemParts::all);
}

Result<void> Engine::remove_item(std::string_view id) {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    return engine->catalogue().remove(impl_->tenant(), id, std::nullopt);
}

}  // namespace attune
