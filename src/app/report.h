// How a verification is told.
#pragma once

#include "app/command.h"
#include "store/store.h"

namespace attune::app {

// One line of JSON on standard output, the problems on standard error; answers the exit code.
[[nodiscard]] int report_verification(Console& console, const store::VerifyReport& report,
                                      std::string_view what);

}  // namespace attune::app
