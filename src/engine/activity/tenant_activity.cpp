#include "engine/activity/tenant_activity.h"

#include "base/fingerprint.h"
#include "engine/activity/alike_people.h"
#include "engine/activity/what_followed.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

namespace attune::engine {
namespace {

constexpr double kStillLookedAtSeconds = 1'800;

constexpr std::size_t kEventsALock = 32;
constexpr PersonIndex kPeopleALock = 1'000;

std::uint32_t seconds_of(base::Time time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, UINT32_MAX));
}

// 0 is for no decision. The same in every process: it is in checkpoints. What collides is one person's own showings at worst.
std::uint32_t hash_of(std::string_view decision_id) {
    if (decision_id.empty()) return 0;
    return static_cast<std::uint32_t>(base::fingerprint(decision_id).low()) | 1U;
}

// Lets each touch of a pair count for less the more there were before it, so that all of them together stay below a bound and yet
// none counts for nothing: what people come back to is still seen to be wanted again.
void damp_pairs(std::span<learn::Deed> of_one) {
    const auto damped = [](double sum) {
        return sum / (1 + std::abs(sum) / ActivityOfTenant::kPairWeightMax);
    };
    boost::unordered_flat_map<ItemNumber, double> sums;
    for (learn::Deed& deed : of_one) {
        double& sum = sums[deed.touch.item];
        const double before = damped(sum);
        sum += deed.touch.weight;
        deed.touch.weight = static_cast<float>(damped(sum) - before);
    }
}

// Gives people numbers in the order of what they did, so that neither their ids, which are random, nor the order in which they
// were read shows in what is learned. Those of one person stand together, by ascending numbers.
void order_people(std::vector<learn::Deed>& deeds, PersonIndex people) {
    const auto marks = [](const learn::Deed& deed) {
        return std::tuple(deed.touch.time, deed.touch.item, deed.touch.weight);
    };
    std::vector<std::span<const learn::Deed>> rows(people);
    for (std::size_t begin = 0, end = 0; begin < deeds.size(); begin = end) {
        while (end < deeds.size() && deeds[end].person == deeds[begin].person) ++end;
        rows[deeds[begin].person] = std::span(deeds).subspan(begin, end - begin);
    }
    std::vector<PersonIndex> order(people);
    std::iota(order.begin(), order.end(), PersonIndex{0});
    std::ranges::sort(order, [&](PersonIndex a, PersonIndex b) {
        return std::ranges::lexicographical_compare(rows[a], rows[b], {}, marks, marks);
    });
    std::vector<PersonIndex> places(people);
    for (PersonIndex place = 0; place < people; ++place) places[order[place]] = place;
    for (learn::Deed& deed : deeds) deed.person = places[deed.person];
}

}  // namespace

std::vector<learn::Scored> ActivityOfTenant::popular(std::size_t limit,
                                                     const learn::ItemMask& mask) const {
    const std::shared_lock lock(mutex_);
    const ItemCounts& counts = book_.item_people().counts();
    return counts.best(limit, mask, std::max(1U, options_.people_min),
                       [&](ItemNumber item) { return static_cast<float>(counts[item]); });
}

std::vector<learn::Scored> ActivityOfTenant::trending(std::size_t limit,
                                                      const learn::ItemMask& mask,
                                                      std::int64_t now) const {
    const std::shared_lock lock(mutex_);
    return book_.recent().trending(limit, mask, options_.people_min, now);
}

std::vector<learn::Scored> ActivityOfTenant::after(learn::History history, std::size_t limit,
                                                   const learn::ItemMask& mask,
                                                   std::int64_t now) const {
    const std::shared_lock lock(mutex_);
    return what_followed(book_, history, limit, mask, now, options_.people_min);
}

std::vector<learn::Scored> ActivityOfTenant::liked_by_alike(learn::History history,
                                                            std::size_t limit,
                                                            const learn::ItemMask& mask) const {
    const std::shared_lock lock(mutex_);
    return engine::liked_by_alike(book_, history, limit, mask, options_.people_min);
}

std::vector<AlikeId> ActivityOfTenant::alike(learn::History history, std::size_t limit) const {
    const std::shared_lock lock(mutex_);
    std::vector<AlikeId> people;
    for (const AlikePerson& one : alike_people(book_, history, limit))
        people.push_back({book_.id_of(one.person), one.likeness, one.in_common});
    return people;
}

ItemActivity ActivityOfTenant::counts(ItemNumber item) const {
    const std::shared_lock lock(mutex_);
    return {.people = book_.item_people().counts()[item],
            .recent = book_.recent().recent(item),
            .shown = book_.shown(item),
            .clicked = book_.clicked(item)};
}

std::vector<learn::Touch> ActivityOfTenant::history(const store::PersonId& person) const {
    const std::shared_lock lock(mutex_);
    std::vector<learn::Touch> history;
    if (const auto index = book_.find(person))
        for (const KeptTouch& one : book_.touches_of(*index))
            history.push_back({.item = one.item, .weight = one.weight, .time = one.time});
    return history;
}

std::vector<learn::Deed> ActivityOfTenant::deeds(std::uint64_t touches_max, std::int64_t until,
                                                 bool& is_too_much, PersonIndex& people) const {
    std::vector<learn::Deed> deeds;
    people = 0;
    for (PersonIndex begin = 0, all = 1; begin < all; begin += kPeopleALock) {
        const std::shared_lock lock(mutex_);
        all = book_.people();
        if (is_too_much = book_.touches() > touches_max; is_too_much) return {};
        if (begin == 0) deeds.reserve(book_.touches() + book_.touches() / 50);
        for (PersonIndex person = begin; person < std::min(all, begin + kPeopleALock); ++person) {
            const std::size_t first = deeds.size();
            for (const KeptTouch& one : book_.touches_of(person))
                if (one.time <= until)
                    deeds.push_back(
                        {people, {.item = one.item, .weight = one.weight, .time = one.time}});
            if (deeds.size() == first) continue;
            damp_pairs(std::span(deeds).subspan(first));
            ++people;
        }
    }
    std::erase_if(deeds, [](const learn::Deed& one) { return one.touch.weight == 0; });
    return deeds;
}

Result<TrainingData> ActivityOfTenant::training_data(std::uint64_t touches_max,
                                                     std::int64_t until) const {
    bool is_too_much = false;
    PersonIndex people = 0;
    std::vector<learn::Deed> found = deeds(touches_max, until, is_too_much, people);
    if (is_too_much)
        return fail(Code::resource_exhausted,
                    "there are more than " + std::to_string(touches_max) +
                        " touches of items, the most that are learned from at once");
    TrainingData data;
    std::vector<std::uint8_t> is_liked(numbers_->count());
    for (const learn::Deed& one : found)
        if (one.touch.weight > 0) is_liked[one.touch.item] = 1;
    std::vector<learn::ItemIndex> columns(is_liked.size());
    for (ItemNumber item = 0; item < is_liked.size(); ++item)
        if (is_liked[item] != 0) data.items.push_back(item);
    std::ranges::sort(data.items, {}, [&](ItemNumber item) { return numbers_->id_of(item); });
    for (learn::ItemIndex column = 0; column < data.items.size(); ++column)
        columns[data.items[column]] = column;
    std::erase_if(found, [&](const learn::Deed& one) { return is_liked[one.touch.item] == 0; });
    for (learn::Deed& one : found) one.touch.item = columns[one.touch.item];
    order_people(found, people);
    ATTUNE_TRY(data.interactions,
               learn::Interactions::of(std::move(found), people,
                                       static_cast<learn::ItemIndex>(data.items.size())));
    return data;
}

std::vector<ShownInVain> ActivityOfTenant::shown_in_vain(const store::PersonId& person,
                                                         std::int64_t now,
                                                         double half_life_seconds) const {
    std::vector<KeptShowing> showings;
    {
        const std::shared_lock lock(mutex_);
        const auto index = book_.find(person);
        if (!index) return {};
        const auto theirs = book_.showings_of(*index);
        showings.assign(theirs.begin(), theirs.end());
    }
    // Of each item the newest first, up to the one that was chosen.
    std::ranges::sort(showings, [](const KeptShowing& a, const KeptShowing& b) {
        return a.item != b.item ? a.item < b.item : a.time > b.time;
    });
    std::vector<ShownInVain> out;
    std::optional<ItemNumber> chosen;
    for (const KeptShowing& one : showings) {
        if (one.is_clicked) chosen = one.item;
        const auto age = static_cast<double>(now - one.time);
        if (chosen == one.item || age < kStillLookedAtSeconds) continue;
        if (out.empty() || out.back().item != one.item) out.push_back({.item = one.item});
        out.back().times += static_cast<float>(std::exp2(-age / half_life_seconds));
    }
    return out;
}

ActivityTotals ActivityOfTenant::totals() const {
    const std::shared_lock lock(mutex_);
    return {.people = book_.known_people(), .touches = book_.touches(), .bytes = book_.bytes()};
}

std::uint64_t ActivityOfTenant::touches() const {
    const std::shared_lock lock(mutex_);
    return book_.touches();
}

std::uint64_t ActivityOfTenant::people() const {
    const std::shared_lock lock(mutex_);
    return book_.known_people();
}

Result<void> ActivityOfTenant::apply(std::span<const Happened> events) {
    std::vector<ItemNumber> numbers;
    for (std::size_t begin = 0; begin < events.size(); begin += kEventsALock) {
        const auto some = events.subspan(begin, std::min(kEventsALock, events.size() - begin));
        // Numbers take locks of their own.
        numbers.clear();
        for (const Happened& one : some)
            for (const std::string& item : one.event->items) {
                ATTUNE_TRY(const ItemNumber number, numbers_->number_for(item));
                numbers.push_back(number);
            }
        const std::unique_lock lock(mutex_);
        std::size_t next = 0;
        for (const Happened& one : some) {
            const ItemEvent& event = *one.event;
            if (event.items.empty()) continue;
            const PersonIndex person = book_.person(one.person);
            const std::uint32_t time = seconds_of(event.time);
            const std::uint32_t decision = hash_of(event.decision_id);
            for (std::size_t i = 0; i < event.items.size(); ++i, ++next) {
                if (event.kind == ItemEvent::Kind::impression)
                    book_.show(person, {.item = numbers[next], .time = time, .decision = decision});
                else
                    book_.touch(person, {numbers[next], event.weight, time}, decision);
            }
        }
    }
    return {};
}

void ActivityOfTenant::merge(const store::PersonId& from, const store::PersonId& into) {
    const std::unique_lock lock(mutex_);
    book_.merge(from, into);
}

void ActivityOfTenant::begin_with(TouchBook book) {
    const std::unique_lock lock(mutex_);
    std::swap(book_, book);
}

bool ActivityOfTenant::forget(const store::PersonId& person) {
    const std::unique_lock lock(mutex_);
    return book_.forget(person);
}

}  // namespace attune::engine
