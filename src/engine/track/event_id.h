// Ids for events that come without one: UUID version 7 (RFC 9562), the millisecond first, so that they sort by time.
#pragma once

#include "base/random.h"
#include "base/time.h"

#include <string>

namespace attune::engine {

[[nodiscard]] std::string make_event_id(base::Time now, base::Random& random);

}  // namespace attune::engine
