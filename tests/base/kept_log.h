// A log that is kept, for tests of what is told.
#pragma once

#include "base/log.h"

#include <string>
#include <vector>

namespace attune::base::testing {

// Not thread-safe.
class KeptLog final : public Log {
public:
    void write(LogLevel level, std::string_view event, LogFields fields) override {
        lines.push_back(format_log_line({}, level, event, fields));
    }
    [[nodiscard]] bool is_on(LogLevel) const override { return true; }

    std::vector<std::string> lines;
};

}  // namespace attune::base::testing
