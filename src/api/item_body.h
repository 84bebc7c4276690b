// Items as requests bring them and as answers show them.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "domain/item.h"
#include "engine/catalogue/catalogue_item.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::api {

// One that may have been read from here: the version that answers add is left out. `id`: of the address, for a body that
// need not repeat it but must not contradict it.
[[nodiscard]] Result<domain::Item> read_item(base::JsonView value,
                                             std::optional<std::string_view> id = std::nullopt);

enum class ItemParts : std::uint8_t { all, without_embeddings };
// As it was sent, with its version and when it was saved.
[[nodiscard]] std::string item_json(const engine::CatalogueItem& item, ItemParts parts);

// Whether the error is of one item, so that its neighbours are saved all the same. Others are of the store.
[[nodiscard]] bool is_of_one_item(const Error& error);

}  // namespace attune::api
