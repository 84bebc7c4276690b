#include "engine/profile/session_unit.h"

#include "base/keyed_hash.h"

#include <charconv>

namespace attune::engine {

std::string session_unit(base::Time started_at, std::string_view user_id) {
    return std::to_string(started_at.time_since_epoch().count()) + '-' +
           base::hash128(base::HashKey{}, user_id).to_text();
}

std::int64_t session_began(std::string_view unit) {
    std::int64_t began = 0;
    const auto [end, problem] = std::from_chars(unit.data(), unit.data() + unit.size(), began);
    const bool is_name = problem == std::errc{} && end != unit.data() + unit.size() && *end == '-';
    return is_name && began > 0 ? began : 0;
}

}  // namespace attune::engine
