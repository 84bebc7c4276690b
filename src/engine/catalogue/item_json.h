// Items as text: as requests, files and programs bring them, and as answers show them.
#pragma once

#include "base/json_document.h"
#include "base/result.h"
#include "domain/item.h"
#include "engine/catalogue/catalogue_item.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

// One that may have been read from here: the version that answers add is left out. `id`: where it is to go, for a text
// that need not repeat it but must not contradict it. Fails with what the description of an item says.
[[nodiscard]] Result<domain::Item> read_item(base::JsonView value,
                                             std::optional<std::string_view> id = std::nullopt);

enum class ItemParts : std::uint8_t { all, without_embeddings };
// As it was sent, with its version and when it was saved.
[[nodiscard]] std::string item_json(const CatalogueItem& item, ItemParts parts);

// Whether an error of Catalogue::put is of that one item, so that its neighbours are saved all the same. Others are of
// the store.
[[nodiscard]] bool is_of_one_item(const Error& error);

}  // namespace attune::engine
