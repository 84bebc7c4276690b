// Schedule: when a definition (a rule, a rollout, a campaign) is in force.
#pragma once

#include "base/time.h"

#include <cstdint>
#include <optional>
#include <string>

namespace attune::domain {

struct Schedule {
    std::optional<base::Time> from;   // inclusive
    std::optional<base::Time> until;  // exclusive
    // Within that, on for `duration_seconds` after each firing; always on without a cron.
    std::optional<std::string> cron;
    std::optional<std::uint64_t>
        duration_seconds;                  // whole minutes, up to 31 days; with a cron only
    std::optional<std::string> time_zone;  // of the cron; UTC when left out
};

}  // namespace attune::domain
