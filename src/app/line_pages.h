// Pages of lines, as exports answer them: NDJSON whose last line says how to go on.
#pragma once

#include "base/result.h"

#include <optional>
#include <string>

namespace attune::app {

struct PageEnd {
    std::optional<std::string> cursor;  // of the next page; empty at the end
    std::optional<std::string>
        upto;  // what comes later comes behind it; empty where that is not told
};

// Takes the last line off. data_loss when there is none: the answer was cut off.
[[nodiscard]] Result<PageEnd> take_end(std::string& lines);

}  // namespace attune::app
