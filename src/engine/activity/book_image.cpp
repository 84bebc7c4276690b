#include "engine/activity/book_image.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

// So many numbers are written or read in one go.
constexpr std::size_t kWorkAStep = 400'000;
// What one person, list or quarter may have at most; more is damage.
constexpr std::size_t kItemIdBytesMax = 1u << 16;
constexpr std::size_t kMembersMax = 1u << 24;

// KeptShowing without the room that compilers leave.
struct SavedShowing {
    ItemNumber item = 0;
    std::uint32_t time = 0;
    std::uint32_t decision = 0;
    std::uint32_t is_clicked = 0;
};
struct SavedCount {
    ItemNumber item = 0;
    std::uint32_t count = 0;
};

}  // namespace

Result<bool> BookSaver::step(CheckpointWriter& to) {
    for (work_ = 0; part_ != Part::done && work_ < kWorkAStep; ++work_)
        ATTUNE_TRY_VOID(save_one(to));
    return part_ == Part::done;
}

void BookSaver::on(std::size_t count) {
    if (++at_ < count) return;
    part_ = static_cast<Part>(std::to_underlying(part_) + 1);
    at_ = 0;
}

Result<void> BookSaver::save_one(CheckpointWriter& to) {
    switch (part_) {
        case Part::used:
            if (at_ < book_.records_.size()) mark_used();
            on(book_.records_.size());
            return part_ == Part::used ? Result<void>{} : save_counts(to);
        case Part::items:
            if (at_ < is_used_.size()) ATTUNE_TRY_VOID(save_item(to));
            on(is_used_.size());
            return {};
        case Part::people:
            if (at_ < book_.records_.size()) ATTUNE_TRY_VOID(save_person(to));
            on(book_.records_.size());
            return {};
        case Part::lists:
            if (at_ < is_used_.size()) ATTUNE_TRY_VOID(save_list(to));
            on(is_used_.size());
            return {};
        case Part::quarters:
            on(0);
            return save_quarters(to);
        case Part::done:
            break;
    }
    return {};
}

// Ids of a catalogue that nobody touched are not kept, or an item that is long gone would be known for ever.
void BookSaver::mark_used() {
    is_used_.resize(std::max<std::size_t>(is_used_.size(), numbers_.count()));
    const TouchBook::Record& record = book_.records_[at_];
    for (const KeptTouch& one : record.touches) is_used_[one.item] = 1;
    for (const KeptShowing& one : record.showings) is_used_[one.item] = 1;
    work_ += record.touches.size() / 8;
}

Result<void> BookSaver::save_counts(CheckpointWriter& to) const {
    ATTUNE_TRY_VOID(to.put(static_cast<std::uint32_t>(is_used_.size())));
    ATTUNE_TRY_VOID(to.put(static_cast<std::uint32_t>(book_.records_.size())));
    return to.put(std::span<const PersonIndex>(book_.free_));
}

Result<void> BookSaver::save_item(CheckpointWriter& to) const {
    const bool is_used = is_used_[at_] != 0;
    return to.put(is_used ? numbers_.id_of(static_cast<ItemNumber>(at_)) : std::string_view{});
}

Result<void> BookSaver::save_person(CheckpointWriter& to) {
    const TouchBook::Record& record = book_.records_[at_];
    std::vector<SavedShowing> showings;
    showings.reserve(record.showings.size());
    for (const KeptShowing& one : record.showings)
        showings.push_back({one.item, one.time, one.decision, one.is_clicked ? 1U : 0U});
    std::span<const store::PersonId> members;
    if (const auto found = book_.members_.find(record.id); found != book_.members_.end())
        members = found->second;
    work_ += record.touches.size() + showings.size() + members.size();
    ATTUNE_TRY_VOID(to.put(std::span<const char>(record.id.view())));
    ATTUNE_TRY_VOID(to.put(std::span<const KeptTouch>(record.touches)));
    ATTUNE_TRY_VOID(to.put(std::span<const SavedShowing>(showings)));
    return to.put(members);
}

Result<void> BookSaver::save_list(CheckpointWriter& to) {
    const auto people = book_.item_people_.of(static_cast<ItemNumber>(at_));
    work_ += people.size();
    return to.put(people);
}

Result<void> BookSaver::save_quarters(CheckpointWriter& to) const {
    const RecentCounts& recent = book_.recent_;
    ATTUNE_TRY_VOID(to.put(recent.newest_));
    ATTUNE_TRY_VOID(to.put(static_cast<std::uint32_t>(recent.quarters_.size())));
    for (const RecentCounts::Quarter& quarter : recent.quarters_) {
        std::vector<SavedCount> counts;
        counts.reserve(quarter.size());
        for (const auto& [item, count] : quarter) counts.push_back({item, count});
        ATTUNE_TRY_VOID(to.put(std::span<const SavedCount>(counts)));
    }
    return {};
}

Result<bool> BookLoader::step(CheckpointReader& from) {
    for (work_ = 0; part_ != Part::done && work_ < kWorkAStep; ++work_)
        ATTUNE_TRY_VOID(load_one(from));
    return part_ == Part::done;
}

void BookLoader::on(std::size_t count) {
    if (++at_ < count) return;
    part_ = static_cast<Part>(std::to_underlying(part_) + 1);
    at_ = 0;
}

Result<void> BookLoader::load_one(CheckpointReader& from) {
    switch (part_) {
        case Part::counts:
            on(0);
            return load_counts(from);
        case Part::items:
            if (at_ < today_.size()) ATTUNE_TRY_VOID(load_item(from));
            on(today_.size());
            return {};
        case Part::people:
            if (at_ < people_) ATTUNE_TRY_VOID(load_person(from));
            on(people_);
            return {};
        case Part::lists:
            if (at_ < today_.size()) ATTUNE_TRY_VOID(load_list(from));
            on(today_.size());
            return {};
        case Part::quarters:
            on(0);
            return load_quarters(from);
        case Part::done:
            break;
    }
    return {};
}

Result<void> BookLoader::load_counts(CheckpointReader& from) {
    ATTUNE_TRY(const auto items, from.get<std::uint32_t>());
    if (items > ItemNumbers::kCountMax) return from.damaged();
    today_.resize(items);
    ATTUNE_TRY(people_, from.get<std::uint32_t>());
    book_.records_.reserve(people_);
    book_.index_of_.reserve(people_);
    ATTUNE_TRY(book_.free_, from.array<PersonIndex>(people_));
    const bool is_any_past =
        std::ranges::any_of(book_.free_, [&](PersonIndex person) { return person >= people_; });
    return is_any_past ? from.damaged() : Result<void>{};
}

Result<void> BookLoader::load_item(CheckpointReader& from) {
    ATTUNE_TRY(const std::string id, from.text(kItemIdBytesMax));
    if (id.empty()) return {};
    ATTUNE_TRY(today_[at_], numbers_.number_for(id));
    return {};
}

Result<ItemNumber> BookLoader::today(const CheckpointReader& from, ItemNumber then) const {
    if (then >= today_.size() || !today_[then]) return from.damaged();
    return *today_[then];
}

Result<void> BookLoader::load_person(CheckpointReader& from) {
    TouchBook::Record record;
    ATTUNE_TRY(const std::string id, from.text(sizeof record.id.bytes));
    if (id.size() != sizeof record.id.bytes) return from.damaged();
    std::ranges::copy(id, record.id.bytes.begin());
    ATTUNE_TRY(record.touches, from.array<KeptTouch>(TouchBook::kTouchesMax));
    for (KeptTouch& one : record.touches) {
        ATTUNE_TRY(const ItemNumber item, today(from, one.item));
        one.item = item;
    }
    ATTUNE_TRY(const auto showings, from.array<SavedShowing>(TouchBook::kShownMax));
    record.showings.reserve(showings.size());
    for (const SavedShowing& one : showings) {
        ATTUNE_TRY(const ItemNumber item, today(from, one.item));
        record.showings.push_back({item, one.time, one.decision, one.is_clicked != 0});
        book_.shown_.add(item);
        if (one.is_clicked != 0) book_.clicked_.add(item);
    }
    ATTUNE_TRY(auto members, from.array<store::PersonId>(kMembersMax));
    const auto index = static_cast<PersonIndex>(at_);
    for (const store::PersonId& member : members) book_.index_of_[member] = index;
    if (!members.empty()) book_.members_[record.id] = std::move(members);
    if (!record.id.is_nil()) book_.index_of_[record.id] = index;
    book_.touch_count_ += record.touches.size();
    work_ += record.touches.size() + showings.size();
    book_.records_.push_back(std::move(record));
    return {};
}

Result<void> BookLoader::load_list(CheckpointReader& from) {
    ATTUNE_TRY(auto people, from.array<PersonIndex>(people_));
    if (people.empty()) return {};
    ATTUNE_TRY(const ItemNumber item, today(from, static_cast<ItemNumber>(at_)));
    if (std::ranges::max(people) >= people_) return from.damaged();
    work_ += people.size();
    book_.item_people_.put(item, std::move(people));
    return {};
}

Result<void> BookLoader::load_quarters(CheckpointReader& from) {
    RecentCounts& recent = book_.recent_;
    ATTUNE_TRY(recent.newest_, from.get<std::int64_t>());
    ATTUNE_TRY(const auto quarters, from.get<std::uint32_t>());
    if (quarters > RecentCounts::kQuarters) return from.damaged();
    for (std::uint32_t quarter = 0; quarter < quarters; ++quarter) {
        ATTUNE_TRY(const auto counts, from.array<SavedCount>(today_.size()));
        RecentCounts::Quarter& kept = recent.quarters_.emplace_back();
        for (const SavedCount& one : counts) {
            ATTUNE_TRY(const ItemNumber item, today(from, one.item));
            kept[item] = one.count;
            recent.all_.add(item, one.count);
            if (quarter < RecentCounts::kRecentQuarters) recent.recent_.add(item, one.count);
        }
    }
    return {};
}

}  // namespace attune::engine
