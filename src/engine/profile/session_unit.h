// What a session of somebody's is called, by decisions and by those who count them.
//
//     const std::string unit = session_unit(started_at, "ann");     // "1780000000000000000-0f3a…"
//     session_began(unit)                                           // its start again, in nanoseconds
//
// No two people's sessions share a name, however many begin in one moment. What it is called when its visitor logs in differs from
// what it was called before; that it is the same session shows in its start. Pure functions.
#pragma once

#include "base/time.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace attune::engine {

[[nodiscard]] std::string session_unit(base::Time started_at, std::string_view user_id);
// 0: it is no name of a session.
[[nodiscard]] std::int64_t session_began(std::string_view unit);

}  // namespace attune::engine
