#include "engine/experiment/questions_image.h"

#include <utility>

namespace attune::engine {
namespace {

// More than there can be is damage.
constexpr std::uint64_t kListenersMax = 1u << 20;
constexpr std::size_t kPrefixBytesMax = 255;

}  // namespace

Result<bool> QuestionsSaver::step(CheckpointWriter& to) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY_VOID(to.put(std::uint64_t{counters_.size()}));
        for (const auto& [prefix, counter] : counters_) ATTUNE_TRY_VOID(put_counter(to, *counter));
        ATTUNE_TRY_VOID(to.put(std::uint64_t{followers_.size()}));
        return followers_.empty();
    }
    if (!saving_) saving_.emplace(*next_->second);
    ATTUNE_TRY(const bool is_one_done, saving_->step(to));
    if (!is_one_done) return false;
    saving_.reset();
    return ++next_ == followers_.end();
}

Result<void> QuestionsLoader::begin(CheckpointReader& from) {
    ATTUNE_TRY(const auto count, from.get<std::uint64_t>());
    if (count > kListenersMax) return from.damaged();
    for (std::uint64_t i = 0; i < count; ++i) {
        ATTUNE_TRY(const std::string prefix, from.text(kPrefixBytesMax));
        auto counter = std::make_unique<ChoiceCounter>(prefix, store::Position{});
        ATTUNE_TRY_VOID(get_counter(from, *counter));
        counters[prefix] = std::move(counter);
    }
    ATTUNE_TRY(left_, from.get<std::uint64_t>());
    return left_ > kListenersMax ? from.damaged() : Result<void>{};
}

Result<bool> QuestionsLoader::step(CheckpointReader& from) {
    if (!std::exchange(is_begun_, true)) {
        ATTUNE_TRY_VOID(begin(from));
        if (left_ > 0) followers.emplace_back();
        return left_ == 0;
    }
    ATTUNE_TRY(const bool is_one_done, followers.back().step(from));
    if (!is_one_done) return false;
    if (--left_ > 0) followers.emplace_back();
    return left_ == 0;
}

std::uint64_t saved_bytes(const FollowersByName& followers) {
    std::uint64_t bytes = 0;
    for (const auto& [of, follower] : followers) bytes += FollowerSaver::bytes(*follower);
    return bytes;
}

}  // namespace attune::engine
