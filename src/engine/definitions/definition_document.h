// A definition with its history as the document that it is stored as. Internal to engine/definitions.
#pragma once

#include "engine/definitions/definition_store.h"

#include <cstddef>
#include <string>

namespace attune::engine {

// Of a definition with its whole history, so that a document never grows past what the store takes.
inline constexpr std::size_t kHistoryBytesMax = 4u << 20;

[[nodiscard]] Result<Definition> definition_of(const store::Document& document);
[[nodiscard]] std::string text_of(const Definition& definition);

// About what text_of() has.
[[nodiscard]] std::size_t bytes_of(const Definition& definition);
// The oldest revisions go; the newest stays, whatever its size.
void shorten(Definition& definition, std::size_t revisions_max, std::size_t bytes_max);

}  // namespace attune::engine
