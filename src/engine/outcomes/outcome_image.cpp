#include "engine/outcomes/outcome_image.h"

#include "engine/follow/checkpoint_parts.h"
#include "learn/recommend/model_file.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kPeopleAStep = 20'000;
constexpr std::size_t kPlacementsAStep = 20;
// More than there can be is damage.
constexpr std::size_t kTalliesMax = 1u << 24;
constexpr std::size_t kBlendBytesMax = 1u << 20;
constexpr std::size_t kFromMax = 1'000;
constexpr std::size_t kTextMax = 1u << 16;

// Written as they lie in memory.
struct SavedTally {
    std::uint64_t item = 0;
    learn::Tally tally;
};
static_assert(sizeof(SavedTally) == 40);
struct SavedGiven {
    ItemNumber item = 0;
    float rating = 0;
    std::int64_t time = 0;
};
static_assert(sizeof(SavedGiven) == 16);
static_assert(sizeof(ListSums) == 8 * 8 + 3 * sizeof(ListSums::Mean));
static_assert(sizeof(ItemSums) == 16);

bool is_anything(const learn::Tally& tally) {
    return tally.trials != 0 || tally.reward_sum != 0 || tally.reward_squares != 0 ||
           tally.at != base::Time{};
}

// `visit(item, tally)` for each that something was told of.
void each_tally(const auto& blocks, const auto& visit) {
    for (const auto& [number, block] : blocks)
        for (std::size_t place = 0; place < block->size(); ++place)
            if (is_anything((*block)[place]))
                visit(static_cast<ItemNumber>((number * block->size()) + place), (*block)[place]);
}

Result<void> put_tallies(CheckpointWriter& to, const auto& blocks, const learn::Tally& all) {
    std::vector<SavedTally> tallies;
    each_tally(blocks, [&](ItemNumber item, const learn::Tally& tally) {
        tallies.push_back({item, tally});
    });
    ATTUNE_TRY_VOID(to.put(std::span<const learn::Tally>(&all, 1)));
    return to.put(std::span<const SavedTally>(tallies));
}

Result<void> put_seen(CheckpointWriter& to, const std::vector<bool>& seen) {
    std::vector<ItemNumber> items;
    for (std::size_t item = 0; item < seen.size(); ++item)
        if (seen[item]) items.push_back(static_cast<ItemNumber>(item));
    return to.put(std::span<const ItemNumber>(items));
}

Result<void> put_sums(CheckpointWriter& to, const ListSums& sums) {
    return to.put(std::span<const ListSums>(&sums, 1));
}
Result<ListSums> get_sums(CheckpointReader& from) {
    ATTUNE_TRY(const auto sums, from.array<ListSums>(1));
    if (sums.size() != 1) return from.damaged();
    return sums.front();
}

}  // namespace

OutcomeSaver::OutcomeSaver(const OutcomeReading& of)
    : of_(of),
      person_(of.ratings_.by_person_.begin()),
      placement_(of.counts_.begin()),
      lists_(of.lists_) {}

Result<bool> OutcomeSaver::step(CheckpointWriter& to) {
    bool is_part_done = true;
    switch (part_) {
        case Part::items:
            ATTUNE_TRY_VOID(items().write(to, *of_.numbers_));
            break;
        case Part::small:
            ATTUNE_TRY_VOID(to.put(of_.answered_lists_));
            ATTUNE_TRY_VOID(save_weights(to));
            ATTUNE_TRY_VOID(save_tried(to));
            ATTUNE_TRY_VOID(of_.ratings_.refusals_.write(to));
            ATTUNE_TRY_VOID(
                put_tallies(to, of_.ratings_.tallies_.blocks_, of_.ratings_.tallies_.all_));
            ATTUNE_TRY_VOID(to.put(static_cast<std::uint64_t>(of_.ratings_.by_person_.size())));
            break;
        case Part::ratings: {
            ATTUNE_TRY(is_part_done, save_ratings(to));
            break;
        }
        case Part::counts: {
            ATTUNE_TRY(is_part_done, save_counts(to));
            break;
        }
        case Part::lists: {
            ATTUNE_TRY(is_part_done, lists_.step(to));
            break;
        }
        case Part::done:
            return true;
    }
    if (is_part_done) part_ = static_cast<Part>(std::to_underlying(part_) + 1);
    return part_ == Part::done;
}

ItemsNamed OutcomeSaver::items() const {
    ItemsNamed items;
    const auto add = [&](ItemNumber item, const learn::Tally&) { items.add(item); };
    for (const auto& [placement, tried] : of_.tried_.placements_) each_tally(tried.blocks_, add);
    each_tally(of_.ratings_.tallies_.blocks_, add);
    const auto add_seen = [&](const ItemsSeen& some) {
        for (std::size_t item = 0; item < some.seen_.size(); ++item)
            if (some.seen_[item]) items.add(static_cast<ItemNumber>(item));
    };
    // What was seen on a day was seen.
    for (const auto& [placement, counts] : of_.counts_) add_seen(counts.items_);
    lists_.name_items(items);
    return items;
}

Result<void> OutcomeSaver::save_weights(CheckpointWriter& to) const {
    ATTUNE_TRY_VOID(to.put(static_cast<std::uint64_t>(of_.learned_.ways_.size())));
    for (const auto& [placement, ways] : of_.learned_.ways_) {
        ATTUNE_TRY_VOID(to.put(std::string_view(placement)));
        ATTUNE_TRY_VOID(to.put(static_cast<std::uint64_t>(ways.size())));
        for (const LearnedWeights::Way& way : ways) {
            learn::ModelWriter blend("blend", 1);
            way.blend.save(blend);
            ATTUNE_TRY_VOID(to.put(std::string_view(std::move(blend).finish())));
            ATTUNE_TRY_VOID(to.put(way.told.version));
            ATTUNE_TRY_VOID(put_texts(to, way.told.sources));
            ATTUNE_TRY_VOID(to.put(std::span<const double>(way.told.written)));
            ATTUNE_TRY_VOID(to.put(way.told.answers));
            ATTUNE_TRY_VOID(put_time(to, way.told.since));
            ATTUNE_TRY_VOID(put_time(to, way.told.last));
        }
    }
    return {};
}

Result<void> OutcomeSaver::save_tried(CheckpointWriter& to) const {
    ATTUNE_TRY_VOID(to.put(static_cast<std::uint64_t>(of_.tried_.placements_.size())));
    for (const auto& [placement, tried] : of_.tried_.placements_) {
        ATTUNE_TRY_VOID(to.put(std::string_view(placement)));
        ATTUNE_TRY_VOID(put_tallies(to, tried.blocks_, tried.all_));
    }
    return {};
}

Result<bool> OutcomeSaver::save_ratings(CheckpointWriter& to) {
    const auto end = of_.ratings_.by_person_.end();
    for (std::size_t i = 0; i < kPeopleAStep && person_ != end; ++i, ++person_) {
        std::vector<SavedGiven> given;
        for (const ItemRatings::Given& one : person_->second)
            given.push_back({one.item, one.rating, one.time.time_since_epoch().count()});
        ATTUNE_TRY_VOID(put_id(to, person_->first));
        ATTUNE_TRY_VOID(to.put(std::span<const SavedGiven>(given)));
    }
    if (person_ != end) return false;
    ATTUNE_TRY_VOID(to.put(static_cast<std::uint64_t>(of_.counts_.size())));
    return true;
}

Result<bool> OutcomeSaver::save_counts(CheckpointWriter& to) {
    for (std::size_t i = 0; i < kPlacementsAStep && placement_ != of_.counts_.end();
         ++i, ++placement_) {
        const PlacementCounts& counts = placement_->second;
        ATTUNE_TRY_VOID(to.put(std::string_view(placement_->first)));
        ATTUNE_TRY_VOID(put_time(to, counts.since_));
        ATTUNE_TRY_VOID(put_sums(to, counts.all_));
        ATTUNE_TRY_VOID(put_seen(to, counts.items_.seen_));
        ATTUNE_TRY_VOID(to.put(static_cast<std::uint64_t>(counts.days_.size())));
        for (const auto& [day, sums] : counts.days_) {
            ATTUNE_TRY_VOID(to.put(std::int64_t{day.time_since_epoch().count()}));
            ATTUNE_TRY_VOID(put_sums(to, sums.sums));
            ATTUNE_TRY_VOID(put_seen(to, sums.items.seen_));
        }
        ATTUNE_TRY_VOID(to.put(std::span<const ItemSums>(counts.slots_)));
        ATTUNE_TRY_VOID(to.put(static_cast<std::uint64_t>(counts.sources_.size())));
        for (const auto& [source, sums] : counts.sources_) {
            ATTUNE_TRY_VOID(to.put(std::string_view(source)));
            ATTUNE_TRY_VOID(to.put(std::span<const ItemSums>(&sums, 1)));
        }
        ATTUNE_TRY_VOID(to.put(static_cast<std::uint64_t>(counts.versions_.size())));
        for (const auto& [version, sums] : counts.versions_) {
            ATTUNE_TRY_VOID(to.put(version));
            ATTUNE_TRY_VOID(put_sums(to, sums));
        }
    }
    return placement_ == of_.counts_.end();
}

Result<bool> OutcomeLoader::step(CheckpointReader& from) {
    bool is_part_done = true;
    switch (part_) {
        case Part::items:
            ATTUNE_TRY_VOID(items_.read(from, *of_.numbers_));
            break;
        case Part::small: {
            ATTUNE_TRY(answered_lists_, from.get<std::uint64_t>());
            ATTUNE_TRY_VOID(load_weights(from));
            ATTUNE_TRY_VOID(load_tried(from));
            ATTUNE_TRY(ratings_.refusals_, Refusals::read(from));
            ATTUNE_TRY_VOID(load_tallies(from, ratings_.tallies_));
            break;
        }
        case Part::ratings: {
            ATTUNE_TRY(is_part_done, load_ratings(from));
            break;
        }
        case Part::counts: {
            ATTUNE_TRY(is_part_done, load_counts(from));
            break;
        }
        case Part::lists: {
            ATTUNE_TRY(is_part_done, lists_.step(from, items_));
            break;
        }
        case Part::done:
            return true;
    }
    if (!is_part_done) return false;
    part_ = static_cast<Part>(std::to_underlying(part_) + 1);
    left_.reset();
    return part_ == Part::done;
}

Result<void> OutcomeLoader::load_weights(CheckpointReader& from) {
    ATTUNE_TRY(const auto placements, from.get<std::uint64_t>());
    if (placements > LearnedWeights::kPlacementsMax) return from.damaged();
    for (std::uint64_t i = 0; i < placements; ++i) {
        ATTUNE_TRY(const std::string placement, from.text(kTextMax));
        ATTUNE_TRY(const auto ways, from.get<std::uint64_t>());
        if (ways > LearnedWeights::kWaysMax) return from.damaged();
        std::vector<LearnedWeights::Way>& all = learned_.ways_[placement];
        for (std::uint64_t j = 0; j < ways; ++j) {
            ATTUNE_TRY(const std::string bytes, from.text(kBlendBytesMax));
            ATTUNE_TRY(const auto reader, learn::ModelReader::open(bytes));
            ATTUNE_TRY(auto blend, learn::SourceBlend::load(reader));
            LearnedWeights::Way way{.blend = std::move(blend), .told = {}};
            ATTUNE_TRY(way.told.version, from.get<std::uint64_t>());
            ATTUNE_TRY(way.told.sources, get_texts(from, kListSourcesMax));
            ATTUNE_TRY(way.told.written, from.array<double>(kListSourcesMax));
            ATTUNE_TRY(way.told.answers, from.get<std::uint64_t>());
            ATTUNE_TRY(way.told.since, get_time(from));
            ATTUNE_TRY(way.told.last, get_time(from));
            all.push_back(std::move(way));
        }
    }
    return {};
}

Result<void> OutcomeLoader::load_tallies(CheckpointReader& from, ItemTalliesWriter& to) const {
    ATTUNE_TRY(const auto all, from.array<learn::Tally>(1));
    if (all.size() != 1) return from.damaged();
    ATTUNE_TRY(const auto tallies, from.array<SavedTally>(kTalliesMax));
    for (const SavedTally& one : tallies) {
        ATTUNE_TRY(const ItemNumber item, items_.today(from, static_cast<ItemNumber>(one.item)));
        *to.at(item) = one.tally;
    }
    to.all_ = all.front();
    return {};
}

Result<void> OutcomeLoader::load_tried(CheckpointReader& from) {
    ATTUNE_TRY(const auto placements, from.get<std::uint64_t>());
    if (placements > TriedCounts::kPlacementsMax) return from.damaged();
    for (std::uint64_t i = 0; i < placements; ++i) {
        ATTUNE_TRY(const std::string placement, from.text(kTextMax));
        auto& tried =
            tried_.placements_.emplace(placement, ItemTalliesWriter(kTriedMemory)).first->second;
        ATTUNE_TRY_VOID(load_tallies(from, tried));
        tried_.blocks_ += tried.blocks();
    }
    return {};
}

Result<bool> OutcomeLoader::load_ratings(CheckpointReader& from) {
    if (!left_) {
        ATTUNE_TRY(left_, from.get<std::uint64_t>());
        if (*left_ > ItemRatings::kRatingsMax) return from.damaged();
    }
    for (std::size_t i = 0; i < kPeopleAStep && *left_ > 0; ++i, --*left_) {
        ATTUNE_TRY(const auto person, get_id(from));
        ATTUNE_TRY(const auto given, from.array<SavedGiven>(ItemRatings::kRatingsMax));
        auto& theirs = ratings_.by_person_[person];
        for (const SavedGiven& one : given) {
            ATTUNE_TRY(const ItemNumber item, items_.today(from, one.item));
            theirs.push_back({item, one.rating, base::Time(base::Duration(one.time))});
        }
        ratings_.ratings_ += theirs.size();
    }
    return *left_ == 0;
}

Result<void> OutcomeLoader::load_seen(CheckpointReader& from, ItemsSeen& to) const {
    ATTUNE_TRY(const auto items, from.array<ItemNumber>(kTalliesMax));
    for (const ItemNumber then : items) {
        ATTUNE_TRY(const ItemNumber item, items_.today(from, then));
        to.add(item);
    }
    return {};
}

Result<bool> OutcomeLoader::load_counts(CheckpointReader& from) {
    if (!left_) {
        ATTUNE_TRY(left_, from.get<std::uint64_t>());
        if (*left_ > OutcomeReading::kPlacementsMax) return from.damaged();
    }
    for (std::size_t i = 0; i < kPlacementsAStep && *left_ > 0; ++i, --*left_) {
        ATTUNE_TRY(const std::string placement, from.text(kTextMax));
        PlacementCounts& counts = counts_[placement];
        ATTUNE_TRY(counts.since_, get_time(from));
        ATTUNE_TRY(counts.all_, get_sums(from));
        ATTUNE_TRY_VOID(load_seen(from, counts.items_));
        ATTUNE_TRY(const auto days, from.get<std::uint64_t>());
        if (days > PlacementCounts::kDaysMax) return from.damaged();
        for (std::uint64_t j = 0; j < days; ++j) {
            ATTUNE_TRY(const auto day, from.get<std::int64_t>());
            DaySums& sums = counts.days_[std::chrono::sys_days(std::chrono::days(day))];
            ATTUNE_TRY(sums.sums, get_sums(from));
            ATTUNE_TRY_VOID(load_seen(from, sums.items));
        }
        ATTUNE_TRY(counts.slots_, from.array<ItemSums>(PlacementCounts::kSlotsMax));
        ATTUNE_TRY(const auto sources, from.get<std::uint64_t>());
        if (sources > kFromMax) return from.damaged();
        for (std::uint64_t j = 0; j < sources; ++j) {
            ATTUNE_TRY(const std::string source, from.text(kTextMax));
            ATTUNE_TRY(const auto sums, from.array<ItemSums>(1));
            if (sums.size() != 1) return from.damaged();
            counts.sources_[source] = sums.front();
        }
        ATTUNE_TRY(const auto versions, from.get<std::uint64_t>());
        if (versions > PlacementCounts::kVersionsMax) return from.damaged();
        for (std::uint64_t j = 0; j < versions; ++j) {
            ATTUNE_TRY(const auto version, from.get<std::uint64_t>());
            ATTUNE_TRY(counts.versions_[version], get_sums(from));
        }
    }
    return *left_ == 0;
}

void OutcomeLoader::take(const LogMark& mark) {
    of_.mark_ = mark;
    of_.upto_ = mark.last;
    of_.learned_ = std::move(learned_);
    of_.tried_ = std::move(tried_);
    of_.ratings_ = std::move(ratings_);
    of_.answered_lists_ = answered_lists_;
    of_.counts_ = std::move(counts_);
    std::move(lists_).take(of_.lists_);
}

}  // namespace attune::engine
