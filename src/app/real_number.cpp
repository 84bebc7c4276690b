#include "app/real_number.h"

#include "base/real_text.h"

#include <algorithm>

namespace attune::app {
Result<std::optional<double>> real_number(const Invocation& invocation, std::string_view name) {
    const auto text = invocation.text(name);
    if (!text) return std::optional<double>{};
    const auto value = base::real_of(*text);
    if (!value) return fail_field("--" + std::string(name), "must be a number");
    return value;
}

Result<std::map<std::string, double, std::less<>>> numbers_by_name(const Invocation& invocation,
                                                                   std::string_view name) {
    std::map<std::string, double, std::less<>> numbers;
    for (const std::string& one : invocation.list(name)) {
        const std::size_t equals = std::min(one.find('='), one.size());
        const auto value =
            base::real_of(std::string_view(one).substr(std::min(equals + 1, one.size())));
        if (!value) return fail_field("--" + std::string(name), "must be NAME=NUMBER");
        numbers[one.substr(0, equals)] = *value;
    }
    return numbers;
}

}  // namespace attune::app
