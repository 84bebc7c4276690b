#include "engine/recommend/taste.h"

#include "engine/profile/event_facts.h"

#include <algorithm>
#include <chrono>

namespace attune::engine {
namespace {

constexpr std::size_t kLikedMax = 100;

bool is_among(std::span<const ItemNumber> items, ItemNumber item) {
    return std::ranges::find(items, item) != items.end();
}

}  // namespace

Taste::Taste(const PersonFacts& facts, const ItemNumbers& numbers, const WeightTable& weights) {
    done_.reserve(facts.deeds.size());
    history_.reserve(facts.deeds.size());
    for (const ItemDeed& deed : facts.deeds) {
        const auto item = numbers.find(deed.item_id);
        if (!item) continue;
        done_.push_back({*item, &deed});
        const double weight =
            weights.of(deed.event).weight * strength_of(domain::event_kind(deed.event), deed.value);
        if (weight == 0) continue;
        history_.push_back(
            {.item = *item,
             .weight = static_cast<float>(weight),
             .time = std::chrono::floor<std::chrono::seconds>(deed.at.time_since_epoch()).count()});
    }
    // From the last word on each back.
    for (auto touch = history_.rbegin(); touch != history_.rend(); ++touch) {
        if (is_among(liked_, touch->item) || is_among(disliked_, touch->item)) continue;
        auto& list = touch->weight > 0 ? liked_ : disliked_;
        if (list.size() < kLikedMax) list.push_back(touch->item);
    }
}

bool Taste::has_bought(ItemNumber item) const {
    return std::ranges::any_of(done_, [&](const Done& one) {
        return one.item == item &&
               domain::event_kind(one.deed->event) == domain::EventKind::purchase;
    });
}

}  // namespace attune::engine
