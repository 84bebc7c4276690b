// TokenBucket: at most `rate` things a second, and `burst` at once.
//
//     TokenBucket bucket(1000, 2000);
//     if (auto wait = bucket.take(events, clock.steady_now()); wait > Duration{0}) … 429,
//     Retry-After: wait
//
// Time is passed in and must be steady; should it go back all the same, nothing is added and
// nothing is lost. Not thread-safe: its owner holds a lock, or one bucket a stripe.
#pragma once

#include "base/time.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace attune::base {

class TokenBucket {
public:
    // Both above 0. Begins full.
    TokenBucket(double rate_per_second, double burst)
        : rate_(rate_per_second), burst_(burst), tokens_(burst) {
        ATTUNE_CHECK(rate_per_second > 0 && burst > 0);
    }

    // Takes `count` and answers zero, or takes nothing and says how long until they would be there.
    // More than the burst is let through by a full bucket, which then owes the rest: a batch larger
    // than the burst must pass some time.
    [[nodiscard]] Duration take(double count, SteadyTime now) {
        refill(now);
        const double needed = std::min(count, burst_);
        if (tokens_ + kSlack >= needed) {
            tokens_ -= count;
            return Duration{0};
        }
        const double seconds = std::min((needed - tokens_) / rate_, kWaitMaxSeconds);
        return Duration{static_cast<std::int64_t>(std::ceil(seconds * 1e6))};
    }
    // Gives back what was taken for something that did not happen.
    void give_back(double count) { tokens_ = std::min(burst_, tokens_ + count); }

    // New limits, as when a tenant's are changed; what is owed stays owed.
    void set_limits(double rate_per_second, double burst) {
        ATTUNE_CHECK(rate_per_second > 0 && burst > 0);
        rate_ = rate_per_second;
        burst_ = burst;
        tokens_ = std::min(tokens_, burst_);
    }
    [[nodiscard]] double tokens() const { return std::max(0.0, tokens_); }

private:
    static constexpr double kWaitMaxSeconds = 24 * 3600;
    // Who waited as long as they were told must not be sent away by the last bit of a sum.
    static constexpr double kSlack = 1e-6;

    void refill(SteadyTime now) {
        if (last_ && now > *last_) {
            const double seconds = static_cast<double>((now - *last_).count()) * 1e-6;
            tokens_ = std::min(burst_, tokens_ + seconds * rate_);
        }
        if (!last_ || now > *last_) last_ = now;
    }

    double rate_;
    double burst_;
    double tokens_;
    std::optional<SteadyTime> last_;
};

}  // namespace attune::base
