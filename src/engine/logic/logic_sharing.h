// LogicSharing: sub-expressions that several expressions have in common, so that evaluating all of them on the same data asks
// each only once.
//
//     LogicSharing sharing;
//     ATTUNE_TRY(const Logic a, Logic::compile(first, {.sharing = &sharing}));    // one after the other
//     ATTUNE_TRY(const Logic b, Logic::compile(second, {.sharing = &sharing}));
//     LogicMemo memo;                                                             // for each data
//     a.holds({.data = data, .memo = &memo});
//     b.holds({.data = data, .memo = &memo});                                     // does not ask again
//
// What is shared is what a comparison comes to, or what lies at a path; never what is said about the entries of an array.
// From its second occurrence on a sub-expression has a number, until there are no more numbers.
#pragma once

#include "base/keyed_hash.h"
#include "engine/logic/logic_value.h"

#include <array>
#include <bitset>
#include <cstdint>
#include <string>

namespace attune::engine {

using LogicShare = std::uint8_t;
inline constexpr LogicShare kNotShared = 0;
inline constexpr std::size_t kLogicSharesMax = 256;

class LogicSharing {
public:
    [[nodiscard]] LogicShare number_of(std::string expression);

private:
    base::KeyedMap<std::string, LogicShare> numbers_;
    std::size_t count_ = kNotShared + 1;
};

// What shared sub-expressions came to. Borrows as the values do; one thread at a time.
class LogicMemo {
public:
    LogicMemo() {}  // its four kilobytes need not be cleared

    [[nodiscard]] bool knows(LogicShare share) const { return known_[share]; }
    [[nodiscard]] LogicValue value(LogicShare share) const { return values_[share]; }
    void keep(LogicShare share, LogicValue value) {
        values_[share] = value;
        known_[share] = true;
    }

private:
    std::bitset<kLogicSharesMax> known_;
    union {
        std::array<LogicValue, kLogicSharesMax> values_;  // good where it is known
    };
};

}  // namespace attune::engine
