#include "store/memory/shelf.h"

#include <algorithm>

namespace attune::store {

PersonId Shelf::root_of(PersonId person) const {
    auto at = people.find(person);
    return at != people.end() && at->second.redirect ? *at->second.redirect : person;
}

std::vector<PersonId> Shelf::everyone(PersonId root) const {
    std::vector<PersonId> all{root};
    if (auto at = people.find(root); at != people.end())
        all.insert(all.end(), at->second.members.begin(), at->second.members.end());
    return all;
}

std::optional<Position> Shelf::last_before(PersonId root, Position before) const {
    std::optional<Position> last;
    for (PersonId person : everyone(root)) {
        const auto at = by_person.lower_bound({person, before});
        if (at == by_person.begin()) continue;
        const auto& [owner, position] = *std::prev(at);
        if (owner == person && (!last || position > *last)) last = position;
    }
    return last;
}

Shelf::Node& Shelf::come_to_be(PersonId person) {
    const auto [at, is_new] = people.try_emplace(person);
    roots += is_new ? 1 : 0;
    return at->second;
}

void Shelf::alias(Alias alias, PersonId person) {
    auto [at, is_new] = aliases.try_emplace(alias, person);
    if (!is_new) {
        people[at->second].aliases.erase(alias);
        at->second = person;
    }
    come_to_be(person).aliases.insert(alias);
}

void Shelf::merge(PersonId from, PersonId into, Sequence sequence) {
    from = root_of(from);
    into = root_of(into);
    if (from == into) return;
    Node& target = come_to_be(into);
    Node& source = come_to_be(from);
    for (PersonId member : source.members) people[member].redirect = into;
    target.members.insert(target.members.end(), source.members.begin(), source.members.end());
    target.members.push_back(from);
    target.checkpoint.reset();
    target.merged_at = sequence;
    source.members.clear();
    source.checkpoint.reset();
    source.redirect = into;
    --roots;
}

std::size_t Shelf::erase(PersonId root) {
    std::size_t events = 0;
    for (PersonId person : everyone(root)) {
        auto first = by_person.lower_bound({person, Position{}});
        auto last = first;
        for (; last != by_person.end() && last->first == person; ++last) {
            auto entry = log.find(last->second);
            keys.erase(entry->second.key);
            log.erase(entry);
            ++events;
        }
        by_person.erase(first, last);
        auto node = people.find(person);
        if (node == people.end()) continue;
        for (Alias alias : node->second.aliases) aliases.erase(alias);
        roots -= node->second.redirect ? 0 : 1;
        people.erase(node);
    }
    return events;
}

}  // namespace attune::store
