// JSON merge patch (RFC 7396): what is named is replaced, null takes away, objects are merged member by member.
#pragma once

#include "base/json.h"

#include <string>

namespace attune::api {

// `target` changed as `patch` says. Members keep their order, new ones come last.
[[nodiscard]] base::JsonText merge_patch(base::JsonView target, base::JsonView patch);

}  // namespace attune::api
