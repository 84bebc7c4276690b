// Budget: what a learner may take of the memory, said before it takes any.
//
//     ATTUNE_TRY_VOID(check_budget(kEase, bytes, settings["memory_gb"], "fewer dense items (dense)"));
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

inline constexpr Setting kMemoryGb{
    .name = "memory_gb",
    .doc = "The memory that learning may take; what needs more is refused.",
    .fallback = 8,
    .min = 0.001,
    .max = 1024};

// resource_exhausted, with what it would take and `instead`, what to do about it.
[[nodiscard]] Result<void> check_budget(std::string_view learner, double bytes, double limit_gb,
                                        std::string_view instead);

}  // namespace attune::learn
