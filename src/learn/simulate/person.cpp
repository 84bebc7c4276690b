#include "learn/simulate/person.h"

#include "learn/simulate/curves.h"
#include "learn/simulate/numbered_id.h"

#include <algorithm>

namespace attune::learn::simulate {

namespace {

constexpr double kDriftDays = 30;
constexpr double kLoveChance = 0.13;  // of 16 categories: two on average

// The wandering part of a taste at one of its fixed points.
double drift_point(std::uint64_t seed, std::uint32_t person, std::uint16_t category,
                   std::int64_t point) {
    return 0.6 * Dice(seed, About::taste_drift, person, category, point).normal();
}

// Days until somebody leaves for good when each day carries the hazard `hazard`: geometric, by
// inversion.
std::int32_t lifetime_days(Dice& dice, double hazard) {
    const double u = 1 - dice.unit();  // in (0, 1]
    const double days = ln_of(u) / ln_of(1 - hazard);
    return static_cast<std::int32_t>(std::min(days, 1e6)) + 1;
}

}  // namespace

std::string user_id_of(std::uint32_t person) { return numbered_id("user-", person); }

std::string anonymous_id_of(std::uint32_t person, std::uint32_t device) {
    return numbered_id("visitor-", person) + "-" + std::to_string(device + 1);
}

Person draw_person(const WorldOptions& options, std::uint32_t number) {
    Dice dice(options.seed, About::person, number);
    Person person;
    person.number = number;
    person.joins_day = dice.chance(0.6) ? 0 : static_cast<std::int32_t>(dice.below(options.days));
    // Most people stay for years; one in five is a passer-by with a daily chance of 8 % to be gone.
    const double hazard = dice.chance(0.2) ? 0.08 : 0.004;
    person.leaves_day = person.joins_day + lifetime_days(dice, hazard);
    if (dice.chance(0.85))
        person.logs_in_day = person.joins_day + static_cast<std::int32_t>(dice.below(6));
    person.visits_per_day = std::clamp(0.25 * exp_of(0.7 * dice.normal()), 0.01, 0.95);
    person.weekend_factor = dice.between(0.6, 1.6);
    person.price_sensitivity = dice.between(0, 2);
    person.patience = dice.between(0.5, 1.5);
    person.generosity = 0.4 * dice.normal();
    person.zone = static_cast<std::uint8_t>(dice.below(static_cast<std::uint32_t>(zones().size())));
    person.main_hour = static_cast<std::uint8_t>(17 + dice.below(6));
    person.other_hour = static_cast<std::uint8_t>(7 + dice.below(7));
    if (dice.chance(0.45)) ++person.device_count;
    if (dice.chance(0.1)) ++person.device_count;
    for (auto& device : person.devices) {
        device =
            static_cast<std::uint8_t>(dice.below(static_cast<std::uint32_t>(devices().size())));
    }
    return person;
}

double category_taste(std::uint64_t seed, const Person& person, std::uint16_t category,
                      double day) {
    Dice dice(seed, About::category_taste, person.number, category);
    const double lasting =
        dice.chance(kLoveChance) ? dice.between(1.8, 3.2) : -0.6 + 0.4 * dice.normal();
    const double along = std::max(day, 0.0) / kDriftDays;
    const auto point = static_cast<std::int64_t>(along);
    const double fraction = along - static_cast<double>(point);
    return lasting + (1 - fraction) * drift_point(seed, person.number, category, point) +
           fraction * drift_point(seed, person.number, category, point + 1);
}

double tag_taste(std::uint64_t seed, const Person& person, std::uint16_t tag) {
    return Dice(seed, About::tag_taste, person.number, tag).normal();
}

double affinity(std::uint64_t seed, const Person& person, const ItemTraits& item, double day) {
    double tags = 0;
    for (const auto tag : item.tags) tags += tag_taste(seed, person, tag);
    const double price = item.price();
    return category_taste(seed, person, item.category, day) + 0.25 * tags + 0.4 * item.quality -
           person.price_sensitivity * price / (price + 8);
}

}  // namespace attune::learn::simulate
