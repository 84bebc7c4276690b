// {"$ref": "name"} within a targeting, which stands for an evaluator; and what targeting may read of $flagd.
#pragma once

#include "base/json_document.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

// Where a $ref stands in the rule, as a JSON pointer after `pointer`; empty when there is none.
[[nodiscard]] std::optional<std::string> find_reference(base::JsonView rule, std::string pointer);

// The rule with evaluators in the place of their references; references to none stay. invalid_argument when it becomes
// too long.
[[nodiscard]] Result<std::string> with_evaluators(base::JsonView rule, base::JsonView evaluators,
                                                  std::string_view pointer);

// invalid_argument when a var reads a member of $flagd that there is not: only flagKey and timestamp are.
[[nodiscard]] Result<void> check_flagd_members(base::JsonView rule, std::string pointer);

}  // namespace attune::engine
