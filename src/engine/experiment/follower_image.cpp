#include "engine/experiment/follower_image.h"

#include "engine/follow/checkpoint_parts.h"

#include <utility>

namespace attune::engine {
namespace {

// More than there can be is damage.
constexpr std::size_t kIdsMax = 1u << 28;
constexpr std::size_t kCountsMax = 1u << 24;
constexpr std::size_t kTextMax = 1u << 20;

Result<void> put_ids(CheckpointWriter& to, const auto& ids) {
    std::vector<SavedIds> pairs;
    pairs.reserve(ids.size());
    for (const auto& [one, other] : ids) pairs.push_back({one, other});
    return to.put(std::span<const SavedIds>(pairs));
}

}  // namespace

Result<bool> FollowerSaver::step(CheckpointWriter& to) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY_VOID(begin(to));
        return false;
    }
    if (!has_trails_) {
        ATTUNE_TRY(has_trails_, trails_.step(to));
        return false;
    }
    if (share_ != follower_.shares_.shares_.end()) {
        ATTUNE_TRY_VOID(save_shares(to));
        return false;
    }
    return tally_.step(to);
}

std::uint64_t FollowerSaver::bytes(const Follower& follower) {
    constexpr std::uint64_t kShareBytes = 160;
    return (sizeof(SavedIds) * (follower.merged_.size() + follower.units_.size())) +
           TrailsSaver::bytes(follower.trails_) + (kShareBytes * follower.shares_.shares_.size()) +
           TallySaver::bytes(follower.tally_);
}

Result<void> FollowerSaver::begin(CheckpointWriter& to) const {
    ATTUNE_TRY_VOID(to.put(std::string_view(follower_.of_)));
    ATTUNE_TRY_VOID(to.put(follower_.since_version_));
    ATTUNE_TRY_VOID(to.put(std::string_view(follower_.counted_)));
    ATTUNE_TRY_VOID(to.put(follower_.units_max_));
    ATTUNE_TRY_VOID(put_ids(to, follower_.merged_));
    ATTUNE_TRY_VOID(put_ids(to, follower_.units_));
    return to.put(std::uint64_t{follower_.shares_.shares_.size()});
}

Result<void> FollowerSaver::save_shares(CheckpointWriter& to) {
    const auto end = follower_.shares_.shares_.end();
    for (std::size_t i = 0; i < kSomeAtATime && share_ != end; ++i, ++share_) {
        ATTUNE_TRY_VOID(put_id(to, share_->first));
        ATTUNE_TRY_VOID(to.put(std::uint64_t{share_->second.size()}));
        for (const auto& [group, added] : share_->second) {
            ATTUNE_TRY_VOID(put_id(to, group));
            ATTUNE_TRY_VOID(put_share(to, added));
        }
    }
    return {};
}

Result<bool> FollowerLoader::step(CheckpointReader& from) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY_VOID(begin(from));
        return false;
    }
    if (!has_trails_) {
        ATTUNE_TRY(has_trails_, trails_.step(from));
        return false;
    }
    if (shares_left_ > 0) {
        ATTUNE_TRY_VOID(load_shares(from));
        return false;
    }
    return tally_.step(from);
}

Result<FollowerLoader::Ids> FollowerLoader::load_ids(CheckpointReader& from) {
    ATTUNE_TRY(const auto pairs, from.array<SavedIds>(kIdsMax));
    Ids ids;
    ids.reserve(pairs.size());
    for (const SavedIds& one : pairs) ids.emplace_back(one.one, one.other);
    return ids;
}

Result<void> FollowerLoader::begin(CheckpointReader& from) {
    ATTUNE_TRY(of_, from.text(kTextMax));
    ATTUNE_TRY(since_version_, from.get<std::uint64_t>());
    ATTUNE_TRY(counted_, from.text(kTextMax));
    ATTUNE_TRY(units_max_, from.get<std::uint64_t>());
    ATTUNE_TRY(merged_, load_ids(from));
    ATTUNE_TRY(units_, load_ids(from));
    ATTUNE_TRY(shares_left_, from.get<std::uint64_t>());
    return shares_left_ > kIdsMax ? from.damaged() : Result<void>{};
}

Result<void> FollowerLoader::load_shares(CheckpointReader& from) {
    for (std::size_t i = 0; i < kSomeAtATime && shares_left_ > 0; ++i, --shares_left_) {
        ATTUNE_TRY(const auto person, get_id(from));
        ATTUNE_TRY(const auto groups, from.get<std::uint64_t>());
        if (groups > kIdsMax) return from.damaged();
        auto& shares = shares_[person];
        for (std::uint64_t j = 0; j < groups; ++j) {
            ATTUNE_TRY(const auto group, get_id(from));
            ATTUNE_TRY(auto added, get_share(from));
            shares.push_back({group, std::move(added)});
        }
    }
    return {};
}

bool FollowerLoader::take(Follower& follower) && {
    const bool is_it = follower.of_ == of_ && follower.since_version_ == since_version_ &&
                       follower.counted_ == counted_ && follower.units_max_ == units_max_;
    if (!is_it || !std::move(tally_).take(follower.tally_)) return false;
    std::move(trails_).take(follower.trails_);
    follower.shares_.shares_ = std::move(shares_);
    follower.merged_.insert(merged_.begin(), merged_.end());
    follower.units_.insert(units_.begin(), units_.end());
    return true;
}

Result<void> put_counter(CheckpointWriter& to, const ChoiceCounter& counter) {
    ATTUNE_TRY_VOID(to.put(std::string_view(counter.prefix_)));
    ATTUNE_TRY_VOID(to.put(std::uint8_t{counter.is_full_}));
    ATTUNE_TRY_VOID(to.put(std::uint64_t{counter.counts_.size()}));
    for (const auto& [name, versions] : counter.counts_) {
        ATTUNE_TRY_VOID(to.put(std::string_view(name)));
        ATTUNE_TRY_VOID(to.put(std::uint64_t{versions.size()}));
        for (const ChoiceCounter::OfVersion& one : versions) {
            ATTUNE_TRY_VOID(to.put(one.version));
            ATTUNE_TRY_VOID(to.put(one.count.decisions));
            ATTUNE_TRY_VOID(put_time(to, one.count.last));
        }
    }
    ATTUNE_TRY_VOID(to.put(std::uint64_t{counter.by_day_.size()}));
    for (const auto& [day, decisions] : counter.by_day_) {
        ATTUNE_TRY_VOID(to.put(day));
        ATTUNE_TRY_VOID(to.put(decisions));
    }
    return {};
}

Result<void> get_counter(CheckpointReader& from, ChoiceCounter& counter) {
    ATTUNE_TRY(const auto is_full, from.get<std::uint8_t>());
    counter.is_full_ = is_full != 0;
    ATTUNE_TRY(const auto names, from.get<std::uint64_t>());
    if (names > kCountsMax) return from.damaged();
    for (std::uint64_t i = 0; i < names; ++i) {
        ATTUNE_TRY(const std::string name, from.text(kTextMax));
        ATTUNE_TRY(const auto versions, from.get<std::uint64_t>());
        if (versions > kCountsMax) return from.damaged();
        auto& counted = counter.counts_[name];
        for (std::uint64_t j = 0; j < versions; ++j) {
            ChoiceCounter::OfVersion one;
            ATTUNE_TRY(one.version, from.get<std::uint64_t>());
            ATTUNE_TRY(one.count.decisions, from.get<std::uint64_t>());
            ATTUNE_TRY(one.count.last, get_time(from));
            counted.push_back(one);
        }
    }
    ATTUNE_TRY(const auto days, from.get<std::uint64_t>());
    if (days > kCountsMax) return from.damaged();
    for (std::uint64_t i = 0; i < days; ++i) {
        ATTUNE_TRY(const auto day, from.get<std::int64_t>());
        ATTUNE_TRY(counter.by_day_[day], from.get<std::uint64_t>());
    }
    return {};
}

}  // namespace attune::engine
