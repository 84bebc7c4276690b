#include "learn/scan/dots.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace attune::learn {

namespace {

// Fused or not must not depend on the processor.
#pragma clang fp contract(off)

using Floats = float __attribute__((vector_size(64)));

using Ints = std::int32_t __attribute__((vector_size(64)));

// What follows is compiled once for each width: it is inlined into functions of different targets. Vectors go by
// reference, because how one is passed by value depends on the target.
[[gnu::always_inline]] inline void load(Floats& out, const float* from) {
    std::memcpy(&out, from, sizeof out);
}

[[gnu::always_inline]] inline void add_product(Floats& sums, const float* a, const float* b) {
    Floats left;
    Floats right;
    load(left, a);
    load(right, b);
    sums += left * right;
}

[[gnu::always_inline]] inline float dot(const float* a, const float* b, std::size_t count) {
    Floats sums = {};
    std::size_t i = 0;
    for (; i + kBlockItems <= count; i += kBlockItems) add_product(sums, a + i, b + i);
    if (i < count) {
        float rest_a[kBlockItems] = {};
        float rest_b[kBlockItems] = {};
        std::memcpy(rest_a, a + i, (count - i) * sizeof(float));
        std::memcpy(rest_b, b + i, (count - i) * sizeof(float));
        add_product(sums, rest_a, rest_b);
    }
    const auto eight = __builtin_shufflevector(sums, sums, 0, 1, 2, 3, 4, 5, 6, 7) +
                       __builtin_shufflevector(sums, sums, 8, 9, 10, 11, 12, 13, 14, 15);
    const auto four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3) +
                      __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
    return (four[0] + four[2]) + (four[1] + four[3]);
}

[[gnu::always_inline]] inline std::size_t reaching(const Estimates& all, std::size_t from,
                                                   std::size_t count, float threshold,
                                                   Interval& interval) {
    for (std::size_t block = from; block < count; ++block) {
        const ScanLine* lines = all.lines + block * all.stride;
        Floats scales;
        Floats biases;
        Ints sums;
        std::memcpy(&scales, lines, sizeof scales);
        std::memcpy(&biases, lines + 1, sizeof biases);
        std::memcpy(&sums, all.sums + block * kBlockItems, sizeof sums);
        const Floats estimate =
            __builtin_convertvector(sums, Floats) * (scales * all.scale) + biases;
        const Floats doubt = scales * all.widths[block] + all.pads[block];
        const Floats high = estimate + doubt;
        if (__builtin_reduce_or(high >= threshold) == 0) continue;
        const Floats low = estimate - doubt;
        std::memcpy(interval.low, &low, sizeof low);
        std::memcpy(interval.high, &high, sizeof high);
        return block;
    }
    return count;
}

std::size_t reaching_anywhere(const Estimates& all, std::size_t from, std::size_t count,
                              float threshold, Interval& interval) {
    return reaching(all, from, count, threshold, interval);
}

float floats_anywhere(const float* a, const float* b, std::size_t count) {
    return dot(a, b, count);
}

void codes_anywhere(const CodeBlocks& blocks, const std::int8_t* query, std::size_t count,
                    std::int32_t* sums) {
    for (std::size_t block = 0; block < count; ++block) {
        const ScanLine* line = blocks.codes + block * blocks.stride;
        std::array<std::int32_t, kBlockItems> sum{};
        for (std::size_t quad = 0; quad < blocks.quads; ++quad)
            for (std::size_t item = 0; item < kBlockItems; ++item)
                for (std::size_t i = 0; i < 4; ++i)
                    sum[item] += (line[quad].bytes[item * 4 + i] - 128) * query[quad * 4 + i];
        std::memcpy(sums + block * kBlockItems, sum.data(), sizeof sum);
    }
}

bool is_anywhere() { return true; }

#if defined(__x86_64__)

[[gnu::always_inline]] inline int four_of(const std::int8_t* query, std::size_t quad) {
    int out = 0;
    std::memcpy(&out, query + quad * 4, sizeof out);
    return out;
}

// What every code counts too much by being stored 128 higher.
[[gnu::always_inline]] inline int surplus(const std::int8_t* query, std::size_t quads) {
    int sum = 0;
    for (std::size_t i = 0; i < quads * 4; ++i) sum += query[i];
    return 128 * sum;
}

#define ATTUNE_TARGET_512 __attribute__((target("avx512vnni,avx512bw,avx512f,avx512vl")))
#define ATTUNE_TARGET_VNNI __attribute__((target("avxvnni,avx2")))
#define ATTUNE_TARGET_AVX2 __attribute__((target("avx2")))

ATTUNE_TARGET_512 float floats_512(const float* a, const float* b, std::size_t count) {
    return dot(a, b, count);
}

ATTUNE_TARGET_AVX2 float floats_avx2(const float* a, const float* b, std::size_t count) {
    return dot(a, b, count);
}

ATTUNE_TARGET_512 std::size_t reaching_512(const Estimates& all, std::size_t from,
                                           std::size_t count, float threshold, Interval& interval) {
    return reaching(all, from, count, threshold, interval);
}

ATTUNE_TARGET_AVX2 std::size_t reaching_avx2(const Estimates& all, std::size_t from,
                                             std::size_t count, float threshold,
                                             Interval& interval) {
    return reaching(all, from, count, threshold, interval);
}

// Two sums a block, since one would wait for itself: an instruction's result is ready after five steps, and two may start in each.
ATTUNE_TARGET_512 void codes_512(const CodeBlocks& blocks, const std::int8_t* query,
                                 std::size_t count, std::int32_t* sums) {
    const __m512i start = _mm512_set1_epi32(-surplus(query, blocks.quads));
    for (std::size_t block = 0; block < count; ++block) {
        const ScanLine* line = blocks.codes + block * blocks.stride;
        __m512i even = start;
        __m512i odd = _mm512_setzero_si512();
        std::size_t quad = 0;
        for (; quad + 2 <= blocks.quads; quad += 2) {
            even = _mm512_dpbusd_epi32(even, _mm512_load_si512(line + quad),
                                       _mm512_set1_epi32(four_of(query, quad)));
            odd = _mm512_dpbusd_epi32(odd, _mm512_load_si512(line + quad + 1),
                                      _mm512_set1_epi32(four_of(query, quad + 1)));
        }
        if (quad < blocks.quads)
            even = _mm512_dpbusd_epi32(even, _mm512_load_si512(line + quad),
                                       _mm512_set1_epi32(four_of(query, quad)));
        _mm512_storeu_si512(sums + block * kBlockItems, _mm512_add_epi32(even, odd));
    }
}

ATTUNE_TARGET_VNNI void codes_vnni(const CodeBlocks& blocks, const std::int8_t* query,
                                   std::size_t count, std::int32_t* sums) {
    const __m256i start = _mm256_set1_epi32(-surplus(query, blocks.quads));
    for (std::size_t block = 0; block < count; ++block) {
        const ScanLine* line = blocks.codes + block * blocks.stride;
        __m256i low = start;
        __m256i high = start;
        for (std::size_t quad = 0; quad < blocks.quads; ++quad) {
            const __m256i four = _mm256_set1_epi32(four_of(query, quad));
            const auto* halves = reinterpret_cast<const __m256i*>(line + quad);
            low = _mm256_dpbusd_avx_epi32(low, _mm256_load_si256(halves), four);
            high = _mm256_dpbusd_avx_epi32(high, _mm256_load_si256(halves + 1), four);
        }
        auto* out = reinterpret_cast<__m256i*>(sums + block * kBlockItems);
        _mm256_storeu_si256(out, low);
        _mm256_storeu_si256(out + 1, high);
    }
}

// maddubs saturates at 2^15, so it multiplies magnitudes, which are at most 127, and gives the query the signs of the codes:
// 2 · 127 · 127 fits.
ATTUNE_TARGET_AVX2 inline __m256i add_products(__m256i sum, __m256i codes, __m256i four) {
    const __m256i centred = _mm256_xor_si256(codes, _mm256_set1_epi8(-128));
    const __m256i pairs =
        _mm256_maddubs_epi16(_mm256_abs_epi8(centred), _mm256_sign_epi8(four, centred));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

ATTUNE_TARGET_AVX2 void codes_avx2(const CodeBlocks& blocks, const std::int8_t* query,
                                   std::size_t count, std::int32_t* sums) {
    for (std::size_t block = 0; block < count; ++block) {
        const ScanLine* line = blocks.codes + block * blocks.stride;
        __m256i low = _mm256_setzero_si256();
        __m256i high = _mm256_setzero_si256();
        for (std::size_t quad = 0; quad < blocks.quads; ++quad) {
            const __m256i four = _mm256_set1_epi32(four_of(query, quad));
            const auto* halves = reinterpret_cast<const __m256i*>(line + quad);
            low = add_products(low, _mm256_load_si256(halves), four);
            high = add_products(high, _mm256_load_si256(halves + 1), four);
        }
        auto* out = reinterpret_cast<__m256i*>(sums + block * kBlockItems);
        _mm256_storeu_si256(out, low);
        _mm256_storeu_si256(out + 1, high);
    }
}

bool has_512() {
    return __builtin_cpu_supports("avx512vnni") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0;
}
bool has_vnni() {
    return __builtin_cpu_supports("avxvnni") != 0 && __builtin_cpu_supports("avx2") != 0;
}
bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }

constexpr std::array kLoops{
    DotLoops{"avx512-vnni", &has_512, &codes_512, &floats_512, &reaching_512},
    DotLoops{"avx-vnni", &has_vnni, &codes_vnni, &floats_avx2, &reaching_avx2},
    DotLoops{"avx2", &has_avx2, &codes_avx2, &floats_avx2, &reaching_avx2},
    DotLoops{"anywhere", &is_anywhere, &codes_anywhere, &floats_anywhere, &reaching_anywhere},
};

#else

constexpr std::array kLoops{
    DotLoops{"anywhere", &is_anywhere, &codes_anywhere, &floats_anywhere, &reaching_anywhere}};

#endif

const DotLoops& find_best() {
    for (const DotLoops& loops : kLoops)
        if (loops.is_supported()) return loops;
    return kLoops.back();
}

}  // namespace

std::span<const DotLoops> all_dot_loops() { return kLoops; }

const DotLoops& best_dot_loops() {
    static const DotLoops& best = find_best();
    return best;
}

}  // namespace attune::learn
