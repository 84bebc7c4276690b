// OpenLists: the lists that somebody was shown lately, and what they did with what stood in them, as the log tells it. Whoever
// learns or counts listens.
//
//     OpenLists lists(store, tenant, numbers, listener, {});
//     lists.take(logged, weights);                           // in the order of the log, with no scan of the store open
//
// An event about an item answers the list that its decision_id names; without one, the newest list of the same person with the
// item in it, for kAnswerWithin. What an item earned is the most that one event was worth by the tenant's weights: somebody
// who reloads a page ten times, or clicks and then buys, adds to it only what was not there yet. What speaks against an item
// earns nothing.
//
// A list is open for kOpenFor of the log's own time, which is when events were received, so that the same log gives the same
// outcome whenever it is read; of more than `open_max` the oldest are closed early, and all of them where that time goes back by
// more than kOpenFor. Not thread-safe.
#pragma once

#include "base/result.h"
#include "engine/activity/item_event.h"
#include "engine/follow/whole_people.h"
#include "engine/numbers/item_numbers.h"
#include "engine/outcomes/shown_list.h"
#include "store/store.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <map>
#include <memory>
#include <vector>

namespace attune::engine {

// What many lists have in common, kept once.
struct ListScheme {
    std::string placement;
    std::uint64_t version = 0;
    std::vector<std::string> sources;
    std::vector<double> written;
    std::vector<std::string> features;
};

struct OpenList {
    std::shared_ptr<const ListScheme> scheme;
    base::Id128 decision;  // its id, hashed
    store::PersonId person;
    base::Time time;
    std::vector<ItemNumber> items;
    std::vector<float> rows;          // of ShownList
    std::vector<float> feature_rows;  // where they are asked for
    std::vector<std::string> from;
    ListNature nature;
    std::vector<float> gains;  // of each item so far; 0: nothing

    [[nodiscard]] std::span<const float> row(std::size_t slot) const {
        const std::size_t width = scheme->sources.size();
        return rows.empty() ? std::span<const float>()
                            : std::span(rows).subspan(slot * width, width);
    }
    [[nodiscard]] bool is_pinned(std::size_t slot) const {
        return slot < from.size() && from[slot] == "pinned";
    }
};

struct ListAnswer {
    std::size_t slot = 0;
    float before = 0;  // what the item had earned; the list says what it has now
    domain::EventKind event = domain::EventKind::other;
    base::Time time;
};

class OutcomeListener {
public:
    virtual ~OutcomeListener() = default;
    virtual void shown(const OpenList& list) = 0;
    virtual void answered(const OpenList& list, const ListAnswer& answer) = 0;
    virtual void closed(OpenList& /*list*/) {}
};

struct OpenListsOptions {
    std::size_t open_max = 50'000;
    bool keeps_features = false;
};

class OpenLists {
public:
    static constexpr base::Duration kOpenFor = std::chrono::hours(24);
    static constexpr base::Duration kAnswerWithin = std::chrono::hours(1);

    // The arguments outlive it.
    OpenLists(store::Store& store, TenantId tenant, ItemNumbers& numbers, OutcomeListener& listener,
              const OpenListsOptions& options)
        : numbers_(numbers), listener_(listener), options_(options), whole_(store, tenant) {}

    // What the log says, read once and apart from what it means.
    struct Read {
        store::PersonId person;
        std::optional<ShownList> list;
        std::optional<ItemEvent> event;
    };
    // Empty where it says nothing of lists, items or of who is who.
    [[nodiscard]] static std::optional<Read> read(const store::LoggedEvent& logged,
                                                  const WeightTable& weights);
    [[nodiscard]] Result<void> take(Read read);

    // Everybody's lists that are open are closed.
    void close_all();
    // Somebody was erased: nothing of theirs is kept, and what was theirs is not told.
    void forget(const store::PersonId& person);
    [[nodiscard]] std::size_t open() const { return lists_.size(); }

private:
    friend class ListsSaver;
    friend class ListsLoader;

    // Answers whose decision has not been read: it is written behind the answer that it tells of.
    struct Early {
        base::Id128 decision;
        ItemEvent event;
    };

    [[nodiscard]] Result<void> begin(const store::PersonId& person, ShownList list);
    void answer(const store::PersonId& person, const ItemEvent& event);
    void answer(OpenList& list, const ItemEvent& event);
    [[nodiscard]] OpenList* newest_with(const store::PersonId& person, const ItemEvent& event,
                                        ItemNumber item);
    [[nodiscard]] Result<void> link(const store::PersonId& person, const ItemEvent& event);
    [[nodiscard]] std::shared_ptr<const ListScheme> scheme_of(ShownList& list);
    [[nodiscard]] static std::string key_of(const ListScheme& scheme);
    void pass(base::Time received);
    void close_old();
    void close_oldest();
    void drop(std::map<std::uint64_t, OpenList>::iterator list);

    ItemNumbers& numbers_;
    OutcomeListener& listener_;
    const OpenListsOptions options_;
    base::Time now_{};
    std::uint64_t next_ = 0;
    std::map<std::uint64_t, OpenList> lists_;  // by when they were read
    boost::unordered_flat_map<base::Id128, std::uint64_t, base::Id128Hash> by_decision_;
    // Theirs, the oldest first.
    boost::unordered_flat_map<store::PersonId, std::vector<std::uint64_t>, base::Id128Hash>
        by_person_;
    WholePeople whole_;
    std::deque<Early> early_;
    std::map<std::string, std::shared_ptr<const ListScheme>, std::less<>> schemes_;
};

}  // namespace attune::engine
