// What an item must be beyond what its description (domain/describe.h) says of each member: how members go together, and how
// long the entries of lists are. Internal to engine/catalogue.
#pragma once

#include "base/result.h"
#include "domain/item.h"

#include <cstddef>

namespace attune::engine {

inline constexpr std::size_t kItemBytesMax = 64u << 10;  // as JSON, without embeddings
inline constexpr std::size_t kLabelBytesMax = 256;       // of a category or tag
inline constexpr std::size_t kEmbeddingNumbersMax = 2'048;

// invalid_argument names all the places at fault: "/tags/3", "/embeddings/image/7".
[[nodiscard]] Result<void> check_item(const domain::Item& item);

}  // namespace attune::engine
