// Items in their three shapes: whole (domain::Item), taken apart for memory (CatalogueItem), and as the document that the
// store keeps. Internal to engine/catalogue.
#pragma once

#include "base/result.h"
#include "domain/item.h"
#include "engine/catalogue/catalogue_item.h"
#include "engine/numbers/item_numbers.h"
#include "store/store.h"

#include <string>

namespace attune::engine {

// Numbers the labels. Fails with what check_item says, and with what the description of an item says of its members;
// resource_exhausted "too_many_labels".
[[nodiscard]] Result<CatalogueItem> take_apart(domain::Item item, ItemNumbers& labels);
// With its embeddings and when it was saved.
[[nodiscard]] domain::Item whole(const CatalogueItem& item);

// Embeddings go as base64 of their little-endian floats: half of what they take as JSON, and the same bits again.
[[nodiscard]] std::string document_of(const CatalogueItem& item);
// data_loss when the document is not one of an item.
[[nodiscard]] Result<CatalogueItem> item_of(const store::Document& document, ItemNumbers& labels);

// About what it takes in memory.
[[nodiscard]] std::size_t bytes_of(const CatalogueItem& item);

}  // namespace attune::engine
