// How large the world is, when it begins and which of all possible worlds it is.
#pragma once

#include "base/time.h"

#include <chrono>
#include <cstdint>

namespace attune::learn::simulate {

struct WorldOptions {
    std::uint64_t seed = 1;
    std::uint32_t people = 1'000;  // 1 … 2^31
    std::uint32_t items = 2'000;   // 1 … 2^31
    std::uint32_t days = 30;       // at least 1
    base::Time start = std::chrono::sys_days{std::chrono::January / 1 / 2026};
    // When not 0, the log ends after exactly so many events: people come by more or less often so
    // that it takes about `days`, and the world goes on beyond them (up to twenty times as long)
    // when that was not enough.
    std::uint64_t events = 0;
};

inline constexpr std::int64_t kDayMicros = 86'400'000'000;

}  // namespace attune::learn::simulate
