// Numbers with a fraction from the command line.
#pragma once

#include "app/command.h"

namespace attune::app {

// Empty when the option was not given; invalid_argument when it is no finite number.
[[nodiscard]] Result<std::optional<double>> real_number(const Invocation& invocation,
                                                        std::string_view name);

}  // namespace attune::app
