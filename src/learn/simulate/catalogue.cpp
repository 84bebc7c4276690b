#include "learn/simulate/catalogue.h"

#include "learn/simulate/curves.h"
#include "learn/simulate/numbered_id.h"

#include <algorithm>

namespace attune::learn::simulate {

namespace {

constexpr std::string_view kItemPrefix = "app-";
constexpr std::uint32_t kPublisherCount = 96;

ItemTraits draw_traits(std::uint64_t seed, std::uint32_t item, std::uint32_t days) {
    Dice dice(seed, About::item, item);
    ItemTraits traits;
    traits.category = static_cast<std::uint16_t>(dice.below(kCategoryCount));
    const auto first = dice.below(kTagsPerCategory);
    const auto second = (first + 1 + dice.below(kTagsPerCategory - 1)) % kTagsPerCategory;
    const auto base = traits.category * kTagsPerCategory;
    traits.tags = {static_cast<std::uint16_t>(base + first),
                   static_cast<std::uint16_t>(base + second),
                   static_cast<std::uint16_t>(dice.below(kTagCount))};
    // Four in ten are free; the rest cost 0.99 … some 40, most of them little.
    if (!dice.chance(0.4)) {
        const double amount = exp_of(1.0 + 0.8 * dice.normal());
        traits.price_cents = static_cast<std::uint32_t>(std::clamp(amount, 0.0, 60.0)) * 100 + 99;
    }
    traits.quality = static_cast<float>(dice.normal());
    traits.released_day = dice.chance(0.8) ? -static_cast<std::int32_t>(dice.below(900))
                                           : static_cast<std::int32_t>(dice.below(days));
    // Attention has a long tail: log-normal, lifted by quality.
    traits.popularity = static_cast<float>(exp_of(1.3 * dice.normal() + 0.5 * traits.quality));
    return traits;
}

}  // namespace

Catalogue::Catalogue(const WorldOptions& options) : seed_(options.seed), start_(options.start) {
    traits_.reserve(options.items);
    double sum = 0;
    std::array<double, kCategoryCount> sums{};
    for (std::uint32_t item = 0; item < options.items; ++item) {
        const ItemTraits& traits = traits_.emplace_back(draw_traits(seed_, item, options.days));
        all_.items.push_back(item);
        all_.upto.push_back(sum += traits.popularity);
        Urn& urn = by_category_[traits.category];
        urn.items.push_back(item);
        urn.upto.push_back(sums[traits.category] += traits.popularity);
    }
}

std::string Catalogue::id_of(std::uint32_t item) { return numbered_id(kItemPrefix, item); }

std::optional<std::uint32_t> Catalogue::find(std::string_view id) const {
    return number_of(kItemPrefix, id, size());
}

std::string Catalogue::publisher_of(std::uint32_t item) const {
    // A publisher keeps to a few categories, so that its name says something about its items.
    const std::uint32_t number =
        (traits_[item].category * 31u + Dice(seed_, About::item, item, 1).below(6) * 16u) %
        kPublisherCount;
    const auto openings = publisher_openings();
    const auto endings = publisher_endings();
    return std::string(openings[number % openings.size()]) +
           std::string(endings[number / openings.size() % endings.size()]);
}

domain::Item Catalogue::describe(std::uint32_t item) const {
    const ItemTraits& traits = traits_[item];
    Dice dice(seed_, About::item, item, 2);
    const auto pick = [&dice](std::span<const std::string_view> words) {
        return std::string(words[dice.below(static_cast<std::uint32_t>(words.size()))]);
    };
    domain::Item out;
    out.id = id_of(item);
    // One draw a statement: the order of two in one expression is the compiler's to choose.
    out.title = pick(title_openings());
    *out.title += " " + pick(title_endings());
    out.categories = {std::string(category_name(traits.category))};
    for (const auto tag : traits.tags) {
        std::string name(tag_name(tag));
        if (std::ranges::find(out.tags, name) == out.tags.end())
            out.tags.push_back(std::move(name));
    }
    out.brand = publisher_of(item);
    out.price = traits.price();
    out.currency = "EUR";
    out.description = *out.title + " brings " + std::string(tag_name(traits.tags[0])) + " and " +
                      std::string(tag_name(traits.tags[1])) + " together: a " +
                      std::string(category_name(traits.category)) + " app by " + *out.brand + ".";
    out.available_from = start_ + base::Duration(traits.released_day * kDayMicros);
    out.attributes = base::JsonText::trusted("{\"publisher\":\"" + *out.brand + "\"}");
    return out;
}

std::uint32_t Catalogue::Urn::draw(Dice& dice) const {
    const double at = dice.unit() * upto.back();
    const auto found = std::ranges::upper_bound(upto, at);
    const auto index =
        std::min<std::size_t>(static_cast<std::size_t>(found - upto.begin()), items.size() - 1);
    return items[index];
}

std::uint32_t Catalogue::draw(Dice& dice) const { return all_.draw(dice); }

std::optional<std::uint32_t> Catalogue::draw_of(std::uint16_t category, Dice& dice) const {
    if (by_category_[category].items.empty()) return std::nullopt;
    return by_category_[category].draw(dice);
}

}  // namespace attune::learn::simulate
