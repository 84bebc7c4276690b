// KnownPeople: who is known to have a row, so that a commit does not look up every person it writes for. A table of
// fixed size in which a newcomer takes the place of whoever was there: forgetting costs a look-up, never truth.
//
// Used by the commit thread alone.
#pragma once

#include "store/rocksdb/records.h"

#include <vector>

namespace attune::store::rocks {

class KnownPeople {
public:
    // Holds the most active bytes / 20 people, near enough.
    explicit KnownPeople(std::size_t bytes) : slots_(bytes / sizeof(PersonName) + 1) {}

    [[nodiscard]] bool has(const PersonName& name) const {
        return name.tenant.value != 0 && slots_[place(name)] == name;
    }
    void note(const PersonName& name) { slots_[place(name)] = name; }
    void forget(const PersonName& name) {
        if (has(name)) slots_[place(name)] = {};
    }
    void forget_all() { slots_.assign(slots_.size(), {}); }

private:
    [[nodiscard]] std::size_t place(const PersonName& name) const {
        return (name.person.low() ^ name.tenant.value) % slots_.size();
    }

    std::vector<PersonName> slots_;
};

}  // namespace attune::store::rocks
