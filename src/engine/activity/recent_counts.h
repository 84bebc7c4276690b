// RecentCounts: how many different people touched each item, by quarters of days of the last fifteen, for what is trending: an item
// that more people came to within a day than its own fortnight before let one expect.
//
//     score = (recent − expected) / √(expected + 1),   expected = baseline · quarters of a day / quarters of the baseline
//
// (how many standard deviations above a Poisson count of what is usual for it), so that what is always popular is not
// trending, and one newcomer is. A person counts once an item and quarter; what is added can be taken back exactly. The
// window ends with the newest touch, not with the clock, so the same log gives the same trends.
// Not thread-safe.
#pragma once

#include "engine/activity/item_counts.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>

namespace attune::engine {

class RecentCounts {
public:
    static constexpr std::int64_t kQuarterSeconds = 6 * 3'600;
    static constexpr std::int64_t kRecentQuarters = 4;
    static constexpr std::int64_t kQuarters = 60;

    // The part of a day that a moment (in seconds) is in.
    [[nodiscard]] static std::int64_t quarter_of(std::int64_t time) {
        return time / kQuarterSeconds;
    }
    void add(ItemNumber item, std::int64_t quarter);
    void take(ItemNumber item, std::int64_t quarter);  // what was added before

    // Those that at least `people_min` people touched within a day of the newest touch; none when that was over a day
    // before `now`.
    [[nodiscard]] std::vector<learn::Scored> trending(std::size_t limit,
                                                      const learn::ItemMask& mask,
                                                      std::uint32_t people_min,
                                                      std::int64_t now) const;
    [[nodiscard]] std::uint32_t recent(ItemNumber item) const { return recent_[item]; }
    [[nodiscard]] std::size_t bytes() const;

private:
    friend class BookSaver;
    friend class BookLoader;
    using Quarter = boost::unordered_flat_map<ItemNumber, std::uint32_t>;

    [[nodiscard]] bool is_known(std::int64_t quarter) const {
        return quarter > newest_ - static_cast<std::int64_t>(quarters_.size()) &&
               quarter <= newest_;
    }
    [[nodiscard]] bool is_recent(std::int64_t quarter) const {
        return quarter > newest_ - kRecentQuarters;
    }
    [[nodiscard]] Quarter& at(std::int64_t quarter) {
        return quarters_[static_cast<std::size_t>(newest_ - quarter)];
    }
    void advance(std::int64_t quarter);
    void begin_quarter();
    [[nodiscard]] std::int64_t baseline_quarters() const;

    std::deque<Quarter> quarters_;  // newest first
    std::int64_t newest_ = 0;
    ItemCounts recent_;
    ItemCounts all_;
};

}  // namespace attune::engine
