// QuantileSketch: the distribution of numbers that come and go, in buckets that are 0.2 % wide, so that a quantile is right
// to 0.1 %. What is needed to compare quantiles, when values are corrected as events come in.
//
//     sketch.add(12.5);
//     sketch.remove(12.5);            // the unit spent more since …
//     sketch.add(20);
//     sketch.quantile(0.9)
//
// At most some 50,000 buckets: magnitudes beyond 1e-9 and 1e15 count as these. Not thread-safe.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <map>

namespace attune::engine {

class CheckpointReader;
class CheckpointWriter;

class QuantileSketch {
public:
    void add(double value) { count(value, 1); }
    void remove(double value) { count(value, -1); }

    [[nodiscard]] std::uint64_t n() const { return n_; }
    // The smallest number that a share `share` (0 to 1) of all does not exceed; 0 of nothing.
    [[nodiscard]] double quantile(double share) const;

    // What a quantile between two shares may be.
    struct Range {
        double lower = 0;  // so that nothing is missing that lies in one bucket with it
        double upper = 0;
        // So few numbers lie there, and so far apart, that the quantile leaps from one to the next: how far it may be off
        // does not follow from the range.
        bool is_coarse = false;
    };
    [[nodiscard]] Range range(double from_share, double to_share) const;

private:
    friend Result<void> put_sketch(CheckpointWriter& to, const QuantileSketch& sketch);
    friend Result<QuantileSketch> get_sketch(CheckpointReader& from);

    using Buckets = std::map<std::int32_t, std::uint64_t>;

    void count(double value, std::int64_t by);
    // The bucket that a share of all lies in; there is one.
    [[nodiscard]] Buckets::const_iterator bucket_at(double share) const;
    [[nodiscard]] bool is_coarse(Buckets::const_iterator first, Buckets::const_iterator last) const;

    Buckets buckets_;
    std::uint64_t n_ = 0;
};

}  // namespace attune::engine
