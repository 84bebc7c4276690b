#include "engine/outcomes/item_ratings.h"

#include <algorithm>
#include <utility>

namespace attune::engine {

Result<void> ItemRatings::take(const store::PersonId& person, const ItemEvent& event,
                               ItemNumbers& numbers) {
    if (refusals_.hear(person, event)) (void)take_back(person);
    if (!event.rating || refusals_.has(person)) return {};
    ATTUNE_TRY(const ItemNumber item, numbers.number_for(event.rating->item));
    give(person, {.item = item, .rating = event.rating->value, .time = event.time});
    return {};
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
    (void)refusals_.merge(from, into);
    if (refusals_.has(into)) {
        (void)take_back(into);
        return;
    }
    for (const Given& given : taken) give(into, given);
}

void ItemRatings::forget(const store::PersonId& person) {
    (void)take_back(person);
    refusals_.forget(person);
}

}  // namespace attune::engine
