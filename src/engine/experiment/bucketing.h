// Bucketing: which share of the whole a unit falls into. GrowthBook's hash, version 2, with its arithmetic: an experiment
// may move here from there, or be checked in any language that has an SDK of theirs.
//
//     const double n = bucket_of("checkout", "ann");                        // in [0, 1), steps of 1/10,000
//     const auto variant = choose(n, ranges_of(std::vector{0.5, 0.5}));     // 0 or 1
//
// Frozen: another hash, other bytes or another order of additions would move people. The bytes are UTF-8, which
// for ASCII is what all their SDKs take. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace attune::engine {

inline constexpr std::uint32_t kBucketingVersion = 2;
inline constexpr std::uint32_t kBuckets = 10'000;

[[nodiscard]] std::uint32_t fnv1a32(std::string_view a, std::string_view b = {});

// 0 … 9,999.
[[nodiscard]] std::uint32_t bucket_number(std::string_view seed, std::string_view unit);
[[nodiscard]] double bucket_of(std::string_view seed, std::string_view unit);

struct BucketRange {
    double from = 0;   // inclusive
    double until = 0;  // exclusive
};
// One after the other, as wide as the weights are.
[[nodiscard]] std::vector<BucketRange> ranges_of(std::span<const double> weights);
// The first range that holds it.
[[nodiscard]] std::optional<std::size_t> choose(double bucket, std::span<const BucketRange> ranges);

}  // namespace attune::engine
