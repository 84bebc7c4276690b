#include "engine/experiment/trails_image.h"

#include "engine/follow/checkpoint_parts.h"

#include <utility>

namespace attune::engine {
namespace {

// More than there can be is damage.
constexpr std::uint64_t kTrailsMax = 1u << 28;

}  // namespace

std::uint64_t TrailsSaver::bytes(const ExposureTrails& trails) {
    constexpr std::uint64_t kTrailBytes = 80;
    return kTrailBytes * trails.trails_.size();
}

Result<bool> TrailsSaver::step(CheckpointWriter& to) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY_VOID(to.put(std::uint64_t{trails_.size()}));
        return trails_.empty();
    }
    for (std::size_t i = 0; i < kSomeAtATime && next_ != trails_.end(); ++i, ++next_) {
        ATTUNE_TRY_VOID(put_id(to, next_->first));
        ATTUNE_TRY_VOID(put_time(to, next_->second.session_begin));
        ATTUNE_TRY_VOID(put_time(to, next_->second.session_end));
        std::vector<SavedIds> decisions;
        for (const auto& [id, unit] : next_->second.decisions) decisions.push_back({id, unit});
        ATTUNE_TRY_VOID(to.put(std::span<const SavedIds>(decisions)));
    }
    return next_ == trails_.end();
}

Result<bool> TrailsLoader::step(CheckpointReader& from) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY(left_, from.get<std::uint64_t>());
        if (left_ > kTrailsMax) return from.damaged();
        return left_ == 0;
    }
    for (std::size_t i = 0; i < kSomeAtATime && left_ > 0; ++i, --left_) {
        ATTUNE_TRY(const auto person, get_id(from));
        ExposureTrails::Trail& trail = trails_[person];
        ATTUNE_TRY(trail.session_begin, get_time(from));
        ATTUNE_TRY(trail.session_end, get_time(from));
        ATTUNE_TRY(const auto decisions, from.array<SavedIds>(ExposureTrails::kDecisionsMax * 2));
        for (const SavedIds& one : decisions) trail.decisions.push_back({one.one, one.other});
    }
    return left_ == 0;
}

}  // namespace attune::engine
