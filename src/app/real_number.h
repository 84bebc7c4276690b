// Numbers with a fraction from the command line, alone and by name.
#pragma once

#include "app/command.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace attune::app {

// Empty when the option was not given; invalid_argument when it is no finite number.
[[nodiscard]] Result<std::optional<double>> real_number(const Invocation& invocation,
                                                        std::string_view name);

// Those of an option that may be given again and again: --set factors=64. invalid_argument when one is no NAME=NUMBER.
[[nodiscard]] Result<std::map<std::string, double, std::less<>>> numbers_by_name(
    const Invocation& invocation, std::string_view name);

}  // namespace attune::app
