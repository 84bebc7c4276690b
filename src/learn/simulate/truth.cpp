#include "learn/simulate/truth.h"

#include "learn/simulate/world.h"

namespace attune::learn::simulate {

PersonTruth World::truth_of(std::uint32_t number) const {
    const Person person = draw_person(options_, number);
    const auto last_day = static_cast<std::int32_t>(options_.days);
    PersonTruth truth;
    truth.user_id = user_id_of(number);
    for (std::uint32_t device = 0; device < person.device_count; ++device) {
        truth.anonymous_ids.push_back(anonymous_id_of(number, device));
    }
    truth.joins_day = person.joins_day;
    if (person.leaves_day < last_day) truth.leaves_day = person.leaves_day;
    if (person.logs_in_day != kNever) truth.logs_in_day = person.logs_in_day;
    truth.visits_per_day = person.visits_per_day;
    truth.price_sensitivity = person.price_sensitivity;
    truth.patience = person.patience;
    truth.time_zone = std::string(zones()[person.zone].name);
    for (std::uint16_t category = 0; category < kCategoryCount; ++category) {
        const std::string name(category_name(category));
        truth.tastes_first[name] = category_taste(options_.seed, person, category, 0);
        truth.tastes_last[name] = category_taste(options_.seed, person, category, last_day - 1);
    }
    for (std::uint16_t tag = 0; tag < kTagCount; ++tag) {
        truth.tag_tastes[std::string(tag_name(tag))] = tag_taste(options_.seed, person, tag);
    }
    return truth;
}

ItemTruth World::item_truth_of(std::uint32_t item) const {
    const ItemTraits& traits = catalogue_[item];
    return {.item_id = Catalogue::id_of(item),
            .quality = traits.quality,
            .popularity = traits.popularity,
            .released_day = traits.released_day};
}

}  // namespace attune::learn::simulate
