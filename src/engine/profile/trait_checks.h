// What those traits must be like that have a meaning of their own among demographics. Whoever edits a profile is told; of what
// programs send, what cannot be meant stays a trait like any other, and nothing is lost.
//
//     trait_problem("age", "-5")        // "must be a number from 0 to 150"
//     trait_problem("age", "33")        // nothing
//     trait_problem("plan", "\"pro\"")  // nothing: any value will do
//
// Pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace attune::engine {

// `value` is JSON. Empty: nothing is wrong with it.
[[nodiscard]] std::optional<std::string_view> trait_problem(std::string_view key,
                                                            std::string_view value);

// ISO 3166-1 alpha-2, in capitals.
[[nodiscard]] bool is_country(std::string_view code);

}  // namespace attune::engine
