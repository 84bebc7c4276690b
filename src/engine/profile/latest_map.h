// LatestMap: for each key the last word said about it. Last means by the time of the event, not by
// when we heard of it; events of the same microsecond are told apart by a hash of their ids, and
// one event's two words by their values. That is a total order, so any order of arrival ends the
// same.
//
// Keeps the `capacity` keys that were spoken of last. This too is the same in any order: a key
// falls out only while enough later ones are known, and they stay known.
//
//     LatestMap traits;
//     traits.put({.key = "plan", .at = {time, tie}, .value = "\"pro\""}, 256);
//     traits.put({.key = "plan", .at = later, .value = ""}, 256);  // removed; kept as a tombstone
#pragma once

#include "engine/profile/small_text.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace attune::engine {

// When an event happened, and which one it was.
struct Stamp {
    std::int64_t time_us = 0;
    std::uint64_t tie = 0;  // of the event's id

    auto operator<=>(const Stamp&) const = default;
};

struct Word {
    SmallText key;
    Stamp at;
    SmallText value;  // empty: taken back

    bool operator==(const Word&) const = default;
};

class LatestMap {
public:
    void put(Word word, std::size_t capacity);
    void merge(const LatestMap& other, std::size_t capacity);

    [[nodiscard]] const std::vector<Word>& words() const { return words_; }  // by key
    [[nodiscard]] const Word* find(std::string_view key) const;
    [[nodiscard]] bool empty() const { return words_.empty(); }
    // The words that were not taken back, newest first.
    [[nodiscard]] std::vector<const Word*> newest_first() const;

    void restore(std::vector<Word> words) { words_ = std::move(words); }
    [[nodiscard]] std::size_t heap_bytes() const;
    bool operator==(const LatestMap&) const = default;

private:
    std::vector<Word> words_;
};

}  // namespace attune::engine
