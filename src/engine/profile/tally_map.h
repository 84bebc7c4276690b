// TallyMap: exact counts by key, sorted by key, at most `capacity` of them. Adding is exact and
// commutative as long as the capacity is not reached. Beyond it the key that was seen longest ago
// (by event time) goes with all it counted: memory is bounded, what remains is what matters now,
// and put() answers true so that the state can say it is truncated.
//
// An entry type has: SmallText key; std::int64_t last; void add(const Entry&); std::size_t
// heap_bytes() const.
#pragma once

#include "engine/profile/small_text.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <vector>

namespace attune::engine {

template <class Entry>
class TallyMap {
public:
    // True when a key had to go.
    bool put(Entry entry, std::size_t capacity) {
        auto at = std::lower_bound(entries_.begin(), entries_.end(), entry.key.view(), key_before);
        if (at != entries_.end() && at->key == entry.key) {
            at->add(entry);
            return false;
        }
        entries_.insert(at, std::move(entry));
        if (entries_.size() <= capacity) return false;
        entries_.erase(
            std::min_element(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
                return std::tie(a.last, a.key) < std::tie(b.last, b.key);
            }));
        return true;
    }
    // The entry of `key` itself, without making a key for it when it is there: most events touch
    // known keys.
    [[nodiscard]] Entry* find(std::string_view key) {
        auto at = std::lower_bound(entries_.begin(), entries_.end(), key, key_before);
        return at != entries_.end() && at->key.view() == key ? &*at : nullptr;
    }
    bool merge(const TallyMap& other, std::size_t capacity) {
        bool truncated = false;
        for (const Entry& entry : other.entries_) truncated |= put(entry, capacity);
        return truncated;
    }

    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
    [[nodiscard]] bool empty() const { return entries_.empty(); }
    void restore(std::vector<Entry> entries) { entries_ = std::move(entries); }
    [[nodiscard]] std::size_t heap_bytes() const {
        std::size_t bytes = entries_.capacity() * sizeof(Entry);
        for (const Entry& entry : entries_) bytes += entry.key.heap_bytes() + entry.heap_bytes();
        return bytes;
    }
    bool operator==(const TallyMap&) const = default;

private:
    static bool key_before(const Entry& entry, std::string_view key) {
        return entry.key.view() < key;
    }

    std::vector<Entry> entries_;
};

}  // namespace attune::engine
