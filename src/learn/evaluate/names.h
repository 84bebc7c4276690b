// Names: the texts of a file, numbered from 0 in the order of their first coming.
#pragma once

#include "base/keyed_hash.h"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace attune::learn {

class Names {
public:
    static constexpr std::uint32_t kMax = 0xffff'fffe;

    // The number of a name, a new one where it is new. Not to be called with kMax names in it.
    std::uint32_t number(std::string_view name) {
        if (const auto found = numbers_.find(name); found != numbers_.end()) return found->second;
        const auto next = static_cast<std::uint32_t>(names_.size());
        const std::string& kept = names_.emplace_back(name);
        numbers_.emplace(kept, next);
        return next;
    }
    [[nodiscard]] const std::string& operator[](std::uint32_t number) const {
        return names_[number];
    }
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }

private:
    std::deque<std::string> names_;  // stays put, so the map's keys may point into it
    std::unordered_map<std::string_view, std::uint32_t, base::KeyedHash, std::equal_to<>> numbers_;
};

}  // namespace attune::learn
