// ActivityOfTenant: what everybody of a tenant did with items, as far as the log was read. Thread-safe: readers share a lock that
// the writer takes for some thirty events at a time. Items are those of the tenant's ItemNumbers; answers name none that a mask
// forbids or does not reach.
//
//     const auto activity = all.of(tenant);
//     activity->popular(10, mask);
//     activity->after(history, 10, mask, now);       // what people went on to from what this person touched last
//
// What is in an answer was touched by at least `people_min` different people where it says what is popular or trending, or what
// others went on to; what
// one account can do to it is bounded (touch_book.h).
#pragma once

#include "base/result.h"
#include "engine/activity/item_event.h"
#include "engine/activity/touch_book.h"

#include <atomic>
#include <shared_mutex>

namespace attune::engine {

struct ActivityOptions {
    // Fewer different people than these make nothing popular or trending, and nothing that others went on to.
    std::uint32_t people_min = 2;
};

struct ItemActivity {
    std::uint32_t people = 0;  // who touched it
    std::uint32_t recent = 0;  // of them within the last day, once a quarter of it
    std::uint32_t shown =
        0;  // to so many people, once a day, of the newest 100 things each was shown
    std::uint32_t clicked = 0;  // of those
};

struct AlikeId {
    store::PersonId person;
    float likeness = 0;  // 0 to 1
    std::uint32_t in_common = 0;
};

// How often somebody was shown an item and did not choose it.
struct ShownInVain {
    ItemNumber item = 0;
    float times = 0;  // those of long ago count for less
};

// For learners: a row for each person, and whose item each column is. The same touches give the same rows and columns, whatever
// ids and numbers people and items have: columns by items' ids, rows by what is in them.
struct TrainingData {
    learn::Interactions interactions;
    std::vector<ItemNumber> items;
};

struct ActivityTotals {
    std::uint64_t people = 0;
    std::uint64_t touches = 0;
    std::size_t bytes = 0;
};

class ActivityOfTenant {
public:
    ActivityOfTenant(std::shared_ptr<ItemNumbers> numbers, const ActivityOptions& options)
        : numbers_(std::move(numbers)), options_(options) {}

    [[nodiscard]] ItemNumbers& numbers() const { return *numbers_; }

    // Whether everything was read once that was there when the reading began. Until then answers are made of a part of it.
    [[nodiscard]] bool is_current() const { return is_current_.load(std::memory_order_acquire); }

    // By how many different people touched them.
    [[nodiscard]] std::vector<learn::Scored> popular(std::size_t limit,
                                                     const learn::ItemMask& mask) const;
    // By how far the last day is above what is usual for each (recent_counts.h). `now` in seconds, here and below.
    [[nodiscard]] std::vector<learn::Scored> trending(std::size_t limit,
                                                      const learn::ItemMask& mask,
                                                      std::int64_t now) const;
    [[nodiscard]] std::vector<learn::Scored> after(learn::History history, std::size_t limit,
                                                   const learn::ItemMask& mask,
                                                   std::int64_t now) const;
    // What people of like taste liked, at least `people_min` of them (alike_people.h).
    [[nodiscard]] std::vector<learn::Scored> liked_by_alike(learn::History history,
                                                            std::size_t limit,
                                                            const learn::ItemMask& mask) const;
    // Who those people are, most alike first; whoever has this history is among them.
    [[nodiscard]] std::vector<AlikeId> alike(learn::History history, std::size_t limit) const;
    [[nodiscard]] ItemActivity counts(ItemNumber item) const;
    // Of somebody, oldest first; empty when nothing is known of them.
    [[nodiscard]] std::vector<learn::Touch> history(const store::PersonId& person) const;

    // By item: what somebody was shown and did not choose, once a day an item, each time counting 2^(−age / half-life). What
    // was shown within the last half hour may still be looked at, and does not count; nor does what was shown before they last
    // chose the item.
    [[nodiscard]] std::vector<ShownInVain> shown_in_vain(const store::PersonId& person,
                                                         std::int64_t now,
                                                         double half_life_seconds) const;

    // What people touched until `until` (in seconds; inclusive), items that nobody liked left out. What somebody says of one item
    // over and over adds less each time, and less than kPairWeightMax in all. Reads a thousand people at a time, so nobody waits for it.
    // resource_exhausted when there are more than `touches_max` of them.
    [[nodiscard]] Result<TrainingData> training_data(std::uint64_t touches_max,
                                                     std::int64_t until) const;
    static constexpr float kPairWeightMax = 10;

    [[nodiscard]] ActivityTotals totals() const;
    // Totals' touches or people alone, at the cost of a look.
    [[nodiscard]] std::uint64_t touches() const;
    [[nodiscard]] std::uint64_t people() const;

private:
    friend class ActivityReading;
    struct Happened {
        store::PersonId person;
        const ItemEvent* event = nullptr;
    };
    // Of the one thread that writes at a time.
    [[nodiscard]] Result<void> apply(std::span<const Happened> events);
    void merge(const store::PersonId& from, const store::PersonId& into);
    bool forget(const store::PersonId& person);
    // In the place of what is known so far.
    void begin_with(TouchBook book);

    [[nodiscard]] std::vector<learn::Deed> deeds(std::uint64_t touches_max, std::int64_t until,
                                                 bool& is_too_much, PersonIndex& people) const;

    const std::shared_ptr<ItemNumbers> numbers_;
    const ActivityOptions options_;
    std::atomic<bool> is_current_ = false;
    mutable std::shared_mutex mutex_;
    TouchBook book_;  // guarded by mutex_
};

}  // namespace attune::engine
