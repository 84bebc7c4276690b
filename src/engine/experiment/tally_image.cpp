#include "engine/experiment/tally_image.h"

#include "engine/follow/checkpoint_parts.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kAStep = 50'000;
// More than there can be is damage.
constexpr std::size_t kCellsMax = 1u << 20;
constexpr std::size_t kBucketsMax = 1u << 20;
constexpr std::uint64_t kUnitsMax = std::uint64_t{1} << 32;

struct SavedUnit {
    UnitKey unit;
    std::int64_t exposed_us = 0;
    std::uint32_t values = 0;
    std::uint32_t segments = 0;
    std::uint32_t version = 0;
    std::uint32_t arm = 0;
};
static_assert(sizeof(SavedUnit) == 40);
struct SavedValue {
    double value = 0;
    double denominator = 0;
    double covariate = 0;
    std::uint64_t events = 0;
};
static_assert(sizeof(SavedValue) == 32);

SavedValue saved(const Tally::Value& one) {
    return {one.value, one.denominator, one.covariate, one.events};
}
Tally::Value value_of(const SavedValue& one) {
    return {.value = one.value,
            .denominator = one.denominator,
            .covariate = one.covariate,
            .events = static_cast<std::uint32_t>(one.events)};
}
struct SavedBucket {
    std::int64_t bucket = 0;
    std::uint64_t count = 0;
};
static_assert(sizeof(learn::SampleSums) == 15 * 8);

}  // namespace

Result<void> put_sketch(CheckpointWriter& to, const QuantileSketch& sketch) {
    std::vector<SavedBucket> buckets;
    for (const auto& [bucket, count] : sketch.buckets_) buckets.push_back({bucket, count});
    ATTUNE_TRY_VOID(to.put(sketch.n_));
    return to.put(std::span<const SavedBucket>(buckets));
}

Result<QuantileSketch> get_sketch(CheckpointReader& from) {
    QuantileSketch sketch;
    ATTUNE_TRY(sketch.n_, from.get<std::uint64_t>());
    ATTUNE_TRY(const auto buckets, from.array<SavedBucket>(kBucketsMax));
    for (const SavedBucket& one : buckets)
        sketch.buckets_[static_cast<std::int32_t>(one.bucket)] = one.count;
    return sketch;
}

Result<void> put_ages(CheckpointWriter& to, const AgeBuckets& ages) {
    ATTUNE_TRY_VOID(to.put(std::uint64_t{ages.arms_}));
    ATTUNE_TRY_VOID(to.put(std::uint8_t{ages.begin_.has_value()}));
    ATTUNE_TRY_VOID(put_time(to, ages.begin_.value_or(base::Time{})));
    ATTUNE_TRY_VOID(to.put(std::int64_t{ages.length_.count()}));
    ATTUNE_TRY_VOID(put_time(to, ages.newest_));
    return to.put(std::span<const learn::SampleSums>(ages.sums_));
}

Result<AgeBuckets> get_ages(CheckpointReader& from) {
    ATTUNE_TRY(const auto arms, from.get<std::uint64_t>());
    ATTUNE_TRY(const auto has_begin, from.get<std::uint8_t>());
    ATTUNE_TRY(const base::Time begin, get_time(from));
    AgeBuckets ages(arms, has_begin != 0 ? std::optional(begin) : std::nullopt);
    ATTUNE_TRY(const auto length, from.get<std::int64_t>());
    ages.length_ = base::Duration(length);
    ATTUNE_TRY(ages.newest_, get_time(from));
    ATTUNE_TRY(ages.sums_, from.array<learn::SampleSums>(kCellsMax));
    const bool is_whole = arms > 0 && length > 0 && ages.sums_.size() % arms == 0 &&
                          ages.sums_.size() <= arms * AgeBuckets::kBuckets;
    if (!is_whole) return from.damaged();
    return ages;
}

namespace {

Result<void> put_counts(CheckpointWriter& to, const auto& counts) {
    ATTUNE_TRY_VOID(to.put(std::span<const std::uint64_t>(counts.units)));
    ATTUNE_TRY_VOID(to.put(std::span<const learn::SampleSums>(counts.sums)));
    for (const QuantileSketch& one : counts.sketches) ATTUNE_TRY_VOID(put_sketch(to, one));
    return {};
}

}  // namespace

Result<bool> TallySaver::step(CheckpointWriter& to) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY_VOID(save_sums(to));
        return false;
    }
    if (unit_ != tally_.units_.end()) {
        ATTUNE_TRY_VOID(save_units(to));
        return false;
    }
    ATTUNE_TRY_VOID(save_values(to));
    return value_ == tally_.values_.size();
}

std::uint64_t TallySaver::bytes(const Tally& tally) {
    return (sizeof(SavedUnit) * tally.units_.size()) + (sizeof(SavedValue) * tally.values_.size());
}

Result<void> TallySaver::save_sums(CheckpointWriter& to) const {
    ATTUNE_TRY_VOID(to.put(std::span<const std::uint64_t>(tally_.versions_)));
    ATTUNE_TRY_VOID(to.put(std::uint64_t{tally_.drawn_.size()}));
    for (const auto& [version, units] : tally_.drawn_) {
        ATTUNE_TRY_VOID(to.put(version));
        ATTUNE_TRY_VOID(to.put(std::span<const std::uint64_t>(units)));
    }
    ATTUNE_TRY_VOID(put_texts(to, tally_.segments_));
    ATTUNE_TRY_VOID(put_counts(to, tally_.all_));
    for (const Tally::Counts& one : tally_.of_segments_) ATTUNE_TRY_VOID(put_counts(to, one));
    ATTUNE_TRY_VOID(to.put(std::uint8_t{tally_.ages_.has_value()}));
    if (tally_.ages_) ATTUNE_TRY_VOID(put_ages(to, *tally_.ages_));
    ATTUNE_TRY_VOID(to.put(std::span<const std::uint32_t>(tally_.spare_)));
    ATTUNE_TRY_VOID(to.put(std::uint64_t{tally_.units_.size()}));
    return to.put(std::uint64_t{tally_.values_.size()});
}

Result<void> TallySaver::save_units(CheckpointWriter& to) {
    std::vector<SavedUnit> units;
    for (; units.size() < kAStep && unit_ != tally_.units_.end(); ++unit_) {
        const Tally::Unit& one = unit_->second;
        units.push_back(
            {unit_->first, one.exposed_us, one.values, one.segments, one.version, one.arm});
    }
    return to.put(std::span<const SavedUnit>(units));
}

Result<void> TallySaver::save_values(CheckpointWriter& to) {
    std::vector<SavedValue> values;
    for (; values.size() < kAStep && value_ < tally_.values_.size(); ++value_)
        values.push_back(saved(tally_.values_[value_]));
    return to.put(std::span<const SavedValue>(values));
}

Result<bool> TallyLoader::step(CheckpointReader& from) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY_VOID(load_sums(from));
        return false;
    }
    if (units_left_ > 0) {
        ATTUNE_TRY_VOID(load_units(from));
        return false;
    }
    ATTUNE_TRY_VOID(load_values(from));
    return values_left_ == 0;
}

Result<TallyLoader::SavedCounts> TallyLoader::load_counts(CheckpointReader& from) {
    SavedCounts counts;
    ATTUNE_TRY(counts.units, from.array<std::uint64_t>(kCellsMax));
    ATTUNE_TRY(counts.sums, from.array<learn::SampleSums>(kCellsMax));
    for (std::size_t i = 0; i < counts.sums.size(); ++i) {
        ATTUNE_TRY(auto sketch, get_sketch(from));
        counts.sketches.push_back(std::move(sketch));
    }
    return counts;
}

Result<void> TallyLoader::load_sums(CheckpointReader& from) {
    ATTUNE_TRY(versions_, from.array<std::uint64_t>(kCellsMax));
    ATTUNE_TRY(const auto drawn, from.get<std::uint64_t>());
    if (drawn > kCellsMax) return from.damaged();
    for (std::uint64_t i = 0; i < drawn; ++i) {
        ATTUNE_TRY(const auto version, from.get<std::uint64_t>());
        ATTUNE_TRY(drawn_[version], from.array<std::uint64_t>(kCellsMax));
    }
    ATTUNE_TRY(segments_, get_texts(from, Tally::kSegmentsMax));
    ATTUNE_TRY(all_, load_counts(from));
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        ATTUNE_TRY(auto counts, load_counts(from));
        of_segments_.push_back(std::move(counts));
    }
    ATTUNE_TRY_VOID(load_ages(from));
    ATTUNE_TRY(spare_, from.array<std::uint32_t>(kUnitsMax));
    ATTUNE_TRY(units_left_, from.get<std::uint64_t>());
    ATTUNE_TRY(values_left_, from.get<std::uint64_t>());
    return units_left_ > kUnitsMax || values_left_ > kUnitsMax ? from.damaged() : Result<void>{};
}

Result<void> TallyLoader::load_ages(CheckpointReader& from) {
    ATTUNE_TRY(const auto has_ages, from.get<std::uint8_t>());
    if (has_ages == 0) return {};
    ATTUNE_TRY(ages_, get_ages(from));
    return {};
}

Result<void> TallyLoader::load_units(CheckpointReader& from) {
    ATTUNE_TRY(const auto units, from.array<SavedUnit>(kAStep));
    if (units.empty() || units.size() > units_left_) return from.damaged();
    units_left_ -= units.size();
    for (const SavedUnit& one : units) {
        if (one.version >= versions_.size()) return from.damaged();
        units_[one.unit] = {.exposed_us = one.exposed_us,
                            .values = one.values,
                            .segments = one.segments,
                            .version = static_cast<std::uint16_t>(one.version),
                            .arm = static_cast<std::uint8_t>(one.arm)};
    }
    return {};
}

Result<void> TallyLoader::load_values(CheckpointReader& from) {
    ATTUNE_TRY(const auto values, from.array<SavedValue>(kAStep));
    if (values.size() > values_left_ || (values.empty() && values_left_ > 0)) return from.damaged();
    values_left_ -= values.size();
    for (const SavedValue& one : values) values_.push_back(value_of(one));
    return {};
}

bool TallyLoader::fits(const SavedCounts& saved, const Tally::Counts& counts) {
    return saved.units.size() == counts.units.size() && saved.sums.size() == counts.sums.size();
}

void TallyLoader::put(SavedCounts saved, Tally::Counts& counts) {
    counts.units = std::move(saved.units);
    counts.sums = std::move(saved.sums);
    counts.sketches = std::move(saved.sketches);
}

// A checksum says that it is as it was written; this, that it was written of such a question.
bool TallyLoader::take(Tally& tally) && {
    const std::size_t metrics = tally.definition_.metrics.size();
    const auto is_sound = [&](const auto& one) {
        const Tally::Unit& unit = one.second;
        const bool has_values = unit.values != Tally::kNothing;
        return unit.arm < tally.arms() && (std::uint64_t{unit.segments} >> segments_.size()) == 0 &&
               (!has_values || (std::size_t{unit.values} + metrics) <= values_.size());
    };
    const bool is_it =
        fits(*all_, tally.all_) && ages_.has_value() == tally.ages_.has_value() &&
        std::ranges::all_of(of_segments_,
                            [&](const SavedCounts& one) { return fits(one, tally.all_); }) &&
        std::ranges::all_of(units_, is_sound);
    if (!is_it) return false;
    put(*std::move(all_), tally.all_);
    tally.of_segments_.clear();
    for (SavedCounts& one : of_segments_)
        put(std::move(one),
            tally.of_segments_.emplace_back(tally.arms(), tally.definition_.metrics.size()));
    tally.versions_ = std::move(versions_);
    tally.drawn_ = std::move(drawn_);
    tally.segments_ = std::move(segments_);
    tally.ages_ = std::move(ages_);
    tally.spare_ = std::move(spare_);
    tally.units_ = std::move(units_);
    tally.values_ = std::move(values_);
    return true;
}

Result<void> put_share(CheckpointWriter& to, const Tally::Share& share) {
    std::vector<SavedValue> values;
    for (const Tally::Value& one : share) values.push_back(saved(one));
    return to.put(std::span<const SavedValue>(values));
}

Result<Tally::Share> get_share(CheckpointReader& from) {
    ATTUNE_TRY(const auto values, from.array<SavedValue>(kCellsMax));
    Tally::Share share;
    for (const SavedValue& one : values) share.push_back(value_of(one));
    return share;
}

}  // namespace attune::engine
