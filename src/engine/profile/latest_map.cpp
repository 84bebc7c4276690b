#include "engine/profile/latest_map.h"

#include <algorithm>
#include <tuple>

namespace attune::engine {
namespace {

bool key_before(const Word& word, std::string_view key) { return word.key.view() < key; }

// Which of two keys is given up first.
bool older(const Word& a, const Word& b) { return std::tie(a.at, a.key) < std::tie(b.at, b.key); }

}  // namespace

void LatestMap::put(Word word, std::size_t capacity) {
    auto at = std::lower_bound(words_.begin(), words_.end(), word.key.view(), key_before);
    if (at != words_.end() && at->key == word.key) {
        if (std::tie(at->at, at->value) < std::tie(word.at, word.value)) *at = std::move(word);
        return;
    }
    if (words_.size() < capacity) {
        words_.insert(at, std::move(word));
        return;
    }
    auto oldest = std::min_element(words_.begin(), words_.end(), older);
    if (oldest == words_.end() || older(word, *oldest)) return;
    // One pass: what lies between the two places moves by one.
    if (oldest < at) {
        std::move(oldest + 1, at, oldest);
        *(at - 1) = std::move(word);
    } else {
        std::move_backward(at, oldest, oldest + 1);
        *at = std::move(word);
    }
}

void LatestMap::merge(const LatestMap& other, std::size_t capacity) {
    for (const Word& word : other.words_) put(word, capacity);
}

const Word* LatestMap::find(std::string_view key) const {
    auto at = std::lower_bound(words_.begin(), words_.end(), key, key_before);
    return at != words_.end() && at->key.view() == key ? &*at : nullptr;
}

std::vector<const Word*> LatestMap::newest_first() const {
    std::vector<const Word*> found;
    found.reserve(words_.size());
    for (const Word& word : words_) {
        if (!word.value.empty()) found.push_back(&word);
    }
    std::ranges::sort(found, [](const Word* a, const Word* b) { return older(*b, *a); });
    return found;
}

std::size_t LatestMap::heap_bytes() const {
    std::size_t bytes = words_.capacity() * sizeof(Word);
    for (const Word& word : words_) bytes += word.key.heap_bytes() + word.value.heap_bytes();
    return bytes;
}

}  // namespace attune::engine
