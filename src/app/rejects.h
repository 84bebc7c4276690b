// Rows of a file that were refused, with the reasons, for whoever mends them.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace attune::app {

// What an error says of its fields, or of the whole where it names none.
[[nodiscard]] std::vector<std::string> reasons_of(const std::vector<FieldError>& fields,
                                                  const std::string& message);

// Rows are kept as they came, where they are text.
class Rejects {
public:
    // Without a file, only the first one is remembered.
    [[nodiscard]] Result<void> open(const std::string& path, bool append);
    void add(const std::string& file, std::uint64_t line, std::vector<std::string> reasons,
             std::string_view raw);
    void flush() { stream_.flush(); }
    // Where the first bad row is and what is wrong with it; empty when there is none.
    [[nodiscard]] const std::string& first() const { return first_; }

private:
    std::ofstream stream_;
    std::string first_;
};

}  // namespace attune::app
