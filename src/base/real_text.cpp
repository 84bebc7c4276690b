#include "base/real_text.h"

#include <charconv>
#include <cmath>
#include <system_error>

namespace attune::base {

std::optional<double> real_of(std::string_view text) {
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

}  // namespace attune::base
