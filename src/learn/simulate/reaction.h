// What a person does with a list they are shown: the model of a click, and of what may follow one.
//
// A position is looked at with the chance patience / (patience + 0.35·position); what is looked at
// is clicked with the chance sigmoid(1.1·affinity − 2.2). So the click rate of a list says how well
// it was chosen, and an honest learner has to allow for the position.
#pragma once

#include "learn/simulate/person.h"

#include <cstdint>
#include <span>
#include <vector>

namespace attune::learn::simulate {

enum class Act : std::uint8_t {
    page,
    identify,
    search,
    impression,
    click,
    view,
    dwell,
    favourite,
    share,
    add_to_cart,
    install,
    purchase,
    rating,
    review,
};

inline constexpr std::uint32_t kNoItem = 0xffffffff;

// An event before it is written out.
struct Draft {
    std::int64_t at = 0;  // microseconds since the world's start
    double value = 0;     // dwell seconds, price, rating
    std::uint32_t person = 0;
    std::uint32_t item = kNoItem;
    Act act = Act::page;
    std::uint8_t device = 0;
    bool named = false;         // carries the user id
    std::uint8_t position = 0;  // in the list, from 0
    std::uint16_t word = 0;  // search: a category below kCategoryCount, else a tag + kCategoryCount
    std::uint16_t order = 0;  // among what happened in one session
};

// Where and as whom somebody is while they react.
struct Visit {
    std::uint8_t device = 0;
    bool named = false;
};

// The chance that `position` (from 0) is looked at.
[[nodiscard]] double examination(const Person& person, std::size_t position);
// The chance that an item that is looked at is clicked.
[[nodiscard]] double click_chance(double affinity);

// Appends what the person does with `shown` from `at` (microseconds since the start) on and answers
// when they are done. `owned` is a 64-bit Bloom filter of what they bought already, kept up to
// date: nobody buys twice.
[[nodiscard]] std::int64_t react(const WorldOptions& options, const Catalogue& catalogue,
                                 const Person& person, Visit visit,
                                 std::span<const std::uint32_t> shown, std::int64_t at,
                                 std::uint64_t& owned, Dice& dice, std::vector<Draft>& out);

}  // namespace attune::learn::simulate
