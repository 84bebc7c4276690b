// The text form of API keys: "atk_<role>_<22 random characters>_<6 checksum characters>", base62
// throughout, so that a key survives a double click, a shell and a URL. 22 characters carry 131
// random bits. The checksum lets a mistyped key be told apart from an unknown one without a look at
// anything, and secret scanners recognise a real one.
//
// Pure functions, thread-safe.
#pragma once

#include "base/random.h"
#include "domain/tenant.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

inline constexpr std::string_view kKeyPrefix = "atk_";

[[nodiscard]] std::string make_key_text(domain::Role role, base::Random& random);
// Whether the text has the form of a key and its checksum holds. Says nothing of whether anybody
// has it.
[[nodiscard]] bool is_key_text(std::string_view text) noexcept;
// What may be shown of a key: "atk_service_3fQz", enough to tell two apart and too little to guess
// the rest.
[[nodiscard]] std::string shown_prefix(std::string_view key);

[[nodiscard]] std::string_view name_of(domain::Role role) noexcept;
[[nodiscard]] std::optional<domain::Role> role_of(std::string_view name) noexcept;

// `count` characters drawn evenly from 0-9, A-Z, a-z.
[[nodiscard]] std::string random_base62(base::Random& random, std::size_t count);

}  // namespace attune::engine
