#include "store/rocksdb/unerased.h"

#include "store/rocksdb/codec.h"

#include <algorithm>

namespace attune::store::rocks {
namespace {

// Takes a person's blocks, one after the other, into a slice.
class Slicer {
public:
    Slicer(const Database& database, ErasedSlice& slice, const SliceStart& from,
           std::size_t events_max)
        : database_(database), slice_(slice), from_(from), events_max_(events_max) {}

    // False: the slice is full, or the rest stays.
    [[nodiscard]] Result<bool> take(std::string_view key, std::string_view row) {
        if (sequence_in(key) >= slice_.before) return false;
        if (taken_ == events_max_) return end_before(key, 0);
        ATTUNE_TRY(const std::string_view body, open_row(Family::events, key, row));
        ATTUNE_TRY(const auto events, decode_block(body));
        if (events.size() > kSliceEvents) return take_part(key, events);
        if (taken_ + events.size() > events_max_) return end_before(key, 0);
        for (const BlockEvent& event : events)
            slice_.ids.push_back(id_key(slice_.who.tenant, event.key));
        take_block(key, events.size());
        taken_ += events.size();
        return true;
    }

private:
    [[nodiscard]] bool end_before(std::string_view key, std::size_t event) {
        slice_.next = {std::string(key), event};
        slice_.is_last = false;
        return false;
    }
    void take_block(std::string_view key, std::size_t events) {
        slice_.blocks.emplace_back(key);
        slice_.events += events;
    }
    // The block itself goes with its last keys. Until then, keys that are gone may come to be another's, so that only
    // those that are this block's go.
    [[nodiscard]] Result<bool> take_part(std::string_view key, std::span<const BlockEvent> events) {
        const std::size_t first = key == from_.block ? from_.event : 0;
        const std::size_t last = std::min(events.size(), first + events_max_ - taken_);
        std::string mine;
        Writer(mine).varint(sequence_in(key));
        for (std::size_t i = first; i < last; ++i) {
            std::string id = id_key(slice_.who.tenant, events[i].key);
            ATTUNE_TRY(const auto there, database_.get(Family::ids, id));
            if (there == mine) slice_.ids.push_back(std::move(id));
        }
        taken_ += last - first;
        if (last < events.size()) return end_before(key, last);
        take_block(key, events.size());
        return true;
    }

    const Database& database_;
    ErasedSlice& slice_;
    const SliceStart& from_;
    const std::size_t events_max_;
    std::size_t taken_ = 0;
};

}  // namespace

Result<Sequence> unerased_before(const Database& database, const PersonName& who,
                                 const rocksdb::Snapshot* snapshot) {
    ATTUNE_TRY(const auto body,
               database.get_row(Family::erasures, unerased_key(who.tenant, who.person), snapshot));
    return body ? Reader(*body).varint() : 0;
}

Result<Unerased> Unerased::load(const Database& database, const rocksdb::Snapshot* snapshot) {
    Unerased unerased;
    const auto note = [&](std::string_view key, std::string_view row) -> Result<bool> {
        ATTUNE_TRY(const std::string_view body, open_row(Family::erasures, key, row));
        unerased.before_[person_in(key)] = Reader(body).varint();
        return true;
    };
    ATTUNE_TRY_VOID(database.walk(Family::erasures, "e", "e", snapshot, note));
    return unerased;
}

std::vector<PersonName> Unerased::people() const {
    std::vector<PersonName> people;
    for (const auto& [who, before] : before_) people.push_back(who);
    std::ranges::sort(people);
    return people;
}

Result<ErasedSlice> read_slice(const Database& database, const PersonName& who, Sequence before,
                               const SliceStart& from, std::size_t events_max) {
    ErasedSlice slice{.who = who, .before = before};
    Slicer slicer(database, slice, from, events_max);
    const std::string prefix = person_key(who.tenant, who.person);
    const std::string& first = from.block.empty() ? prefix : from.block;
    ATTUNE_TRY_VOID(database.walk(Family::events, prefix, first, nullptr,
                                  [&](std::string_view key, std::string_view row) -> Result<bool> {
                                      return slicer.take(key, row);
                                  }));
    return slice;
}

}  // namespace attune::store::rocks
