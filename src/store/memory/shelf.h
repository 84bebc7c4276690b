// Shelf: one tenant's records in a MemoryStore. Not thread-safe: the store's lock guards it.
#pragma once

#include "store/store.h"

#include <map>
#include <set>
#include <utility>

namespace attune::store {

struct Shelf {
    struct Node {
        std::optional<PersonId> redirect;  // merged into; always one who was not merged
        std::vector<PersonId> members;
        std::set<Alias> aliases;
        std::optional<Checkpoint> checkpoint;
        Sequence merged_at = 0;
    };
    struct Entry {
        PersonId person;
        EventKey key;
        std::string sealed;
    };

    std::map<PersonId, Node> people;
    std::map<Alias, PersonId> aliases;
    std::map<Position, Entry> log;
    std::set<std::pair<PersonId, Position>> by_person;
    std::map<EventKey, Sequence> keys;
    std::map<std::pair<std::string, std::string>, Document> documents;
    std::uint64_t roots = 0;  // people who were not merged into others

    // The person a name stands for now; the name itself when nobody was merged.
    [[nodiscard]] PersonId root_of(PersonId person) const;
    // The person's own id and those of everyone merged into them.
    [[nodiscard]] std::vector<PersonId> everyone(PersonId root) const;

    // The newest event before a position of anyone whom the root stands for.
    [[nodiscard]] std::optional<Position> last_before(PersonId root, Position before) const;

    Node& come_to_be(PersonId person);
    void alias(Alias alias, PersonId person);
    void merge(PersonId from, PersonId into, Sequence sequence);
    // Answers how many events went.
    std::size_t erase(PersonId root);
};

}  // namespace attune::store
