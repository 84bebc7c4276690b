#include "learn/recommend/item_mask.h"

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace attune::learn {
namespace {

std::uint64_t pick(std::uint64_t bits, std::uint64_t chosen) {
    std::uint64_t picked = 0;
    for (unsigned at = 0; chosen != 0; chosen &= chosen - 1, ++at)
        picked |= (bits >> static_cast<unsigned>(std::countr_zero(chosen)) & 1U) << at;
    return picked;
}

#if defined(__x86_64__)
[[gnu::target("bmi2")]] std::uint64_t pick_at_once(std::uint64_t bits, std::uint64_t chosen) {
    return _pext_u64(bits, chosen);
}
#endif

using Pick = std::uint64_t (*)(std::uint64_t, std::uint64_t);

Pick best_pick() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("bmi2")) return &pick_at_once;
#endif
    return &pick;
}

}  // namespace

std::vector<std::uint64_t> picked_bits(std::span<const std::uint64_t> bits,
                                       std::span<const std::uint64_t> chosen, std::size_t count) {
    ATTUNE_CHECK(bits.size() >= chosen.size());
    static const Pick pick_of_word = best_pick();
    std::vector<std::uint64_t> out((count + 63) / 64);
    std::size_t at = 0;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const auto many = static_cast<std::size_t>(std::popcount(chosen[i]));
        if (many == 0) continue;
        const std::uint64_t picked = pick_of_word(bits[i], chosen[i]);
        out[at / 64] |= picked << (at % 64);
        if (at % 64 + many > 64) out[at / 64 + 1] |= picked >> (64 - at % 64);
        at += many;
    }
    ATTUNE_CHECK(at == count);
    return out;
}

}  // namespace attune::learn
