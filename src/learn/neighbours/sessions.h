// Sessions: somebody's history, cut where they were away for longer than a gap.
#pragma once

#include "learn/recommend/interactions.h"

namespace attune::learn {

// The spans of a history between gaps of more than `gap` seconds, oldest first; together they are the whole history. A gap
// of 0 never cuts.
[[nodiscard]] std::vector<History> sessions_of(History history, std::int64_t gap);

// The last of them.
[[nodiscard]] History last_session(History history, std::int64_t gap);

}  // namespace attune::learn
