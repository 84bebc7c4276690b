// TouchBook: the touches of everybody, and what is counted from them. Whatever is counted is a sum over people of whole numbers,
// and what one person adds is a function of the touches that are kept of them and of nothing else. So a person is forgotten by
// taking their part back, exactly; a late event is put where it belongs; and two who turn out to be one are counted as one.
//
//     TouchBook book;
//     const PersonIndex ann = book.person(id);
//     book.touch(ann, {.item = 7, .weight = 1, .time = 1'740'000'000});
//     book.people_of(7);                                      // {ann}
//     book.forget(id);                                        // as if she had never been
//
// How much one person can do: kTouchesMax touches and kShownMax showings are kept, the newest; a person counts once an
// item (`people`), once an item and quarter of a day (`recent`), once an item and day (`shown`). So one account
// adds at most 1 to an item and kTouchesMax in all, and lifting an item over another that n more people touched takes n accounts.
//
// Memory: 12 bytes a touch, 4 for each different item of a person, some 100 a person. bench/activity_bench.cpp
// measures it. Not thread-safe.
#pragma once

#include "base/id128.h"
#include "base/prefetch.h"
#include "engine/activity/item_people.h"
#include "engine/activity/recent_counts.h"
#include "store/store.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <span>
#include <vector>

namespace attune::engine {

using learn::PersonIndex;

struct KeptTouch {
    ItemNumber item = 0;
    float weight = 0;
    std::uint32_t time = 0;  // in seconds since 1970
};

struct KeptShowing {
    ItemNumber item = 0;
    std::uint32_t time = 0;
    std::uint32_t decision = 0;  // a hash of its id; 0: shown by somebody else
    bool is_clicked = false;
};

class TouchBook {
public:
    static constexpr std::size_t kTouchesMax = 500;
    static constexpr std::size_t kShownMax = 100;
    static constexpr std::size_t kBytesExpected = 256;
    // Of a click that names no decision: how long after it was shown an item it still is an answer to that.
    static constexpr std::uint32_t kClickSeconds = 3'600;

    // Numbers are given again when somebody is forgotten.
    [[nodiscard]] PersonIndex person(const store::PersonId& id);
    [[nodiscard]] std::optional<PersonIndex> find(const store::PersonId& id) const;
    // `decision` as in KeptShowing: what it answers.
    void touch(PersonIndex person, const KeptTouch& touch, std::uint32_t decision = 0);
    void show(PersonIndex person, const KeptShowing& showing);

    // `from` is `into` from now on. Nothing when they already are.
    void merge(const store::PersonId& from, const store::PersonId& into);
    // With everybody merged into them. False: nobody of that id.
    bool forget(const store::PersonId& id);

    // Numbers of people are below it; some may be nobody's.
    [[nodiscard]] PersonIndex people() const { return static_cast<PersonIndex>(records_.size()); }
    [[nodiscard]] std::size_t known_people() const { return records_.size() - free_.size(); }
    [[nodiscard]] const store::PersonId& id_of(PersonIndex person) const {
        return records_[person].id;
    }
    [[nodiscard]] std::span<const KeptTouch> touches_of(PersonIndex person) const {
        return records_[person].touches;  // oldest first
    }
    // Who is asked for soon: the memory is on its way meanwhile.
    void expect(PersonIndex person) const { __builtin_prefetch(&records_[person].touches); }
    void expect_touches(PersonIndex person) const {
        const std::vector<KeptTouch>& touches = records_[person].touches;
        // The newest are looked at first.
        const auto* end = reinterpret_cast<const char*>(touches.data() + touches.size());
        base::prefetch(end - kBytesExpected, kBytesExpected);
    }
    [[nodiscard]] std::span<const KeptShowing> showings_of(PersonIndex person) const {
        return records_[person].showings;
    }
    [[nodiscard]] const ItemPeople& item_people() const { return item_people_; }
    [[nodiscard]] const RecentCounts& recent() const { return recent_; }
    [[nodiscard]] std::uint32_t shown(ItemNumber item) const { return shown_[item]; }
    [[nodiscard]] std::uint32_t clicked(ItemNumber item) const { return clicked_[item]; }
    [[nodiscard]] std::uint64_t touches() const { return touch_count_; }
    [[nodiscard]] std::size_t bytes() const;

private:
    friend class BookSaver;
    friend class BookLoader;
    struct Record {
        store::PersonId id;
        std::vector<KeptTouch> touches;
        std::vector<KeptShowing> showings;
    };
    struct Likes;

    void insert(PersonIndex person, const KeptTouch& touch);
    void count(PersonIndex person, std::size_t at);
    void discount(PersonIndex person, std::size_t at);
    void click(Record& record, const KeptTouch& touch, std::uint32_t decision);
    void put_showing(Record& record, const KeptShowing& showing);
    void take_showing(const KeptShowing& showing);
    void take_all(PersonIndex person);

    std::vector<Record> records_;
    std::vector<PersonIndex> free_;
    boost::unordered_flat_map<store::PersonId, PersonIndex, base::Id128Hash> index_of_;
    // Whose ids mean a person besides their own.
    boost::unordered_flat_map<store::PersonId, std::vector<store::PersonId>, base::Id128Hash>
        members_;
    ItemPeople item_people_;
    RecentCounts recent_;
    ItemCounts shown_;
    ItemCounts clicked_;
    std::uint64_t touch_count_ = 0;
};

}  // namespace attune::engine
