// ItemRatings: what people gave each item, on the scale from 0 to 5, as the log tells it. What somebody gave an item last counts, once.
//
//     ATTUNE_TRY_VOID(ratings.take(person, event, numbers));      // who is who today: follow/whole_people.h
//     ratings.told()->of(item, now).mean()                        // 4.2
//
// What somebody gave who is erased, or who refuses what is learned, is taken back at once. Not thread-safe; what it tells is.
#pragma once

#include "base/result.h"
#include "engine/activity/refusals.h"
#include "engine/outcomes/item_tallies.h"
#include "store/store.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <vector>

namespace attune::engine {

class ItemRatings {
public:
    // Some twenty megabytes; what comes when there are so many is not counted.
    static constexpr std::size_t kRatingsMax = 1'000'000;

    // Nothing where the event is neither a rating nor a consent.
    [[nodiscard]] Result<void> take(const store::PersonId& person, const ItemEvent& event,
                                    ItemNumbers& numbers);
    // They turned out to be one.
    void merge(const store::PersonId& from, const store::PersonId& into);
    void forget(const store::PersonId& person);

    [[nodiscard]] std::size_t count() const { return ratings_; }
    [[nodiscard]] std::size_t blocks() const { return tallies_.blocks(); }
    [[nodiscard]] std::shared_ptr<const ItemTallies> told() { return tallies_.told(); }

private:
    friend class OutcomeSaver;
    friend class OutcomeLoader;

    struct Given {
        ItemNumber item = 0;
        float rating = 0;
        base::Time time;
    };
    void give(const store::PersonId& person, const Given& given);
    std::vector<Given> take_back(const store::PersonId& person);

    ItemTalliesWriter tallies_{learn::Memory{}};
    boost::unordered_flat_map<store::PersonId, std::vector<Given>, base::Id128Hash> by_person_;
    Refusals refusals_;
    std::size_t ratings_ = 0;
};

}  // namespace attune::engine
