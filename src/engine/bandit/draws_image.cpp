#include "engine/bandit/draws_image.h"

#include "engine/bandit/known_features.h"
#include "engine/follow/checkpoint_parts.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

// More than there can be is damage.
constexpr std::uint64_t kDrawsMax = 1u << 28;

struct SavedDraw {
    base::Id128 unit;
    std::int64_t at_us = 0;
    double probability = 1;
    double value = 0;
    double total = 0;
    std::uint64_t row = 0;
    std::uint32_t arm = 0;
    std::uint32_t numbers = 0;  // how many, behind all draws of the same go
};
static_assert(sizeof(SavedDraw) == 64);

SavedIds saved_pair(const auto& pair) { return {pair.first, pair.second}; }

}  // namespace

Result<NumbersReader> NumbersReader::read(CheckpointReader& from, std::size_t most) {
    NumbersReader reader;
    ATTUNE_TRY(reader.numbers_, from.array<float>(most * kFeatureNumbers));
    return reader;
}

Result<std::vector<float>> NumbersReader::next(const CheckpointReader& from, std::uint64_t size) {
    if (size > numbers_.size() - at_) return from.damaged();
    const auto begin = numbers_.begin() + static_cast<std::ptrdiff_t>(at_);
    at_ += size;
    return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(size));
}

std::uint64_t DrawsSaver::bytes(const RewardedDraws& draws) {
    return (sizeof(SavedDraw) * draws.open_.size()) + (sizeof(UnitKey) * draws.oldest_.size()) +
           (sizeof(SavedIds) * (draws.current_.size() + draws.decided_.size())) +
           TrailsSaver::bytes(draws.trails_);
}

Result<bool> DrawsSaver::step(CheckpointWriter& to) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY_VOID(put_time(to, draws_.now_));
        ATTUNE_TRY_VOID(to.put(std::uint64_t{draws_.open_.size()}));
        ATTUNE_TRY_VOID(to.put(std::uint64_t{draws_.oldest_.size()}));
        ATTUNE_TRY_VOID(to.put(std::uint64_t{draws_.current_.size()}));
        ATTUNE_TRY_VOID(to.put(std::uint64_t{draws_.decided_.size()}));
        return false;
    }
    const auto save = [](auto saved) -> Result<bool> {
        if (!saved) return std::unexpected(saved.error());
        return false;
    };
    const auto as_is = [](const UnitKey& unit) { return unit; };
    const auto as_pair = [](const auto& pair) { return saved_pair(pair); };
    if (open_ != draws_.open_.end()) return save(save_open(to));
    if (oldest_ != draws_.oldest_.end())
        return save(put_some<UnitKey>(to, oldest_, draws_.oldest_.end(), as_is));
    if (current_ != draws_.current_.end())
        return save(put_some<SavedIds>(to, current_, draws_.current_.end(), as_pair));
    if (decided_ != draws_.decided_.end())
        return save(put_some<SavedIds>(to, decided_, draws_.decided_.end(), as_pair));
    return trails_.step(to);
}

Result<void> DrawsSaver::save_open(CheckpointWriter& to) {
    std::vector<float> numbers;
    ATTUNE_TRY_VOID(put_some<SavedDraw>(to, open_, draws_.open_.end(), [&](const auto& one) {
        const Draw& draw = one.second;
        numbers.insert(numbers.end(), draw.numbers.begin(), draw.numbers.end());
        return SavedDraw{.unit = one.first,
                         .at_us = draw.at.time_since_epoch().count(),
                         .probability = draw.probability,
                         .value = draw.value,
                         .total = draw.total,
                         .row = draw.row,
                         .arm = static_cast<std::uint32_t>(draw.arm),
                         .numbers = static_cast<std::uint32_t>(draw.numbers.size())};
    }));
    return to.put(std::span<const float>(numbers));
}

Result<bool> DrawsLoader::step(CheckpointReader& from) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY(now_, get_time(from));
        for (std::uint64_t* left : {&open_left_, &oldest_left_, &current_left_, &decided_left_}) {
            ATTUNE_TRY(*left, from.get<std::uint64_t>());
            if (*left > kDrawsMax) return from.damaged();
        }
        return false;
    }
    if (open_left_ == 0) return load_names(from);
    ATTUNE_TRY_VOID(load_open(from));
    return false;
}

Result<void> DrawsLoader::load_open(CheckpointReader& from) {
    ATTUNE_TRY(const auto some, get_some<SavedDraw>(from, open_left_));
    ATTUNE_TRY(auto numbers, NumbersReader::read(from, some.size()));
    for (const SavedDraw& one : some) {
        Draw& draw = open_[one.unit];
        draw = {.arm = one.arm,
                .probability = one.probability,
                .at = base::Time(base::Duration(one.at_us)),
                .value = one.value,
                .total = one.total,
                .row = one.row};
        ATTUNE_TRY(draw.numbers, numbers.next(from, one.numbers));
    }
    return {};
}

Result<bool> DrawsLoader::load_names(CheckpointReader& from) {
    if (oldest_left_ > 0) {
        ATTUNE_TRY(const auto some, get_some<UnitKey>(from, oldest_left_));
        oldest_.insert(oldest_.end(), some.begin(), some.end());
        return false;
    }
    for (auto [left, names] :
         {std::pair{&current_left_, &current_}, std::pair{&decided_left_, &decided_}}) {
        if (*left == 0) continue;
        ATTUNE_TRY(const auto some, get_some<SavedIds>(from, *left));
        for (const SavedIds& one : some) names->insert_or_assign(one.one, one.other);
        return false;
    }
    return trails_.step(from);
}

bool DrawsLoader::fit(const Of& of) const {
    return std::ranges::all_of(open_, [&](const auto& one) {
        const Draw& draw = one.second;
        if (draw.arm + 1 == of.arms) return true;
        return draw.arm < of.arms && draw.row < of.rows && draw.numbers.size() == of.numbers;
    });
}

void DrawsLoader::take(RewardedDraws& draws) && {
    draws.now_ = now_;
    draws.open_ = std::move(open_);
    draws.oldest_ = std::move(oldest_);
    draws.current_ = std::move(current_);
    draws.decided_ = std::move(decided_);
    std::move(trails_).take(draws.trails_);
}

}  // namespace attune::engine
