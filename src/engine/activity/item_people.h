// ItemPeople: who touched each item, who did so last at the end. Its length is how many people that are. Not thread-safe.
#pragma once

#include "engine/activity/item_counts.h"

#include <span>
#include <vector>

namespace attune::engine {

class ItemPeople {
public:
    void add(ItemNumber item, learn::PersonIndex person);
    // Who is there already goes to the end.
    void renew(ItemNumber item, learn::PersonIndex person);
    void remove(ItemNumber item, learn::PersonIndex person);
    // All of them at once, of an item that nobody touched so far.
    void put(ItemNumber item, std::vector<learn::PersonIndex> people);

    [[nodiscard]] std::span<const learn::PersonIndex> of(ItemNumber item) const {
        if (item >= lists_.size()) return {};
        return lists_[item];
    }
    [[nodiscard]] const ItemCounts& counts() const { return counts_; }
    [[nodiscard]] std::size_t bytes() const;

private:
    using List = std::vector<learn::PersonIndex>;
    [[nodiscard]] List& at(ItemNumber item);
    // From the end: who comes again mostly was there a moment ago.
    [[nodiscard]] static List::iterator find(List& list, learn::PersonIndex person);

    std::vector<List> lists_;
    ItemCounts counts_;
};

}  // namespace attune::engine
