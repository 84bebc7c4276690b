#include "base/keyed_hash.h"

#include "base/random.h"

#include <bit>
#include <cstring>

namespace attune::base {
namespace {

// Aumasson and Bernstein, "SipHash: a fast short-input PRF". Words are little-endian, as this
// machine's are.
static_assert(std::endian::native == std::endian::little);

struct SipState {
    std::uint64_t v0, v1, v2, v3;

    explicit SipState(const HashKey& key)
        : v0(key.low ^ 0x736f6d6570736575),
          v1(key.high ^ 0x646f72616e646f6d),
          v2(key.low ^ 0x6c7967656e657261),
          v3(key.high ^ 0x7465646279746573) {}

    void rounds(int count) {
        for (int i = 0; i < count; ++i) {
            v0 += v1;
            v1 = std::rotl(v1, 13) ^ v0;
            v0 = std::rotl(v0, 32);
            v2 += v3;
            v3 = std::rotl(v3, 16) ^ v2;
            v0 += v3;
            v3 = std::rotl(v3, 21) ^ v0;
            v2 += v1;
            v1 = std::rotl(v1, 17) ^ v2;
            v2 = std::rotl(v2, 32);
        }
    }
    void take(std::uint64_t word, int count) {
        v3 ^= word;
        rounds(count);
        v0 ^= word;
    }
    void absorb(std::string_view bytes, int count) {
        const std::uint64_t length = bytes.size();
        for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
            std::uint64_t word;
            std::memcpy(&word, bytes.data(), 8);
            take(word, count);
        }
        std::uint64_t last = 0;
        if (!bytes.empty()) std::memcpy(&last, bytes.data(), bytes.size());
        take(last | (length << 56), count);
    }
    [[nodiscard]] std::uint64_t fold() const { return v0 ^ v1 ^ v2 ^ v3; }
};

}  // namespace

HashKey HashKey::of(const Id128& id) {
    HashKey key;
    std::memcpy(&key.low, id.bytes.data(), 8);
    std::memcpy(&key.high, id.bytes.data() + 8, 8);
    return key;
}

std::uint64_t keyed_hash(const HashKey& key, std::string_view bytes) noexcept {
    SipState state(key);
    state.absorb(bytes, 1);
    state.v2 ^= 0xff;
    state.rounds(3);
    return state.fold();
}

Id128 hash128(const HashKey& key, std::string_view bytes) noexcept {
    SipState state(key);
    state.v1 ^= 0xee;
    state.absorb(bytes, 2);
    state.v2 ^= 0xee;
    state.rounds(4);
    const std::uint64_t first = state.fold();
    state.v1 ^= 0xdd;
    state.rounds(4);
    const std::uint64_t second = state.fold();
    Id128 digest;
    std::memcpy(digest.bytes.data(), &first, 8);
    std::memcpy(digest.bytes.data() + 8, &second, 8);
    return digest;
}

const HashKey& process_hash_key() noexcept {
    static const HashKey key = HashKey::of(SystemRandom{}.id());
    return key;
}

}  // namespace attune::base
