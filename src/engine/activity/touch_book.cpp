#include "engine/activity/touch_book.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::uint32_t kDaySeconds = 86'400;

template <class T>
void make_room(std::vector<T>& list) {
    if (list.size() == list.capacity())
        list.reserve(list.size() + std::max<std::size_t>(2, list.size() / 4));
}

}  // namespace

// What else somebody did with the item of one of their touches, as far as it decides what that touch counts.
struct TouchBook::Likes {
    Likes(std::span<const KeptTouch> touches, std::size_t at) {
        const KeptTouch& one = touches[at];
        const auto quarter = RecentCounts::quarter_of(one.time);
        for (std::size_t i = 0; i < touches.size(); ++i) {
            if (i == at || touches[i].item != one.item || touches[i].weight <= 0) continue;
            any = true;
            is_later = is_later || i > at;
            same_quarter = same_quarter || RecentCounts::quarter_of(touches[i].time) == quarter;
        }
    }
    bool any = false;
    bool is_later = false;
    bool same_quarter = false;
};

PersonIndex TouchBook::person(const store::PersonId& id) {
    if (const auto known = find(id)) return *known;
    PersonIndex index = 0;
    if (free_.empty()) {
        index = static_cast<PersonIndex>(records_.size());
        records_.push_back({.id = id, .touches = {}, .showings = {}});
    } else {
        index = free_.back();
        free_.pop_back();
        records_[index].id = id;
    }
    index_of_.emplace(id, index);
    return index;
}

std::optional<PersonIndex> TouchBook::find(const store::PersonId& id) const {
    const auto found = index_of_.find(id);
    return found == index_of_.end() ? std::nullopt : std::optional(found->second);
}

void TouchBook::touch(PersonIndex person, const KeptTouch& touch, std::uint32_t decision) {
    if (touch.weight > 0) click(records_[person], touch, decision);
    insert(person, touch);
}

void TouchBook::insert(PersonIndex person, const KeptTouch& touch) {
    auto& touches = records_[person].touches;
    if (touches.size() >= kTouchesMax) {
        if (touch.time < touches.front().time) return;
        discount(person, 0);
        touches.erase(touches.begin());
        --touch_count_;
    }
    make_room(touches);
    const auto place = std::ranges::upper_bound(touches, touch.time, {}, &KeptTouch::time);
    const auto at = touches.insert(place, touch) - touches.begin();
    ++touch_count_;
    count(person, static_cast<std::size_t>(at));
}

void TouchBook::count(PersonIndex person, std::size_t at) {
    const KeptTouch& touch = records_[person].touches[at];
    if (touch.weight <= 0) return;
    const Likes others(records_[person].touches, at);
    if (!others.any)
        item_people_.add(touch.item, person);
    else if (!others.is_later)
        item_people_.renew(touch.item, person);
    if (!others.same_quarter) recent_.add(touch.item, RecentCounts::quarter_of(touch.time));
}

void TouchBook::discount(PersonIndex person, std::size_t at) {
    const KeptTouch& touch = records_[person].touches[at];
    if (touch.weight <= 0) return;
    const Likes others(records_[person].touches, at);
    if (!others.any) item_people_.remove(touch.item, person);
    if (!others.same_quarter) recent_.take(touch.item, RecentCounts::quarter_of(touch.time));
}

void TouchBook::click(Record& record, const KeptTouch& touch, std::uint32_t decision) {
    const auto answers = [&](const KeptShowing& one) {
        if (one.item != touch.item || one.is_clicked) return false;
        if (decision != 0) return one.decision == decision;
        return touch.time >= one.time && touch.time - one.time <= kClickSeconds;
    };
    const auto last =
        std::ranges::find_if(record.showings.rbegin(), record.showings.rend(), answers);
    if (last == record.showings.rend()) return;
    last->is_clicked = true;
    clicked_.add(touch.item);
}

void TouchBook::show(PersonIndex person, const KeptShowing& showing) {
    put_showing(records_[person], showing);
}

void TouchBook::put_showing(Record& record, const KeptShowing& showing) {
    // Once a day counts; a click will name the newest of them.
    for (KeptShowing& one : record.showings) {
        if (one.item != showing.item || one.time / kDaySeconds != showing.time / kDaySeconds)
            continue;
        if (!one.is_clicked && showing.is_clicked) {
            one.is_clicked = true;
            clicked_.add(one.item);
        } else if (!one.is_clicked) {
            one.time = std::max(one.time, showing.time);
            one.decision = showing.decision;
        }
        return;
    }
    if (record.showings.size() >= kShownMax) {
        const auto oldest = std::ranges::min_element(record.showings, {}, &KeptShowing::time);
        if (oldest->time > showing.time) return;
        take_showing(*oldest);
        record.showings.erase(oldest);
    }
    make_room(record.showings);
    record.showings.push_back(showing);
    shown_.add(showing.item);
    if (showing.is_clicked) clicked_.add(showing.item);
}

void TouchBook::take_showing(const KeptShowing& showing) {
    shown_.take(showing.item);
    if (showing.is_clicked) clicked_.take(showing.item);
}

void TouchBook::take_all(PersonIndex person) {
    Record& record = records_[person];
    while (!record.touches.empty()) {
        discount(person, record.touches.size() - 1);
        record.touches.pop_back();
        --touch_count_;
    }
    for (const KeptShowing& one : record.showings) take_showing(one);
    record = {};
    free_.push_back(person);
}

void TouchBook::merge(const store::PersonId& from, const store::PersonId& into) {
    const PersonIndex target = person(into);
    const auto source = index_of_.find(from);
    if (source == index_of_.end()) {
        index_of_.emplace(from, target);
        members_[records_[target].id].push_back(from);
        return;
    }
    const PersonIndex index = source->second;
    if (index == target) return;
    const store::PersonId old = records_[index].id;
    const auto touches = records_[index].touches;
    const auto showings = records_[index].showings;
    take_all(index);
    for (const KeptTouch& touch : touches) insert(target, touch);
    for (const KeptShowing& one : showings) put_showing(records_[target], one);
    auto& members = members_[records_[target].id];
    members.push_back(old);
    index_of_[old] = target;
    if (const auto moved = members_.find(old); moved != members_.end()) {
        for (const store::PersonId& member : moved->second) {
            index_of_[member] = target;
            members.push_back(member);
        }
        members_.erase(old);
    }
}

bool TouchBook::forget(const store::PersonId& id) {
    const auto index = find(id);
    if (!index) return false;
    const store::PersonId whole = records_[*index].id;
    take_all(*index);
    index_of_.erase(whole);
    if (const auto members = members_.find(whole); members != members_.end()) {
        for (const store::PersonId& member : members->second) index_of_.erase(member);
        members_.erase(members);
    }
    return true;
}

std::size_t TouchBook::bytes() const {
    std::size_t sum =
        records_.capacity() * sizeof(Record) + free_.capacity() * sizeof(PersonIndex) +
        index_of_.bucket_count() * (sizeof(store::PersonId) + sizeof(PersonIndex) + 1) +
        item_people_.bytes() + recent_.bytes() + shown_.bytes() + clicked_.bytes();
    for (const Record& one : records_)
        sum += one.touches.capacity() * sizeof(KeptTouch) +
               one.showings.capacity() * sizeof(KeptShowing);
    return sum;
}

}  // namespace attune::engine
