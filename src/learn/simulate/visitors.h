// Visitors: the people of a world coming by an application that decides itself what it shows them. A Generator tells what people
// did in a shop that shows everybody what is popular; Visitors tell who comes when, and leave it to whoever asks what they see.
//
//     Visitors visitors(world);
//     for (const Arrival& arrival : visitors.of_day(12)) {
//         send(visitors.opening(arrival));                                 // the page that they open
//         send(visitors.reaction(arrival, shown, decision_id));            // what they do with the list
//     }
//
// Who comes, and when, does not depend on what anybody was shown: two ways of choosing meet the same visits. What somebody does with
// a list depends on the visit and on the list, and on what they took home before, since nobody acquires an item twice.
// Only people who have a name by then come: an application can know nobody else again. Not thread-safe.
#pragma once

#include "learn/simulate/world.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace attune::learn::simulate {

struct Arrival {
    std::int64_t at = 0;  // microseconds since the world's start
    std::uint32_t person = 0;
    std::uint8_t device = 0;
};

class Visitors {
public:
    // `world` outlives it.
    explicit Visitors(const World& world);

    // In order of time, all of them within the day.
    [[nodiscard]] std::vector<Arrival> of_day(std::int32_t day) const;
    [[nodiscard]] domain::IncomingEvent opening(const Arrival& arrival) const;
    // In order of time; those that answer the list carry its `decision_id` when there is one.
    [[nodiscard]] std::vector<domain::IncomingEvent> reaction(const Arrival& arrival,
                                                              std::span<const std::uint32_t> shown,
                                                              std::string_view decision_id);

private:
    const World& world_;
    std::vector<std::uint64_t> owned_;  // by person, as react() keeps it
};

}  // namespace attune::learn::simulate
