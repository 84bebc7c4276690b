#include "engine/outcomes/item_ratings.h"

#include <algorithm>
#include <utility>

namespace attune::engine {

Result<void> ItemRatings::take(const store::PersonId& person, const ItemEvent& event,
                               ItemNumbers& numbers) {
    consent(person, event);
    if (!event.rating || refusals_.contains(person)) return {};
    ATTUNE_TRY(const ItemNumber item, numbers.number_for(event.rating->item));
    give(person, {.item = item, .rating = event.rating->value, .time = event.time});
    return {};
}

void ItemRatings::consent(const store::PersonId& person, const ItemEvent& event) {
    if (event.refused == 0 && event.allowed == 0) return;
    const auto before = refusals_.find(person);
    const std::uint8_t known = before == refusals_.end() ? 0 : before->second;
    const auto now = static_cast<std::uint8_t>((known & ~event.allowed) | event.refused);
    refusals_.erase(person);
    if (now == 0) return;
    refusals_[person] = now;
    (void)take_back(person);
}

void ItemRatings::give(const store::PersonId& person, const Given& given) {
    const auto theirs = by_person_.find(person);
    if (theirs != by_person_.end()) {
        const auto before = std::ranges::find(theirs->second, given.item, &Given::item);
        if (before != theirs->second.end()) {
            if (given.time < before->time) return;
            const auto revise = [&](learn::Tally& tally) {
                tally.revise(double{before->rating}, double{given.rating}, before->time,
                             tallies_.memory());
            };
            revise(*tallies_.at(given.item));
            revise(tallies_.all());
            *before = given;
            return;
        }
    }
    if (ratings_ >= kRatingsMax) return;
    ++ratings_;
    by_person_[person].push_back(given);
    for (learn::Tally* tally : {tallies_.at(given.item), &tallies_.all()}) {
        tally->show(given.time, tallies_.memory());
        tally->reward(double{given.rating}, given.time, tallies_.memory());
    }
}

std::vector<ItemRatings::Given> ItemRatings::take_back(const store::PersonId& person) {
    const auto theirs = by_person_.find(person);
    if (theirs == by_person_.end()) return {};
    for (const Given& given : theirs->second)
        for (learn::Tally* tally : {tallies_.at(given.item), &tallies_.all()}) {
            tally->trials = std::max(0.0, tally->trials - 1);
            tally->revise(double{given.rating}, 0, given.time, tallies_.memory());
        }
    ratings_ -= theirs->second.size();
    std::vector<Given> taken = std::move(theirs->second);
    by_person_.erase(theirs);
    return taken;
}

void ItemRatings::merge(const store::PersonId& from, const store::PersonId& into) {
    if (from == into) return;
    const std::vector<Given> taken = take_back(from);
    if (const auto refusal = refusals_.find(from); refusal != refusals_.end()) {
        const std::uint8_t purposes = refusal->second;
        refusals_.erase(from);
        refusals_[into] |= purposes;
    }
    if (refusals_.contains(into)) {
        (void)take_back(into);
        return;
    }
    for (const Given& given : taken) give(into, given);
}

void ItemRatings::forget(const store::PersonId& person) {
    (void)take_back(person);
    refusals_.erase(person);
}

}  // namespace attune::engine
