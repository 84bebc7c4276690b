#include "base/random.h"

#include "base/result.h"

#include <sys/random.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

namespace attune::base {

std::uint64_t Random::next() {
    std::array<std::uint8_t, 8> bytes;
    fill(bytes);
    return std::bit_cast<std::uint64_t>(bytes);
}

std::uint64_t Random::below(std::uint64_t bound) {
    ATTUNE_CHECK(bound != 0);
    // Lemire's method: the high word of a product is even once the few low words that would favour
    // some are drawn again.
    for (;;) {
        const auto product = static_cast<unsigned __int128>(next()) * bound;
        if (static_cast<std::uint64_t>(product) >= -bound % bound) {
            return static_cast<std::uint64_t>(product >> 64);
        }
    }
}

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

Id128 Random::id() {
    Id128 id;
    fill(id.bytes);
    return id;
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
    while (!out.empty()) {
        const auto got = ::getrandom(out.data(), out.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        ATTUNE_CHECK(got > 0);
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

SeededRandom::SeededRandom(std::uint64_t seed) {
    for (auto& word : state_) {
        seed += 0x9e3779b97f4a7c15;
        std::uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        word = z ^ (z >> 31);
    }
}

std::uint64_t SeededRandom::step() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
    MutexLock lock(mutex_);
    while (!out.empty()) {
        const std::uint64_t word = step();
        const std::size_t count = std::min(out.size(), sizeof word);
        std::memcpy(out.data(), &word, count);
        out = out.subspan(count);
    }
}

}  // namespace attune::base
