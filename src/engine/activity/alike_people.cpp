#include "engine/activity/alike_people.h"

#include <algorithm>
#include <cmath>

namespace attune::engine {
namespace {

constexpr std::size_t kItems = 100;
constexpr std::size_t kPeopleOfItem = 300;
constexpr std::size_t kLookedAt = 100;
constexpr std::size_t kPeers = 50;
constexpr float kSignificant = 2;
constexpr float kDamping = 0.3F;

using Items = std::vector<ItemNumber>;  // each once

// The latest different items, the latest first.
Items latest_items(learn::History history) {
    Items items;
    for (std::size_t i = history.size(); i > 0 && items.size() < kItems; --i) {
        const learn::Touch& touch = history[i - 1];
        if (touch.weight > 0 && std::ranges::find(items, touch.item) == items.end())
            items.push_back(touch.item);
    }
    return items;
}

Items liked_by(const TouchBook& book, PersonIndex person) {
    Items items;
    for (const KeptTouch& touch : book.touches_of(person))
        if (touch.weight > 0) items.push_back(touch.item);
    std::ranges::sort(items);
    const auto again = std::ranges::unique(items);
    items.erase(again.begin(), again.end());
    return items;
}

class Weights {
public:
    explicit Weights(const TouchBook& book)
        : counts_(book.item_people().counts()), people_(static_cast<float>(book.known_people())) {}

    [[nodiscard]] float squared(ItemNumber item) const {
        const auto people = static_cast<float>(std::max(1U, counts_[item]));
        const float weight = std::log1p(people_ / people);
        return weight * weight;
    }
    [[nodiscard]] float squared(const Items& items) const {
        float sum = 0;
        for (const ItemNumber item : items) sum += squared(item);
        return sum;
    }

private:
    const ItemCounts& counts_;
    float people_;
};

struct Common {
    float squares = 0;
    std::uint32_t items = 0;
};

}  // namespace

std::vector<AlikePerson> alike_people(const TouchBook& book, learn::History history,
                                      std::size_t limit) {
    const Items items = latest_items(history);
    const Weights weights(book);
    boost::unordered_flat_map<PersonIndex, Common> common;
    for (const ItemNumber item : items) {
        const float square = weights.squared(item);
        const auto people = book.item_people().of(item);
        for (const PersonIndex person : people.last(std::min(people.size(), kPeopleOfItem))) {
            Common& with = common[person];
            with.squares += square;
            ++with.items;
        }
    }
    std::vector<AlikePerson> alike;
    alike.reserve(common.size());
    for (const auto& [person, with] : common) alike.push_back({person, with.squares, with.items});
    const auto is_closer = [](const AlikePerson& a, const AlikePerson& b) {
        return a.likeness != b.likeness ? a.likeness > b.likeness : a.person < b.person;
    };
    const auto closest = [&](std::size_t count) {
        count = std::min(count, alike.size());
        std::ranges::partial_sort(alike, alike.begin() + static_cast<std::ptrdiff_t>(count),
                                  is_closer);
        alike.resize(count);
    };
    closest(std::max(limit, kLookedAt));
    const float own = weights.squared(items);
    for (AlikePerson& one : alike) {
        const float theirs = weights.squared(liked_by(book, one.person));
        const auto shared = static_cast<float>(one.in_common);
        one.likeness = one.likeness / std::sqrt(own * theirs) * shared / (shared + kSignificant);
    }
    closest(limit);
    return alike;
}

std::vector<learn::Scored> liked_by_alike(const TouchBook& book, learn::History history,
                                          std::size_t limit, const learn::ItemMask& mask,
                                          std::uint32_t people_min) {
    struct Liked {
        float score = 0;
        std::uint32_t people = 0;
    };
    boost::unordered_flat_map<ItemNumber, Liked> liked;
    for (const AlikePerson& one : alike_people(book, history, kPeers)) {
        for (const ItemNumber item : liked_by(book, one.person)) {
            Liked& sum = liked[item];
            sum.score += one.likeness;
            ++sum.people;
        }
    }
    for (const learn::Touch& touch : history) liked.erase(touch.item);
    std::vector<learn::Scored> list;
    list.reserve(liked.size());
    const ItemCounts& counts = book.item_people().counts();
    for (const auto& [item, sum] : liked) {
        if (sum.people < people_min || item >= mask.items() || !mask.allows(item)) continue;
        const auto people = static_cast<float>(std::max(1U, counts[item]));
        list.push_back({item, sum.score * std::pow(people, -kDamping)});
    }
    return learn::best_of_list(std::move(list), limit);
}

}  // namespace attune::engine
