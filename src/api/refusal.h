// What an answer that refuses says, as an error: for those who asked, not for those who answer.
#pragma once

#include "base/result.h"

#include <string_view>

namespace attune::api {

// `status` is not of the 2xx. Of problem+json the words and the places that are wrong, of OFREP its details; without any, the
// status.
[[nodiscard]] Error refusal_of(unsigned status, std::string_view body);

}  // namespace attune::api
