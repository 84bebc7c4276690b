#include "engine/experiment/bucketing.h"

#include <array>
#include <charconv>

namespace attune::engine {

std::uint32_t fnv1a32(std::string_view a, std::string_view b) {
    std::uint32_t hash = 0x811c9dc5;
    for (const std::string_view part : {a, b}) {
        for (const char c : part) {
            hash ^= static_cast<unsigned char>(c);
            hash *= 0x01000193;
        }
    }
    return hash;
}

std::uint32_t bucket_number(std::string_view seed, std::string_view unit) {
    // Hashed twice, the second time as decimal digits: FNV alone leaves the seeds of two experiments correlated.
    std::array<char, 10> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), fnv1a32(seed, unit)).ptr;
    return fnv1a32({digits.data(), end}) % kBuckets;
}

double bucket_of(std::string_view seed, std::string_view unit) {
    return static_cast<double>(bucket_number(seed, unit)) / kBuckets;
}

std::vector<BucketRange> ranges_of(std::span<const double> weights) {
    std::vector<BucketRange> ranges;
    ranges.reserve(weights.size());
    double from = 0;
    for (const double weight : weights) {
        ranges.push_back({from, from + weight});
        from += weight;
    }
    return ranges;
}

std::optional<std::size_t> choose(double bucket, std::span<const BucketRange> ranges) {
    for (std::size_t i = 0; i < ranges.size(); ++i)
        if (bucket >= ranges[i].from && bucket < ranges[i].until) return i;
    return std::nullopt;
}

}  // namespace attune::engine
