// When to come again, as an error's message says it: for people to read, and for a transport to say in its own words.
//
//     fail(Code::resource_exhausted, "the tenant may send 5 events a second; " + try_again_in(seconds(3)), "rate_limited")
//     try_again_of(error)          // 3 s: `Retry-After: 3`
//
// The words are written and read here alone. Pure functions.
#pragma once

#include "base/result.h"

#include <chrono>
#include <optional>
#include <string>

namespace attune::base {

// "try again in 3 s"; of less than a second: 1.
[[nodiscard]] std::string try_again_in(std::chrono::seconds wait);
// What the error's message ends with; empty when it says nothing of it.
[[nodiscard]] std::optional<std::chrono::seconds> try_again_of(const Error& error);

}  // namespace attune::base
