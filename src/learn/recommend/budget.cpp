#include "learn/recommend/budget.h"

#include <array>
#include <cstdio>

namespace attune::learn {

Result<void> check_budget(std::string_view learner, double bytes, double limit_gb,
                          std::string_view instead) {
    const double needed_gb = bytes / 1e9;
    if (needed_gb <= limit_gb) return {};
    std::array<char, 96> sizes{};
    (void)std::snprintf(sizes.data(), sizes.size(),
                        " needs %.3g GB and memory_gb is %.3g: ", needed_gb, limit_gb);
    return fail(Code::resource_exhausted,
                std::string(learner) + sizes.data() + std::string(instead));
}

}  // namespace attune::learn
