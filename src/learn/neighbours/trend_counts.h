// Trend counts: what is on the rise, by what happens now against what usually happens. One event at a time, in memory that is
// bounded by the number of items.
//
//     TrendCounts counts(items, {.half_life = 6 * 3'600.0});
//     counts.add(item, person, time);
//     const Trends trends = counts.trends();        // a copy as of the latest event
//     trends.rise(item, now);                        // in standard deviations; 0 where it does not rise
//
// Two decayed counts an item, a quick and a slow one. An item is expected to have the share of all that happens now that it
// has of all that usually happens, so neither the time of day nor a growing site makes things rise, and before it is known what
// is usual nothing does. An item rises only when several different people touched it lately, and who touches it again
// and again counts once a half-life: the last kPeople different people of an item are remembered for that, by a number that
// the caller makes of them (best a keyed hash).
//
// One writer at a time; whoever reads at the same time reads a copy.
#pragma once

#include "learn/recommend/interactions.h"

#include <array>

namespace attune::learn {

struct TrendRules {
    double half_life = 6 * 3'600.0;          // in seconds, of what happens now
    double usual_half_life = 14 * 86'400.0;  // of what usually happens
    std::uint32_t people = 3;  // so many different people at least; up to TrendCounts::kPeople
    double prior = 1;          // added to what is expected, so that few events are no storm
};

// What rose as of a moment; immutable.
struct Trends {
    TrendRules rules;
    std::int64_t at = 0;
    double quick_sum = 0;
    double usual_sum = 0;
    std::vector<float> quick;  // decayed counts as of `at`
    std::vector<float> usual;
    std::vector<std::int64_t> lively_until;  // after that, too few people touched the item lately

    // (count − expected) ÷ √(expected + prior), or 0 where that is less or too few people touched it.
    [[nodiscard]] float rise(ItemIndex item, std::int64_t now) const;
};

class TrendCounts {
public:
    static constexpr std::size_t kPeople = 8;

    TrendCounts(ItemIndex items, const TrendRules& rules);

    // Somebody touched an item. Items past items() are passed over. Times are the caller's to check: one far ahead makes
    // everything before it weigh nothing.
    void add(ItemIndex item, std::uint64_t person, std::int64_t time);
    // Takes back what is still known to be theirs; the rest is in sums that say nothing of anybody, and fades.
    void forget(std::uint64_t person);
    void grow(ItemIndex items);

    [[nodiscard]] ItemIndex items() const { return static_cast<ItemIndex>(counts_.size()); }
    [[nodiscard]] Trends trends() const;
    [[nodiscard]] std::size_t bytes() const { return counts_.size() * sizeof(Count); }

private:
    struct Visitor {
        std::uint64_t person = 0;
        std::int64_t time = 0;  // when they last counted
    };
    struct Decayed {
        std::int64_t at = 0;
        double quick = 0;
        double usual = 0;
    };
    struct Count {
        Decayed decayed;
        std::uint32_t visitors = 0;
        std::array<Visitor, kPeople> last{};  // the latest first
    };

    void bring(Decayed& count, std::int64_t time) const;

    TrendRules rules_;
    std::vector<Count> counts_;
    Decayed sum_;  // of all items
};

}  // namespace attune::learn
