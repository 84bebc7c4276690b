// Comparing answers with what a test expects of them: the expected members must be there, further ones may be. "*" stands
// for any value; lists have the same length.
#pragma once

#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::api::testing {

// Where `actual` is not what `expected` says, and why; empty when it is.
[[nodiscard]] std::optional<std::string> json_difference(std::string_view expected,
                                                         std::string_view actual);

// The value at a JSON pointer, as its text; a string without its quotes. Empty when it is not there.
[[nodiscard]] std::string json_at(std::string_view json, std::string_view pointer);

}  // namespace attune::api::testing
