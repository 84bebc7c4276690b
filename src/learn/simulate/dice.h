// Dice: randomness that is the same on every machine. A stream of dice is named by the seed and
// what it decides about
// ("person 17, day 3"), so any one decision can be drawn again without drawing those before it. The
// standard library's distributions differ between implementations; these do not.
#pragma once

#include <cstdint>

namespace attune::learn::simulate {

class Dice {
public:
    template <class... Parts>
    explicit Dice(std::uint64_t seed, Parts... about) : state_(mix(seed + kStep)) {
        ((state_ = mix(state_ ^ (static_cast<std::uint64_t>(about) + kStep))), ...);
    }

    // SplitMix64 (Steele, Lea and Flood 2014).
    [[nodiscard]] std::uint64_t next() { return mix(state_ += kStep); }

    // 0 … count−1; `count` is at least 1. The bias is below count/2^32.
    [[nodiscard]] std::uint32_t below(std::uint32_t count) {
        return static_cast<std::uint32_t>(((next() >> 32) * count) >> 32);
    }

    // 0 ≤ x < 1, a multiple of 2^-53.
    [[nodiscard]] double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

    [[nodiscard]] double between(double low, double high) { return low + (high - low) * unit(); }

    [[nodiscard]] bool chance(double probability) { return unit() < probability; }

    // Nearly normal, mean 0 and variance 1: the sum of twelve 16-bit uniforms (Irwin–Hall), which
    // needs only additions.
    [[nodiscard]] double normal() {
        std::uint32_t sum = 0;
        for (int word = 0; word < 3; ++word) {
            const std::uint64_t bits = next();
            sum += static_cast<std::uint32_t>(bits & 0xffff);
            sum += static_cast<std::uint32_t>((bits >> 16) & 0xffff);
            sum += static_cast<std::uint32_t>((bits >> 32) & 0xffff);
            sum += static_cast<std::uint32_t>(bits >> 48);
        }
        return (static_cast<double>(sum) + 6.0) * 0x1p-16 - 6.0;
    }

private:
    static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;

    [[nodiscard]] static constexpr std::uint64_t mix(std::uint64_t x) {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }

    std::uint64_t state_;
};

// What a stream of dice decides about; keeps streams of equal numbers apart.
enum class About : std::uint64_t {
    item = 1,
    popularity,
    person,
    category_taste,
    taste_drift,
    tag_taste,
    day,
    reaction,
    search,
    arrival,
};

}  // namespace attune::learn::simulate
