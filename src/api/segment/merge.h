// Deep merge of JSON objects, as a batch's context and integrations lie under those of each message.
#pragma once

#include "api/object_text.h"
#include "base/json.h"

#include <optional>

namespace attune::api::segment {

// Everything of `over`, and of `under` what `over` does not say; where both have an object, member by member.
[[nodiscard]] base::JsonText merged(base::JsonView over, base::JsonView under);

// The same when either may be missing or no object; "{}" when neither is one.
[[nodiscard]] base::JsonText merged(std::optional<base::JsonView> over,
                                    std::optional<base::JsonView> under);

}  // namespace attune::api::segment
