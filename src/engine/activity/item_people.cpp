#include "engine/activity/item_people.h"

#include "base/result.h"

#include <algorithm>

namespace attune::engine {
namespace {

// Doubling would leave a quarter of all that memory unused.
template <class T>
void make_room(std::vector<T>& list) {
    if (list.size() == list.capacity())
        list.reserve(list.size() + std::max<std::size_t>(2, list.size() / 4));
}

}  // namespace

ItemPeople::List::iterator ItemPeople::find(List& list, learn::PersonIndex person) {
    const auto found = std::ranges::find(list.rbegin(), list.rend(), person);
    ATTUNE_CHECK(found != list.rend());
    return found.base() - 1;
}

ItemPeople::List& ItemPeople::at(ItemNumber item) {
    if (item >= lists_.size())
        lists_.resize(std::max<std::size_t>(item + 1, lists_.size() + lists_.size() / 4));
    return lists_[item];
}

void ItemPeople::add(ItemNumber item, learn::PersonIndex person) {
    List& list = at(item);
    make_room(list);
    list.push_back(person);
    counts_.add(item);
}

void ItemPeople::put(ItemNumber item, std::vector<learn::PersonIndex> people) {
    counts_.add(item, static_cast<std::uint32_t>(people.size()));
    at(item) = std::move(people);
}

void ItemPeople::renew(ItemNumber item, learn::PersonIndex person) {
    List& list = lists_[item];
    const auto at = find(list, person);
    std::rotate(at, at + 1, list.end());
}

void ItemPeople::remove(ItemNumber item, learn::PersonIndex person) {
    lists_[item].erase(find(lists_[item], person));
    counts_.take(item);
}

std::size_t ItemPeople::bytes() const {
    std::size_t sum = lists_.capacity() * sizeof(List) + counts_.bytes();
    for (const List& list : lists_) sum += list.capacity() * sizeof(learn::PersonIndex);
    return sum;
}

}  // namespace attune::engine
