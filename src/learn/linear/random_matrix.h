// Where factors begin: small normal numbers. Each row has a stream of its own, so who fills which does not matter.
#pragma once

#include "learn/linear/matrix.h"

#include <cstdint>

namespace attune::learn {

[[nodiscard]] Matrix normal_matrix(std::size_t rows, std::size_t columns, float deviation,
                                   std::uint64_t seed);

// Numbers that look drawn at random, from a seed: splitmix64, as quick as an addition. Not for keys.
class Draws {
public:
    Draws(std::uint64_t seed, std::uint64_t stream)
        : state_(mixed(seed + mixed(stream + 0x9E3779B97F4A7C15U))) {}

    [[nodiscard]] std::uint64_t next() { return mixed(state_ += 0x9E3779B97F4A7C15U); }
    // Evenly from [0, bound), by the high half of a product: off by less than bound / 2^64.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) {
        return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64U);
    }
    // Evenly from (0, 1].
    [[nodiscard]] double unit() { return (static_cast<double>(next() >> 11U) + 1) * 0x1p-53; }

private:
    __extension__ using Wide = unsigned __int128;

    static std::uint64_t mixed(std::uint64_t x) {
        x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
        x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
        return x ^ (x >> 31U);
    }

    std::uint64_t state_;
};

}  // namespace attune::learn
