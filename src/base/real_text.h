// Numbers in text from outside.
//
//     real_of("1e3")    // 1000
//     real_of("12 kg")  // nothing: all of the text must be the number
//     real_of("nan")    // nothing: not finite
//
// Pure function.
#pragma once

#include <optional>
#include <string_view>

namespace attune::base {

[[nodiscard]] std::optional<double> real_of(std::string_view text);

}  // namespace attune::base
