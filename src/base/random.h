// Randomness, injected. SystemRandom draws from the operating system and is what keys and ids come from;
// SeededRandom replays the same bytes from the same seed, for tests and simulation.
#pragma once

#include "base/id128.h"

#include <cstdint>
#include <span>

namespace attune::base {

// Thread-safe.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;

    [[nodiscard]] std::uint64_t next();
    [[nodiscard]] Id128 id();
};

class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> out) override;
};

}  // namespace attune::base
