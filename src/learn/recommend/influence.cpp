#include "learn/recommend/influence.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace attune::learn {

namespace {

// The first time that somebody touched an item.
struct Arrival {
    PersonIndex person = 0;
    std::int64_t window = 0;
    std::int64_t time = 0;
    bool is_young = false;
};

using Arrivals = std::vector<std::vector<Arrival>>;  // by item, oldest first

// The newest touches of each person, and of each item as many as weigh no more than they may.
std::vector<Deed> counted(const Interactions& all, const InfluenceBounds& bounds) {
    std::vector<Deed> deeds;
    std::vector<float> weights(all.items());
    std::vector<Deed> own;
    for (PersonIndex person = 0; person < all.people(); ++person) {
        own.clear();
        const History history = all.of_person(person);
        const std::size_t count = std::min(history.size(), bounds.touches_max);
        for (const Touch& touch : history.last(count)) weights[touch.item] = 0;
        for (std::size_t i = history.size(); i > history.size() - count; --i) {
            Touch touch = history[i - 1];
            const float left = bounds.weight_max - weights[touch.item];
            if (left <= 0) continue;
            touch.weight = std::clamp(touch.weight, -left, left);
            weights[touch.item] += std::abs(touch.weight);
            own.push_back({person, touch});
        }
        deeds.insert(deeds.end(), own.rbegin(), own.rend());
    }
    return deeds;
}

struct Timeline {
    std::int64_t begin = 0;
    std::int64_t window = 1;
    [[nodiscard]] std::int64_t window_of(std::int64_t time) const {
        return (time - begin) / window;
    }
};

Timeline timeline_of(const Interactions& all, const InfluenceBounds& bounds) {
    Timeline line{.begin = INT64_MAX, .window = std::max<std::int64_t>(1, bounds.window)};
    for (PersonIndex person = 0; person < all.people(); ++person)
        if (const History history = all.of_person(person); !history.empty())
            line.begin = std::min(line.begin, history.front().time);
    return line;
}

Arrivals arrivals_of(const Interactions& all, const Timeline& line, const InfluenceBounds& bounds) {
    Arrivals arrivals(all.items());
    std::vector<std::uint32_t> seen_by(all.items(), UINT32_MAX);
    for (PersonIndex person = 0; person < all.people(); ++person) {
        const History history = all.of_person(person);
        for (const Touch& touch : history) {
            if (touch.weight <= 0 || seen_by[touch.item] == person) continue;
            seen_by[touch.item] = person;
            arrivals[touch.item].push_back(
                {.person = person,
                 .window = line.window_of(touch.time),
                 .time = touch.time,
                 .is_young = touch.time - history.front().time < bounds.young});
        }
    }
    for (auto& of_item : arrivals)
        std::ranges::sort(of_item, {},
                          [](const Arrival& one) { return std::pair(one.time, one.person); });
    return arrivals;
}

// How many touches of each window are of young people, over those that are not.
std::vector<double> odds_of_youth(const Arrivals& arrivals) {
    std::vector<std::pair<double, double>> counts;  // young, others
    for (const auto& of_item : arrivals)
        for (const Arrival& one : of_item) {
            const auto window = static_cast<std::size_t>(one.window);
            if (counts.size() <= window) counts.resize(window + 1);
            (one.is_young ? counts[window].first : counts[window].second) += 1;
        }
    std::vector<double> odds;
    // Of a window without others, anything is by chance.
    for (const auto& [young, others] : counts)
        odds.push_back(others > 0 ? young / others : HUGE_VAL);
    return odds;
}

using Pairs = std::vector<std::pair<PersonIndex, ItemIndex>>;

// What an item was before a window.
struct Past {
    double most = HUGE_VAL;  // people gained in a window; anything before the site's second one
    double aged = 0;         // people gained who were not young, in the mean of the windows
};

// What comes over the bounds within one window of an item. How many people were let through.
double hold_back(std::span<const Arrival> window, ItemIndex item, const Past& past, double odds,
                 const InfluenceBounds& bounds, Pairs& held, std::vector<PersonIndex>& suspects) {
    const auto aged = static_cast<double>(std::ranges::count(window, false, &Arrival::is_young));
    // One more than were seen: that no older person came says little where few do anywhere.
    const double by_chance = odds == HUGE_VAL ? HUGE_VAL : odds * (1 + std::max(aged, past.aged));
    const auto within = [&](double growth, double usual) {
        return growth > 0 ? bounds.surge_least + growth * usual : HUGE_VAL;
    };
    const double young_allowed = within(bounds.young_growth, by_chance);
    const double allowed = within(bounds.surge_growth, past.most);
    const bool is_suspect =
        static_cast<double>(window.size()) - aged > within(bounds.suspect_growth, by_chance);
    double taken = 0;
    double young_taken = 0;
    for (const Arrival& one : window) {
        if (is_suspect && one.is_young) suspects.push_back(one.person);
        if (taken >= allowed || (one.is_young && young_taken >= young_allowed)) {
            held.emplace_back(one.person, item);
        } else {
            taken += 1;
            young_taken += one.is_young ? 1 : 0;
        }
    }
    return taken;
}

void hold_back_of_item(std::span<const Arrival> of_item, ItemIndex item,
                       std::span<const double> odds, const InfluenceBounds& bounds, Pairs& held,
                       std::vector<PersonIndex>& suspects) {
    Past past;
    double aged = 0;
    for (std::size_t begin = 0; begin < of_item.size();) {
        std::size_t end = begin;
        while (end < of_item.size() && of_item[end].window == of_item[begin].window) ++end;
        const auto window = of_item.subspan(begin, end - begin);
        const auto number = static_cast<std::size_t>(window[0].window);
        if (number > 0 && past.most == HUGE_VAL) past.most = 0;
        if (number > 0) past.aged = aged / static_cast<double>(number);
        const double taken = hold_back(window, item, past, odds[number], bounds, held, suspects);
        past.most = past.most == HUGE_VAL ? taken : std::max(past.most, taken);
        aged += static_cast<double>(std::ranges::count(window, false, &Arrival::is_young));
        begin = end;
    }
}

}  // namespace

Influence within_influence(const Interactions& all, const InfluenceBounds& bounds) {
    std::vector<Deed> deeds = counted(all, bounds);
    const Timeline line = timeline_of(all, bounds);
    const Arrivals arrivals = arrivals_of(all, line, bounds);
    const std::vector<double> odds = odds_of_youth(arrivals);
    Pairs held;
    std::vector<PersonIndex> suspects;
    for (ItemIndex item = 0; item < all.items(); ++item)
        hold_back_of_item(arrivals[item], item, odds, bounds, held, suspects);
    std::ranges::sort(held);
    std::ranges::sort(suspects);
    const auto repeated = std::ranges::unique(suspects);
    suspects.erase(repeated.begin(), repeated.end());
    std::erase_if(deeds, [&](const Deed& deed) {
        return std::ranges::binary_search(held, std::pair(deed.person, deed.touch.item));
    });
    auto kept = Interactions::of(std::move(deeds), all.people(), all.items());
    ATTUNE_CHECK(kept);
    return {.interactions = *std::move(kept),
            .suspects = std::move(suspects),
            .held_back = held.size()};
}

Interactions without_people(const Interactions& all, std::span<const PersonIndex> people) {
    std::vector<Deed> deeds;
    deeds.reserve(all.size());
    for (PersonIndex person = 0; person < all.people(); ++person) {
        if (std::ranges::binary_search(people, person)) continue;
        for (const Touch& touch : all.of_person(person)) deeds.push_back({person, touch});
    }
    auto kept = Interactions::of(std::move(deeds), all.people(), all.items());
    ATTUNE_CHECK(kept);
    return *std::move(kept);
}

Interactions without_rare_items(const Interactions& all, std::uint32_t people_min) {
    std::vector<std::uint32_t> people(all.items());
    for (const ItemIndex item : all.matrix().columns) ++people[item];
    std::vector<Deed> deeds;
    deeds.reserve(all.size());
    for (PersonIndex person = 0; person < all.people(); ++person)
        for (const Touch& touch : all.of_person(person))
            if (people[touch.item] >= people_min) deeds.push_back({person, touch});
    auto kept = Interactions::of(std::move(deeds), all.people(), all.items());
    ATTUNE_CHECK(kept);
    return *std::move(kept);
}

}  // namespace attune::learn
