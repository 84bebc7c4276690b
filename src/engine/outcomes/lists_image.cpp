#include "engine/outcomes/lists_image.h"

#include "engine/follow/checkpoint_parts.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kListsAStep = 2'000;
// More than there can be is damage.
constexpr std::uint64_t kListsMax = 1u << 24;
constexpr std::size_t kNumbersMax = 1u << 20;
constexpr std::size_t kTextMax = 1u << 16;

double number_of(const std::optional<double>& one) {
    return one.value_or(std::numeric_limits<double>::quiet_NaN());
}
std::optional<double> known(double one) { return one == one ? std::optional(one) : std::nullopt; }

Result<void> put_scheme(CheckpointWriter& to, const ListScheme& scheme) {
    ATTUNE_TRY_VOID(to.put(std::string_view(scheme.placement)));
    ATTUNE_TRY_VOID(to.put(scheme.version));
    ATTUNE_TRY_VOID(put_texts(to, scheme.sources));
    ATTUNE_TRY_VOID(to.put(std::span<const double>(scheme.written)));
    return put_texts(to, scheme.features);
}

Result<ListScheme> get_scheme(CheckpointReader& from) {
    ListScheme scheme;
    ATTUNE_TRY(scheme.placement, from.text(kTextMax));
    ATTUNE_TRY(scheme.version, from.get<std::uint64_t>());
    ATTUNE_TRY(scheme.sources, get_texts(from, kListSourcesMax));
    ATTUNE_TRY(scheme.written, from.array<double>(kListSourcesMax));
    ATTUNE_TRY(scheme.features, get_texts(from, kListFeaturesMax));
    return scheme;
}

}  // namespace

void ListsSaver::name_items(ItemsNamed& items) const {
    for (const auto& [number, list] : lists_.lists_)
        for (const ItemNumber item : list.items) items.add(item);
}

Result<bool> ListsSaver::step(CheckpointWriter& to) {
    if (!std::exchange(is_begun_, true)) ATTUNE_TRY_VOID(begin(to));
    for (std::size_t i = 0; i < kListsAStep && next_ != lists_.lists_.end(); ++i, ++next_) {
        ATTUNE_TRY_VOID(to.put(next_->first));
        ATTUNE_TRY_VOID(save(to, next_->second));
    }
    if (next_ != lists_.lists_.end()) return false;
    ATTUNE_TRY_VOID(end(to));
    return true;
}

Result<void> ListsSaver::begin(CheckpointWriter& to) {
    std::vector<const ListScheme*> schemes;
    for (const auto& [number, list] : lists_.lists_)
        if (schemes_.emplace(list.scheme.get(), schemes.size()).second)
            schemes.push_back(list.scheme.get());
    ATTUNE_TRY_VOID(put_time(to, lists_.now_));
    ATTUNE_TRY_VOID(to.put(lists_.next_));
    ATTUNE_TRY_VOID(to.put(static_cast<std::uint64_t>(schemes.size())));
    for (const ListScheme* scheme : schemes) ATTUNE_TRY_VOID(put_scheme(to, *scheme));
    return to.put(static_cast<std::uint64_t>(lists_.lists_.size()));
}

Result<void> ListsSaver::save(CheckpointWriter& to, const OpenList& list) const {
    ATTUNE_TRY_VOID(to.put(schemes_.at(list.scheme.get())));
    ATTUNE_TRY_VOID(put_id(to, list.decision));
    ATTUNE_TRY_VOID(put_id(to, list.person));
    ATTUNE_TRY_VOID(put_time(to, list.time));
    ATTUNE_TRY_VOID(to.put(std::span<const ItemNumber>(list.items)));
    ATTUNE_TRY_VOID(to.put(std::span<const float>(list.rows)));
    ATTUNE_TRY_VOID(to.put(std::span<const float>(list.feature_rows)));
    ATTUNE_TRY_VOID(put_texts(to, list.from));
    ATTUNE_TRY_VOID(to.put(number_of(list.nature.diversity)));
    ATTUNE_TRY_VOID(to.put(number_of(list.nature.novelty)));
    ATTUNE_TRY_VOID(to.put(number_of(list.nature.popularity)));
    return to.put(std::span<const float>(list.gains));
}

// Whose newest lists an event without a name may answer; and answers that came before what they answer.
Result<void> ListsSaver::end(CheckpointWriter& to) const {
    ATTUNE_TRY_VOID(to.put(static_cast<std::uint64_t>(lists_.by_person_.size())));
    for (const auto& [person, numbers] : lists_.by_person_) {
        ATTUNE_TRY_VOID(put_id(to, person));
        ATTUNE_TRY_VOID(to.put(std::span<const std::uint64_t>(numbers)));
    }
    ATTUNE_TRY_VOID(to.put(static_cast<std::uint64_t>(lists_.early_.size())));
    for (const OpenLists::Early& early : lists_.early_) {
        ATTUNE_TRY_VOID(put_id(to, early.decision));
        ATTUNE_TRY_VOID(to.put(std::to_underlying(early.event.name)));
        ATTUNE_TRY_VOID(to.put(early.event.weight));
        ATTUNE_TRY_VOID(put_time(to, early.event.time));
        ATTUNE_TRY_VOID(put_texts(to, early.event.items));
    }
    return {};
}

Result<bool> ListsLoader::step(CheckpointReader& from, const ItemsThen& items) {
    if (!std::exchange(is_begun_, true)) ATTUNE_TRY_VOID(begin(from));
    for (std::size_t i = 0; i < kListsAStep && left_ > 0; ++i, --left_)
        ATTUNE_TRY_VOID(load(from, items));
    if (left_ > 0) return false;
    ATTUNE_TRY_VOID(end(from));
    return true;
}

Result<void> ListsLoader::begin(CheckpointReader& from) {
    ATTUNE_TRY(now_, get_time(from));
    ATTUNE_TRY(next_, from.get<std::uint64_t>());
    ATTUNE_TRY(const auto schemes, from.get<std::uint64_t>());
    if (schemes > kListsMax) return from.damaged();
    for (std::uint64_t i = 0; i < schemes; ++i) {
        ATTUNE_TRY(auto scheme, get_scheme(from));
        schemes_.push_back(std::make_shared<const ListScheme>(std::move(scheme)));
    }
    ATTUNE_TRY(left_, from.get<std::uint64_t>());
    return left_ > kListsMax ? from.damaged() : Result<void>{};
}

Result<void> ListsLoader::load(CheckpointReader& from, const ItemsThen& items) {
    ATTUNE_TRY(const auto number, from.get<std::uint64_t>());
    ATTUNE_TRY(const auto scheme, from.get<std::uint32_t>());
    if (scheme >= schemes_.size()) return from.damaged();
    OpenList list{.scheme = schemes_[scheme]};
    ATTUNE_TRY(list.decision, get_id(from));
    ATTUNE_TRY(list.person, get_id(from));
    ATTUNE_TRY(list.time, get_time(from));
    ATTUNE_TRY(list.items, from.array<ItemNumber>(kListSlotsMax));
    for (ItemNumber& item : list.items) {
        ATTUNE_TRY(const ItemNumber today, items.today(from, item));
        item = today;
    }
    ATTUNE_TRY(list.rows, from.array<float>(kNumbersMax));
    ATTUNE_TRY(list.feature_rows, from.array<float>(kNumbersMax));
    ATTUNE_TRY(list.from, get_texts(from, kListSlotsMax));
    ATTUNE_TRY(const auto diversity, from.get<double>());
    ATTUNE_TRY(const auto novelty, from.get<double>());
    ATTUNE_TRY(const auto popularity, from.get<double>());
    list.nature = {known(diversity), known(novelty), known(popularity)};
    ATTUNE_TRY(list.gains, from.array<float>(kListSlotsMax));
    const std::size_t width = list.scheme->sources.size();
    if (list.gains.size() != list.items.size() || number >= next_ ||
        (!list.rows.empty() && list.rows.size() != list.items.size() * width))
        return from.damaged();
    lists_.emplace(number, std::move(list));
    return {};
}

Result<void> ListsLoader::end(CheckpointReader& from) {
    ATTUNE_TRY(const auto people, from.get<std::uint64_t>());
    if (people > kListsMax) return from.damaged();
    for (std::uint64_t i = 0; i < people; ++i) {
        ATTUNE_TRY(const auto person, get_id(from));
        ATTUNE_TRY(auto numbers, from.array<std::uint64_t>(kListsMax));
        by_person_.emplace_back(person, std::move(numbers));
    }
    ATTUNE_TRY(const auto early, from.get<std::uint64_t>());
    if (early > kListsMax) return from.damaged();
    for (std::uint64_t i = 0; i < early; ++i) {
        OpenLists::Early one;
        ATTUNE_TRY(one.decision, get_id(from));
        ATTUNE_TRY(const auto name, from.get<std::underlying_type_t<domain::EventKind>>());
        one.event.name = static_cast<domain::EventKind>(name);
        ATTUNE_TRY(one.event.weight, from.get<float>());
        ATTUNE_TRY(one.event.time, get_time(from));
        ATTUNE_TRY(one.event.items, get_texts(from, ItemEvent::kItemsMax));
        early_.push_back(std::move(one));
    }
    return {};
}

void ListsLoader::take(OpenLists& lists) && {
    lists.now_ = now_;
    lists.next_ = next_;
    lists.lists_ = std::move(lists_);
    for (const auto& [number, list] : lists.lists_) lists.by_decision_[list.decision] = number;
    for (auto& [person, numbers] : by_person_) lists.by_person_[person] = std::move(numbers);
    lists.early_ = std::move(early_);
    for (const auto& scheme : schemes_) lists.schemes_[OpenLists::key_of(*scheme)] = scheme;
}

}  // namespace attune::engine
