// The inner loops of the scan: dot products, in the widest instructions that this processor has. Every variant of a loop
// gives the same numbers, so a model answers alike on every machine.
//
//     const DotLoops& loops = best_dot_loops();
//     loops.codes({.codes = lines + 2, .stride = 18, .quads = 16}, query, 4, sums);   // 4 blocks of 16 items
//     const float score = loops.floats(row, query, 64);
//
// Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace attune::learn {

// Items are scanned sixteen at a time: a block. Its codes stand by fours of dimensions: 16 items × 4 bytes make a cache line.
inline constexpr std::size_t kBlockItems = 16;

struct alignas(64) ScanLine {
    std::uint8_t bytes[64];
};

// Consecutive blocks: `quads` lines each, of which the next block's begin `stride` lines on.
struct CodeBlocks {
    const ScanLine* codes = nullptr;
    std::size_t stride = 0;
    std::size_t quads = 0;
};

// The estimates that go with a run of blocks. A block's first two lines are the scales and the biases of its items.
struct Estimates {
    const ScanLine* lines = nullptr;
    std::size_t stride = 0;
    const std::int32_t* sums = nullptr;  // as `codes` wrote them
    const float* widths = nullptr;       // a block's doubt, by which an item's scale is multiplied
    const float* pads = nullptr;         // a block's doubt whatever the scale
    float scale = 0;                     // of the query
};

struct Interval {
    float low[kBlockItems];
    float high[kBlockItems];
};

struct DotLoops {
    std::string_view name;
    bool (*is_supported)() = nullptr;  // by this processor
    // sums[16 b + i] = Σ (code − 128) · query over the dimensions of item i in block b. `query` holds 4 · quads numbers from
    // −127 to 127; codes are 1 to 255. Sums stay exact below 2^17 dimensions.
    void (*codes)(const CodeBlocks& blocks, const std::int8_t* query, std::size_t count,
                  std::int32_t* sums) = nullptr;
    // Σ a·b in sixteen partial sums, of dimensions that are equal modulo 16; then their halves are added until one is left.
    // Never fused: a fused multiply-add rounds once where others round twice.
    float (*floats)(const float* a, const float* b, std::size_t count) = nullptr;
    // The first of the blocks from..count-1 that has an item whose estimate may reach `threshold`, with all of its sixteen
    // intervals: scale · scale · sum + bias, give or take scale · width + pad. `count` where there is none.
    std::size_t (*next_reaching)(const Estimates& estimates, std::size_t from, std::size_t count,
                                 float threshold, Interval& interval) = nullptr;
};

// All that were compiled in, the widest first; the last one runs anywhere.
[[nodiscard]] std::span<const DotLoops> all_dot_loops();
// The first of them that is supported.
[[nodiscard]] const DotLoops& best_dot_loops();

}  // namespace attune::learn
