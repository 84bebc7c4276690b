#include "app/real_number.h"

#include <charconv>
#include <cmath>

namespace attune::app {

Result<std::optional<double>> real_number(const Invocation& invocation, std::string_view name) {
    const auto text = invocation.text(name);
    if (!text) return std::optional<double>{};
    double value = 0;
    const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (problem != std::errc{} || end != text->data() + text->size() || !std::isfinite(value))
        return fail_field("--" + std::string(name), "must be a number");
    return value;
}

}  // namespace attune::app
