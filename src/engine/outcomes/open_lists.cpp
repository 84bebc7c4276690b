#include "engine/outcomes/open_lists.h"

#include "base/keyed_hash.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kEarlyMax = 1'000;
constexpr std::size_t kSchemesMax = 1'000;
constexpr std::size_t kOfPersonMax =
    32;  // open lists of one person that an event without a name may answer
// Clocks of those who tell us what happened may be a little behind ours.
constexpr base::Duration kEarlier = std::chrono::minutes(5);

base::Id128 hash_of(std::string_view decision_id) {
    return base::hash128(base::HashKey{}, decision_id);
}

}  // namespace

std::optional<OpenLists::Read> OpenLists::read(const store::LoggedEvent& logged,
                                               const WeightTable& weights) {
    Read out{.person = logged.person, .list = read_shown_list(logged.payload), .event = {}};
    if (!out.list) {
        out.event = read_item_event(logged.payload, weights);
        if (!out.event) return std::nullopt;
    }
    return out;
}

Result<void> OpenLists::take(Read read) {
    if (read.event && read.event->may_link()) ATTUNE_TRY_VOID(link(read.person, *read.event));
    ATTUNE_TRY(const store::PersonId person, whole_.of(read.person));
    if (read.list) return begin(person, *std::move(read.list));
    pass(read.event->received_at);
    if (read.event->kind == ItemEvent::Kind::touch && read.event->weight > 0)
        answer(person, *read.event);
    return {};
}

Result<void> OpenLists::begin(const store::PersonId& person, ShownList list) {
    pass(list.received_at);
    const base::Id128 key = hash_of(list.decision_id);
    if (by_decision_.contains(key)) return {};
    OpenList open{.scheme = scheme_of(list), .decision = key, .person = person, .time = list.time};
    for (const std::string& id : list.items) {
        ATTUNE_TRY(const ItemNumber item, numbers_.number_for(id));
        open.items.push_back(item);
    }
    open.gains.assign(open.items.size(), 0);
    open.rows = std::move(list.rows);
    open.from = std::move(list.from);
    open.nature = list.nature;
    if (options_.keeps_features) open.feature_rows = std::move(list.feature_rows);
    while (lists_.size() >= options_.open_max) close_oldest();
    const std::uint64_t number = next_++;
    OpenList& kept = lists_.emplace(number, std::move(open)).first->second;
    by_decision_[key] = number;
    auto& theirs = by_person_[person];
    theirs.push_back(number);
    if (theirs.size() > kOfPersonMax) theirs.erase(theirs.begin());
    listener_.shown(kept);
    std::erase_if(early_, [&](const Early& one) {
        if (one.decision != key) return false;
        answer(kept, one.event);
        return true;
    });
    return {};
}

void OpenLists::answer(const store::PersonId& person, const ItemEvent& event) {
    if (!event.decision_id.empty()) {
        const base::Id128 key = hash_of(event.decision_id);
        if (const auto named = by_decision_.find(key); named != by_decision_.end()) {
            answer(lists_.at(named->second), event);
            return;
        }
        if (early_.size() >= kEarlyMax) early_.pop_front();
        early_.push_back({key, event});
        return;
    }
    for (const std::string& id : event.items) {
        const auto item = numbers_.find(id);
        if (!item) continue;
        OpenList* list = newest_with(person, event, *item);
        if (list == nullptr) continue;
        ItemEvent of_item = event;
        of_item.items = {id};
        answer(*list, of_item);
    }
}

OpenList* OpenLists::newest_with(const store::PersonId& person, const ItemEvent& event,
                                 ItemNumber item) {
    const auto theirs = by_person_.find(person);
    if (theirs == by_person_.end()) return nullptr;
    for (auto number = theirs->second.rbegin(); number != theirs->second.rend(); ++number) {
        const auto found = lists_.find(*number);
        if (found == lists_.end()) continue;
        OpenList& list = found->second;
        const bool is_in_time =
            event.time + kEarlier >= list.time && event.time <= list.time + kAnswerWithin;
        if (is_in_time && std::ranges::find(list.items, item) != list.items.end()) return &list;
    }
    return nullptr;
}

void OpenLists::answer(OpenList& list, const ItemEvent& event) {
    for (const std::string& id : event.items) {
        const auto item = numbers_.find(id);
        const auto place = item ? std::ranges::find(list.items, *item) : list.items.end();
        if (place == list.items.end()) continue;
        const auto slot = static_cast<std::size_t>(place - list.items.begin());
        const float before = list.gains[slot];
        if (!(event.weight > before)) continue;
        list.gains[slot] = event.weight;
        listener_.answered(
            list, {.slot = slot, .before = before, .event = event.name, .time = event.time});
    }
}

// Two became one: what either was shown is answered by what they do from now on.
Result<void> OpenLists::link(const store::PersonId& person, const ItemEvent& event) {
    ATTUNE_TRY(const auto whole,
               whole_.link(person, event.user_id, event.anonymous_id, event.is_alias));
    if (!whole) return {};
    for (const store::PersonId& member : whole->members) {
        const auto theirs = by_person_.find(member);
        if (theirs == by_person_.end()) continue;
        const std::vector<std::uint64_t> moved = std::move(theirs->second);
        by_person_.erase(theirs);
        auto& all = by_person_[whole->id];
        all.insert(all.end(), moved.begin(), moved.end());
        std::ranges::sort(all);
        for (const std::uint64_t number : moved)
            if (const auto list = lists_.find(number); list != lists_.end())
                list->second.person = whole->id;
    }
    return {};
}

std::shared_ptr<const ListScheme> OpenLists::scheme_of(ShownList& list) {
    ListScheme told{.placement = std::move(list.placement),
                    .version = list.version,
                    .sources = std::move(list.sources),
                    .written = std::move(list.written),
                    .features = std::move(list.features)};
    if (schemes_.size() >= kSchemesMax) schemes_.clear();
    auto& scheme = schemes_[key_of(told)];
    if (!scheme) scheme = std::make_shared<const ListScheme>(std::move(told));
    return scheme;
}

std::string OpenLists::key_of(const ListScheme& scheme) {
    std::string key = scheme.placement + '\x1f' + std::to_string(scheme.version);
    for (const std::string& source : scheme.sources) key += '\x1f' + source;
    for (const double one : scheme.written) key += '\x1f' + std::to_string(one);
    for (const std::string& feature : scheme.features) key += '\x1f' + feature;
    return key;
}

// Clocks are set back after having been far ahead, and a log of before is taken in again: then what is open was shown at a time that
// is not, or that is over, and nothing would be answered until the time comes that was.
void OpenLists::pass(base::Time received) {
    const bool has_gone_back = received + kOpenFor < now_;
    if (has_gone_back) close_all();
    now_ = has_gone_back ? received : std::max(now_, received);
    close_old();
}

void OpenLists::close_old() {
    while (!lists_.empty() && lists_.begin()->second.time + kOpenFor < now_) close_oldest();
}

void OpenLists::close_oldest() {
    listener_.closed(lists_.begin()->second);
    drop(lists_.begin());
}

void OpenLists::close_all() {
    while (!lists_.empty()) close_oldest();
}

void OpenLists::drop(std::map<std::uint64_t, OpenList>::iterator list) {
    by_decision_.erase(list->second.decision);
    if (const auto theirs = by_person_.find(list->second.person); theirs != by_person_.end()) {
        std::erase(theirs->second, list->first);
        if (theirs->second.empty()) by_person_.erase(theirs);
    }
    lists_.erase(list);
}

void OpenLists::forget(const store::PersonId& person) {
    const auto whole = whole_.known(person);
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, list] : lists_)
        if (list.person == person || list.person == whole) numbers.push_back(number);
    for (const std::uint64_t number : numbers) drop(lists_.find(number));
    by_person_.erase(person);
    early_.clear();
    whole_.forget_all();
}

}  // namespace attune::engine
