// Randomness, injected. SystemRandom draws from the operating system and is what keys and ids come
// from; SeededRandom replays the same bytes from the same seed, for tests and simulation.
#pragma once

#include "base/id128.h"
#include "base/mutex.h"

#include <array>
#include <cstdint>
#include <span>

namespace attune::base {

// Thread-safe.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;

    [[nodiscard]] std::uint64_t next();
    // Evenly from [0, bound); bound must not be 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);
    // Evenly from [0, 1), in steps of 2^-53.
    [[nodiscard]] double unit();
    [[nodiscard]] Id128 id();
};

// getrandom(2). Stops the process when the kernel has none to give, since keys must not be
// guessable.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> out) override;
};

// xoshiro256** seeded by splitmix64. Not for keys. What is drawn depends on the order of the calls
// alone, so a run replays when its calls come from one thread.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed);
    void fill(std::span<std::uint8_t> out) override;

private:
    std::uint64_t step() ATTUNE_REQUIRES(mutex_);

    Mutex mutex_;
    std::array<std::uint64_t, 4> state_ ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::base
