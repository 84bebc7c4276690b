// The places that an error names, as the options that were typed: what is asked of a library by its members is asked of
// people by its options.
//
//     return std::unexpected(as_options(outcome.error(), {{"/adjusted", "--cuped"}}));
//     // "/rate_min: rates lie between 0 and 1" → "--rate-min: rates lie between 0 and 1"
#pragma once

#include "base/result.h"

#include <initializer_list>
#include <string_view>
#include <utility>

namespace attune::app {

// Places of options whose names are others than their members' stand in `others`.
[[nodiscard]] Error as_options(
    Error error, std::initializer_list<std::pair<std::string_view, std::string_view>> others = {});

}  // namespace attune::app
