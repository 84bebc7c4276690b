// PlacementCounts: how well a placement does, counted as the log is read: by day, slot, source and version, and in all.
//
//     counts.shown(list);                                    // an answer was given
//     counts.answered(list, answer);                         // what stood in it was touched
//
// Sums of whole numbers and of what each list contributes, which is replaced when the list is answered once more. A list belongs
// to the (UTC) day on which it was shown. An item counts once a list, however often it is clicked. Not thread-safe.
#pragma once

#include "engine/outcomes/open_lists.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace attune::engine {

inline constexpr std::size_t kListMetricsAt = 10;  // of precision and NDCG

struct ListSums {
    std::uint64_t lists = 0;
    std::uint64_t impressions = 0;  // items in them
    std::uint64_t clicks = 0;       // items that something good was done with
    std::uint64_t purchases = 0;    // items that were bought
    std::uint64_t hits = 0;         // lists with a click
    double precision = 0;           // Σ clicked among the first ten / those
    double reciprocal_rank = 0;     // Σ 1 / place of the first that was clicked
    double ndcg = 0;                // Σ of the first ten, by what was earned
    // Of the lists that say: how many, and the sum.
    struct Mean {
        std::uint64_t lists = 0;
        double sum = 0;
        void add(const std::optional<double>& one) {
            if (!one) return;
            ++lists;
            sum += *one;
        }
    };
    Mean diversity;
    Mean novelty;
    Mean popularity;

    void shown(const OpenList& list);
    void answered(const OpenList& list, const ListAnswer& answer);
};

// Of slots, sources: no more than how often.
struct ItemSums {
    std::uint64_t impressions = 0;
    std::uint64_t clicks = 0;
};

// Which items were shown at all.
class ItemsSeen {
public:
    void add(ItemNumber item);
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    friend class OutcomeSaver;
    friend class OutcomeLoader;

    std::vector<bool> seen_;
    std::uint64_t count_ = 0;
};

struct DaySums {
    ListSums sums;
    ItemsSeen items;
};

class PlacementCounts {
public:
    static constexpr std::size_t kDaysMax = 60;  // the newest
    static constexpr std::size_t kSlotsMax = 50;
    static constexpr std::size_t kVersionsMax = 20;  // the newest

    void shown(const OpenList& list);
    void answered(const OpenList& list, const ListAnswer& answer);

    using Days = std::map<std::chrono::sys_days, DaySums>;
    [[nodiscard]] const ListSums& all() const { return all_; }
    [[nodiscard]] const ItemsSeen& items() const { return items_; }
    [[nodiscard]] const Days& days() const { return days_; }
    [[nodiscard]] const std::vector<ItemSums>& slots() const { return slots_; }
    [[nodiscard]] const std::map<std::string, ItemSums>& sources() const { return sources_; }
    [[nodiscard]] const std::map<std::uint64_t, ListSums>& versions() const { return versions_; }
    [[nodiscard]] base::Time since() const { return since_; }

private:
    friend class OutcomeSaver;
    friend class OutcomeLoader;

    ListSums all_;
    ItemsSeen items_;
    Days days_;
    std::vector<ItemSums> slots_;
    std::map<std::string, ItemSums> sources_;  // and "pinned", "explored", "none"
    std::map<std::uint64_t, ListSums> versions_;
    base::Time since_{};
};

}  // namespace attune::engine
