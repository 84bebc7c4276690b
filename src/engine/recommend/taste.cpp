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
    // From the last word on each back. What was given back is neither: it was not right this time.
    std::vector<ItemNumber> given_back;
    for (const Done& one : done_)
        if (domain::event_kind(one.deed->event) == domain::EventKind::refund)
            given_back.push_back(one.item);
    for (auto touch = history_.rbegin(); touch != history_.rend(); ++touch) {
        if (is_among(liked_, touch->item) || is_among(disliked_, touch->item)) continue;
        if (touch->weight < 0 && is_among(given_back, touch->item)) continue;
        auto& list = touch->weight > 0 ? liked_ : disliked_;
        if (list.size() < kLikedMax) list.push_back(touch->item);
    }
}

bool Taste::has_bought(ItemNumber item) const {
    return std::ranges::any_of(done_, [&](const Done& one) {
        return one.item == item &&
               domain::event_kind(one.deed->event) == domain::EventKind::purchase &&
               !is_undone(one);
    });
}

bool Taste::is_undone(const Done& purchase) const {
    if (domain::event_kind(purchase.deed->event) != domain::EventKind::purchase) return false;
    return std::ranges::any_of(done_, [&](const Done& one) {
        return one.item == purchase.item && one.deed->at >= purchase.deed->at &&
               domain::event_kind(one.deed->event) == domain::EventKind::refund;
    });
}

std::string_view Taste::done_with(ItemNumber item) const {
    using enum domain::EventKind;
    constexpr std::string_view kWords[] = {"did something with", "looked at", "liked", "bought"};
    std::size_t most = 0;
    for (const Done& one : done_) {
        if (one.item != item) continue;
        switch (domain::event_kind(one.deed->event)) {
            case view:
            case click:
            case dwell:
            case scroll:
                most = std::max<std::size_t>(most, 1);
                break;
            case like:
            case thumbs_up:
            case favourite:
                most = std::max<std::size_t>(most, 2);
                break;
            case purchase:
                most = std::max<std::size_t>(most, is_undone(one) ? 1 : 3);
                break;
            default:
                break;
        }
    }
    return kWords[most];
}

}  // namespace attune::engine
