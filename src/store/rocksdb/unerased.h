// Unerased: what erasures have still to delete. The first commit of an erasure says up to where somebody's history is gone; from
// then on no reader sees what stands before that, whether its rows are there still or not. The rows go in slices, each a
// commit of its own, so that no other write waits for a long history.
//
// Pure reads; thread-safe.
#pragma once

#include "store/rocksdb/database.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <string>
#include <vector>

namespace attune::store::rocks {

// Events whose rows one commit deletes: some milliseconds of the commit thread's time.
inline constexpr std::size_t kSliceEvents = 1'000;

// The erasure's sequence: all that the person did before is gone, and some of it is to be deleted. 0: nothing is.
[[nodiscard]] Result<Sequence> unerased_before(const Database& database, const PersonName& who,
                                               const rocksdb::Snapshot* snapshot = nullptr);

// The same of everybody, for who reads the whole log: a few people, mostly nobody.
class Unerased {
public:
    [[nodiscard]] static Result<Unerased> load(const Database& database,
                                               const rocksdb::Snapshot* snapshot);
    // Whether the person's events of that commit are gone, though they may be there.
    [[nodiscard]] bool covers(const PersonName& who, Sequence sequence) const {
        if (before_.empty()) return false;
        const auto at = before_.find(who);
        return at != before_.end() && sequence < at->second;
    }
    [[nodiscard]] std::vector<PersonName> people() const;

private:
    struct Hash {
        std::size_t operator()(const PersonName& name) const {
            return name.person.low() ^ name.tenant.value;
        }
    };
    boost::unordered_flat_map<PersonName, Sequence, Hash> before_;
};

// Where a slice begins: at an event of a block. Empty: at the person's first.
struct SliceStart {
    std::string block;
    std::size_t event = 0;
};
struct ErasedSlice {
    PersonName who;
    Sequence before = 0;
    std::vector<std::string> blocks;  // keys of rows to delete …
    std::vector<std::string> ids;     // … of both families
    std::uint64_t events = 0;         // in those blocks
    bool is_last = true;              // nothing of the person is left behind it
    SliceStart next;                  // otherwise
};
// At most `events_max` events from `from` on, of commits before `before`. A block of more than kSliceEvents is taken apart; every
// other goes whole, with its keys, or waits for the next slice.
[[nodiscard]] Result<ErasedSlice> read_slice(const Database& database, const PersonName& who,
                                             Sequence before, const SliceStart& from,
                                             std::size_t events_max);

}  // namespace attune::store::rocks
