// set_aside: definitions that were saved when the rules for them were others, and that these refuse. All others of the
// tenant shall be in force nonetheless, and whoever asks for one that is not shall be told why.
//
//     ATTUNE_TRY_VOID(set_aside(definitions, kind, compiles));       // gives some of them their `refused`
//     compile(in_force_of(definitions));                             // what is left does compile
//
// Only on the way from the store: what does not compile is never saved. Pure but for what `compiles` does.
#pragma once

#include "engine/definitions/definition_store.h"

#include <functional>
#include <span>
#include <vector>

namespace attune::engine {

using Compiles = std::function<Result<void>(std::span<const Definition>)>;

// Whether an error says what is wrong with a definition, and not that a disk or a peer is not there.
[[nodiscard]] bool is_about_definitions(const Error& error);

// Sorted by id, as they are. An error of `compiles` that is about no one of them, or about none at all, is answered.
[[nodiscard]] Result<void> set_aside(std::vector<Definition>& definitions,
                                     const DefinitionKind& kind, const Compiles& compiles);

// Those that are not refused.
[[nodiscard]] std::vector<Definition> in_force_of(std::span<const Definition> definitions);
[[nodiscard]] std::size_t refused_among(std::span<const Definition> definitions);

}  // namespace attune::engine
