// FlatMap: a small ordered map in one vector. Profiles hold many small maps that are copied and
// walked far more often than they grow; one allocation and sorted order (so that equal maps have
// equal JSON) are what they need. Lookups are binary searches; inserting in the middle moves what
// follows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

namespace attune::base {

template <class K, class V>
class FlatMap {
public:
    using value_type = std::pair<K, V>;
    using iterator = typename std::vector<value_type>::iterator;
    using const_iterator = typename std::vector<value_type>::const_iterator;

    FlatMap() = default;
    FlatMap(std::initializer_list<value_type> entries) {
        for (const auto& entry : entries) (*this)[entry.first] = entry.second;
    }

    [[nodiscard]] iterator begin() { return entries_.begin(); }
    [[nodiscard]] iterator end() { return entries_.end(); }
    [[nodiscard]] const_iterator begin() const { return entries_.begin(); }
    [[nodiscard]] const_iterator end() const { return entries_.end(); }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] bool empty() const { return entries_.empty(); }
    void clear() { entries_.clear(); }
    void reserve(std::size_t count) { entries_.reserve(count); }

    template <class Key>
    [[nodiscard]] const V* find(const Key& key) const {
        auto at = lower_bound(key);
        return at != entries_.end() && at->first == key ? &at->second : nullptr;
    }
    template <class Key>
    [[nodiscard]] V* find(const Key& key) {
        return const_cast<V*>(std::as_const(*this).find(key));
    }
    template <class Key>
    [[nodiscard]] bool contains(const Key& key) const {
        return find(key) != nullptr;
    }
    // Takes entries in any order, sorted once: inserting them one by one would move what follows each time. Of equal keys
    // one stays.
    void assign(std::vector<value_type> entries) {
        const auto by_key = [](const value_type& a, const value_type& b) {
            return a.first < b.first;
        };
        if (!std::is_sorted(entries.begin(), entries.end(), by_key)) {
            std::sort(entries.begin(), entries.end(), by_key);
        }
        entries.erase(std::unique(entries.begin(), entries.end(),
                                  [](const value_type& a, const value_type& b) {
                                      return a.first == b.first;
                                  }),
                      entries.end());
        entries_ = std::move(entries);
    }
    // The value of `key`, made first when it is not there.
    template <class Key>
    V& operator[](const Key& key) {
        auto at = lower_bound(key);
        if (at == entries_.end() || !(at->first == key)) at = entries_.emplace(at, K(key), V{});
        return entries_[static_cast<std::size_t>(at - entries_.cbegin())].second;
    }
    template <class Key>
    bool erase(const Key& key) {
        auto at = lower_bound(key);
        if (at == entries_.end() || !(at->first == key)) return false;
        entries_.erase(at);
        return true;
    }
    iterator erase(iterator at) { return entries_.erase(at); }

    bool operator==(const FlatMap&) const = default;

private:
    template <class Key>
    [[nodiscard]] const_iterator lower_bound(const Key& key) const {
        return std::lower_bound(
            entries_.begin(), entries_.end(), key,
            [](const value_type& entry, const Key& k) { return entry.first < k; });
    }

    std::vector<value_type> entries_;
};

}  // namespace attune::base
