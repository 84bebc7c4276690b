#include "learn/simulate/visitors.h"

#include <algorithm>
#include <string>
#include <tuple>

namespace attune::learn::simulate {
namespace {

constexpr std::int64_t kMinuteMicros = 60'000'000;
constexpr std::int64_t kDayMinutes = 1'440;
// From opening the page to the first look at the list.
constexpr std::int64_t kOpeningMicros = 1'000'000;

bool is_weekend(base::Time start, std::int32_t day) {
    const auto date = std::chrono::floor<std::chrono::days>(start) + std::chrono::days(day);
    return std::chrono::weekday(date).iso_encoding() >= 6;
}

// At one of the person's hours, of their own clock.
std::int64_t time_of_day(const Person& person, Dice& dice) {
    const double hour = dice.chance(0.7) ? person.main_hour : person.other_hour;
    const auto local = static_cast<std::int64_t>(60 * hour + 50 * dice.normal());
    const std::int64_t minutes = local - zones()[person.zone].offset_minutes;
    return ((minutes % kDayMinutes + kDayMinutes) % kDayMinutes) * kMinuteMicros +
           static_cast<std::int64_t>(dice.below(60'000)) * 1'000;
}

std::string id_of(std::uint64_t seed, const Arrival& arrival, std::size_t number) {
    return "sim-" + std::to_string(seed) + "-a" + std::to_string(arrival.person) + "-" +
           std::to_string(arrival.at) + "-" + std::to_string(number);
}

}  // namespace

Visitors::Visitors(const World& world) : world_(world), owned_(world.options().people) {}

std::vector<Arrival> Visitors::of_day(std::int32_t day) const {
    const WorldOptions& options = world_.options();
    const bool weekend = is_weekend(options.start, day);
    std::vector<Arrival> arrivals;
    for (std::uint32_t number = 0; number < options.people; ++number) {
        const Person person = world_.person(number);
        if (!person.is_here(day) || day < person.logs_in_day) continue;
        Dice dice(options.seed, About::arrival, number, day);
        if (!dice.chance(person.visits_per_day * (weekend ? person.weekend_factor : 1))) continue;
        const auto device =
            static_cast<std::uint8_t>(dice.chance(0.7) ? 0 : dice.below(person.device_count));
        arrivals.push_back({.at = day * kDayMicros + time_of_day(person, dice),
                            .person = number,
                            .device = device});
    }
    std::ranges::sort(arrivals, {},
                      [](const Arrival& one) { return std::tuple(one.at, one.person); });
    return arrivals;
}

domain::IncomingEvent Visitors::opening(const Arrival& arrival) const {
    const Draft draft{.at = arrival.at,
                      .person = arrival.person,
                      .act = Act::page,
                      .device = arrival.device,
                      .named = true};
    return world_.write(draft, world_.person(arrival.person),
                        id_of(world_.options().seed, arrival, 0));
}

std::vector<domain::IncomingEvent> Visitors::reaction(const Arrival& arrival,
                                                      std::span<const std::uint32_t> shown,
                                                      std::string_view decision_id) {
    const WorldOptions& options = world_.options();
    const Person person = world_.person(arrival.person);
    Dice dice(options.seed, About::reaction, arrival.person, arrival.at);
    std::vector<Draft> drafts;
    (void)react(options, world_.catalogue(), person, {.device = arrival.device, .named = true},
                shown, arrival.at + kOpeningMicros, owned_[arrival.person], dice, drafts);
    std::vector<domain::IncomingEvent> events;
    events.reserve(drafts.size());
    for (const Draft& draft : drafts) {
        events.push_back(
            world_.write(draft, person, id_of(options.seed, arrival, events.size() + 1)));
        if (!decision_id.empty()) events.back().decision_id = std::string(decision_id);
    }
    return events;
}

}  // namespace attune::learn::simulate
