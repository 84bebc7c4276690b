#include "engine/bandit/bandits_image.h"

#include "engine/bandit/known_features.h"

#include <utility>

namespace attune::engine {
namespace {

// More than there can be is damage.
constexpr std::uint64_t kBanditsMax = 1u << 20;
constexpr std::size_t kTextMax = 1u << 20;

}  // namespace

std::uint64_t BanditsSaver::bytes(const FollowedBandits& followed) {
    std::uint64_t bytes = 0;
    for (const auto& [id, one] : followed)
        bytes += LearnerSaver::bytes(one->learner) + DrawsSaver::bytes(one->draws);
    return bytes;
}

Result<bool> BanditsSaver::step(CheckpointWriter& to) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY_VOID(to.put(std::uint64_t{followed_.size()}));
        return followed_.empty();
    }
    if (!saving_) {
        const FollowedBandit& one = *next_->second;
        saving_.emplace(LearnerSaver(one.learner), DrawsSaver(one.draws));
        ATTUNE_TRY_VOID(to.put(std::string_view(next_->first)));
        ATTUNE_TRY_VOID(to.put(std::string_view(one.learned)));
        return false;
    }
    if (!saving_->has_learner) {
        ATTUNE_TRY(saving_->has_learner, saving_->learner.step(to));
        return false;
    }
    ATTUNE_TRY(const bool is_one_done, saving_->draws.step(to));
    if (!is_one_done) return false;
    saving_.reset();
    return ++next_ == followed_.end();
}

Result<bool> BanditLoader::step(CheckpointReader& from) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY(id_, from.text(kTextMax));
        ATTUNE_TRY(learned_, from.text(kTextMax));
        return false;
    }
    if (!has_learner_) {
        ATTUNE_TRY(has_learner_, learner_.step(from));
        return false;
    }
    return draws_.step(from);
}

// A checksum says that it is as it was written; this, that it was written of such a bandit.
bool BanditLoader::take(FollowedBandit& bandit) && {
    const DrawsLoader::Of of{.arms = bandit.learner.sums().size(),
                             .rows = learner_.rows(),
                             .numbers = bandit.learner.is_linear() ? kFeatureNumbers : 0};
    if (bandit.learned != learned_ || !learner_.fits(bandit.learner) || !draws_.fit(of))
        return false;
    std::move(learner_).take(bandit.learner);
    std::move(draws_).take(bandit.draws);
    return true;
}

Result<bool> BanditsLoader::step(CheckpointReader& from) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY(left_, from.get<std::uint64_t>());
        if (left_ > kBanditsMax) return from.damaged();
        if (left_ > 0) bandits_.emplace_back();
        return left_ == 0;
    }
    ATTUNE_TRY(const bool is_one_done, bandits_.back().step(from));
    if (!is_one_done) return false;
    if (--left_ > 0) bandits_.emplace_back();
    return left_ == 0;
}

}  // namespace attune::engine
