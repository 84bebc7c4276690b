#include "engine/bandit/learner_image.h"

#include "engine/bandit/draws_image.h"
#include "engine/follow/checkpoint_parts.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

// More than there can be is damage.
constexpr std::uint64_t kArmsMax = 1u << 16;
constexpr std::uint64_t kPendingMax = 1u << 28;

struct SavedPending {
    std::int64_t at_us = 0;
    double value = 0;
    std::uint32_t arm = 0;
    std::uint32_t numbers = 0;  // how many, behind all draws of the same go
};
static_assert(sizeof(SavedPending) == 24);
static_assert(sizeof(WeighedSums) == 64 && sizeof(learn::Tally) == 32);

Result<void> put_linear(CheckpointWriter& to, const learn::LinearTally& tally) {
    ATTUNE_TRY_VOID(to.put(std::span<const double>(tally.gram)));
    ATTUNE_TRY_VOID(to.put(std::span<const double>(tally.reward_sums)));
    return put_time(to, tally.at);
}

Result<learn::LinearTally> get_linear(CheckpointReader& from) {
    learn::LinearTally tally;
    ATTUNE_TRY(tally.gram, from.array<double>(learn::kFeaturesMax * learn::kFeaturesMax));
    ATTUNE_TRY(tally.reward_sums, from.array<double>(learn::kFeaturesMax));
    ATTUNE_TRY(tally.at, get_time(from));
    return tally;
}

}  // namespace

std::uint64_t LearnerSaver::bytes(const BanditLearner& learner) {
    std::uint64_t each = sizeof(SavedPending);
    if (!learner.knowledge_.linear.empty())
        each += learner.knowledge_.linear.front().features() * sizeof(float);
    return each * learner.pending_.size();
}

Result<bool> LearnerSaver::step(CheckpointWriter& to) {
    const auto end = learner_.pending_.end();
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY_VOID(save_sums(to));
        return next_ == end;
    }
    std::vector<float> numbers;
    ATTUNE_TRY_VOID(put_some<SavedPending>(to, next_, end, [&](const auto& one) {
        numbers.insert(numbers.end(), one.numbers.begin(), one.numbers.end());
        return SavedPending{.at_us = one.at.time_since_epoch().count(),
                            .value = one.value,
                            .arm = static_cast<std::uint32_t>(one.arm),
                            .numbers = static_cast<std::uint32_t>(one.numbers.size())};
    }));
    ATTUNE_TRY_VOID(to.put(std::span<const float>(numbers)));
    return next_ == end;
}

Result<void> LearnerSaver::save_sums(CheckpointWriter& to) const {
    ATTUNE_TRY_VOID(to.put(learner_.settled_));
    ATTUNE_TRY_VOID(to.put(std::span<const WeighedSums>(learner_.sums_)));
    ATTUNE_TRY_VOID(to.put(std::span<const learn::Tally>(learner_.knowledge_.tallies)));
    ATTUNE_TRY_VOID(to.put(std::uint64_t{learner_.knowledge_.linear.size()}));
    for (const learn::LinearTally& one : learner_.knowledge_.linear)
        ATTUNE_TRY_VOID(put_linear(to, one));
    return to.put(std::uint64_t{learner_.pending_.size()});
}

Result<bool> LearnerLoader::step(CheckpointReader& from) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY_VOID(load_sums(from));
        return left_ == 0;
    }
    ATTUNE_TRY(const auto some, get_some<SavedPending>(from, left_));
    ATTUNE_TRY(auto numbers, NumbersReader::read(from, some.size()));
    for (const SavedPending& one : some) {
        auto& pending = pending_.emplace_back();
        pending.arm = one.arm;
        pending.at = base::Time(base::Duration(one.at_us));
        pending.value = one.value;
        ATTUNE_TRY(pending.numbers, numbers.next(from, one.numbers));
    }
    return left_ == 0;
}

Result<void> LearnerLoader::load_sums(CheckpointReader& from) {
    ATTUNE_TRY(settled_, from.get<std::uint64_t>());
    ATTUNE_TRY(sums_, from.array<WeighedSums>(kArmsMax));
    ATTUNE_TRY(knowledge_.tallies, from.array<learn::Tally>(kArmsMax));
    ATTUNE_TRY(const auto linear, from.get<std::uint64_t>());
    if (linear > kArmsMax) return from.damaged();
    for (std::uint64_t i = 0; i < linear; ++i) {
        ATTUNE_TRY(auto one, get_linear(from));
        knowledge_.linear.push_back(std::move(one));
    }
    ATTUNE_TRY(left_, from.get<std::uint64_t>());
    return left_ > kPendingMax ? from.damaged() : Result<void>{};
}

bool LearnerLoader::fits(const BanditLearner& learner) const {
    const BanditKnowledge& known = learner.knowledge_;
    const std::size_t numbers = known.linear.empty() ? 0 : known.linear.front().features();
    const auto is_alike = [](const learn::LinearTally& one, const learn::LinearTally& other) {
        return one.gram.size() == other.gram.size() && one.features() == other.features();
    };
    return sums_.size() == learner.sums_.size() &&
           knowledge_.tallies.size() == known.tallies.size() &&
           std::ranges::equal(knowledge_.linear, known.linear, is_alike) &&
           std::ranges::all_of(pending_, [&](const auto& one) {
               return one.arm < known.tallies.size() && one.numbers.size() == numbers;
           });
}

void LearnerLoader::take(BanditLearner& learner) && {
    learner.settled_ = settled_;
    learner.sums_ = std::move(sums_);
    learner.knowledge_ = std::move(knowledge_);
    learner.pending_ = std::move(pending_);
}

}  // namespace attune::engine
