// A person of the world: everything that decides what they do. Drawn from the seed and their number
// alone, so that nobody has to be remembered.
#pragma once

#include "learn/simulate/catalogue.h"
#include "learn/simulate/options.h"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace attune::learn::simulate {

inline constexpr std::uint32_t kDevicesMax = 3;
inline constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::max();

struct Person {
    std::uint32_t number = 0;
    std::int32_t joins_day = 0;
    std::int32_t leaves_day =
        kNever;  // the first day without them: churned people do not come back
    std::int32_t logs_in_day =
        kNever;                 // from the first visit on or after this day they have a name
    double visits_per_day = 0;  // the chance to come by on a weekday
    double weekend_factor = 1;
    double price_sensitivity = 0;  // 0: does not care … 2: hardly ever pays
    double patience = 1;           // how far down a list they look
    double generosity = 0;         // shifts their ratings
    std::uint8_t zone = 0;
    std::uint8_t main_hour = 20;  // local hours around which they come by
    std::uint8_t other_hour = 8;
    std::uint8_t device_count = 1;
    std::array<std::uint8_t, kDevicesMax> devices{};

    [[nodiscard]] bool is_here(std::int32_t day) const {
        return day >= joins_day && day < leaves_day;
    }
};

[[nodiscard]] std::string user_id_of(std::uint32_t person);
[[nodiscard]] std::string anonymous_id_of(std::uint32_t person, std::uint32_t device);

[[nodiscard]] Person draw_person(const WorldOptions& options, std::uint32_t number);

// How a person likes a category at a moment (`day` may have a fraction): a lasting part and one
// that wanders between random points thirty days apart. About −1.5 … 4; most people love one to
// three categories.
[[nodiscard]] double category_taste(std::uint64_t seed, const Person& person,
                                    std::uint16_t category, double day);
// How a person likes a tag; does not change.
[[nodiscard]] double tag_taste(std::uint64_t seed, const Person& person, std::uint16_t tag);

// taste for the item's category and tags + its quality − what its price puts them off.
[[nodiscard]] double affinity(std::uint64_t seed, const Person& person, const ItemTraits& item,
                              double day);

}  // namespace attune::learn::simulate
