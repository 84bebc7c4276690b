// What checkpoints are made of beside numbers and arrays: times, ids, texts, and what is long, some at a time. Errors of the writer and the reader; damaged where an
// array is longer than it can be.
#pragma once

#include "base/id128.h"
#include "base/time.h"
#include "engine/follow/checkpoint_file.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

[[nodiscard]] inline Result<void> put_time(CheckpointWriter& to, base::Time time) {
    return to.put(std::int64_t{time.time_since_epoch().count()});
}
[[nodiscard]] inline Result<base::Time> get_time(CheckpointReader& from) {
    ATTUNE_TRY(const auto count, from.get<std::int64_t>());
    return base::Time(base::Duration(count));
}

[[nodiscard]] inline Result<void> put_id(CheckpointWriter& to, const base::Id128& id) {
    return to.put(std::span<const base::Id128>(&id, 1));
}
[[nodiscard]] inline Result<base::Id128> get_id(CheckpointReader& from) {
    ATTUNE_TRY(const auto ids, from.array<base::Id128>(1));
    if (ids.size() != 1) return from.damaged();
    return ids.front();
}

// Two ids that go together.
struct SavedIds {
    base::Id128 one;
    base::Id128 other;
};
static_assert(sizeof(SavedIds) == 32);

// At most so many of what is long are written or read in one go.
inline constexpr std::size_t kSomeAtATime = 20'000;

// Writes what `saved(*next)` makes of the next ones, as one array, and moves `next`.
template <class Saved, class Iterator>
[[nodiscard]] Result<void> put_some(CheckpointWriter& to, Iterator& next, Iterator end,
                                    const auto& saved) {
    std::vector<Saved> some;
    for (; some.size() < kSomeAtATime && next != end; ++next) some.push_back(saved(*next));
    return to.put(std::span<const Saved>(some));
}
// What put_some() wrote in one go, of so many that are left.
template <class Saved>
[[nodiscard]] Result<std::vector<Saved>> get_some(CheckpointReader& from, std::uint64_t& left) {
    ATTUNE_TRY(auto some, from.array<Saved>(kSomeAtATime));
    if (some.empty() || some.size() > left) return from.damaged();
    left -= some.size();
    return some;
}

[[nodiscard]] inline Result<void> put_texts(CheckpointWriter& to,
                                            const std::vector<std::string>& texts) {
    ATTUNE_TRY_VOID(to.put(static_cast<std::uint64_t>(texts.size())));
    for (const std::string& one : texts) ATTUNE_TRY_VOID(to.put(std::string_view(one)));
    return {};
}
[[nodiscard]] inline Result<std::vector<std::string>> get_texts(CheckpointReader& from,
                                                                std::size_t count_max) {
    constexpr std::size_t kTextBytesMax = 1u << 16;
    ATTUNE_TRY(const auto count, from.get<std::uint64_t>());
    if (count > count_max) return from.damaged();
    std::vector<std::string> texts(count);
    for (std::string& one : texts) {
        ATTUNE_TRY(one, from.text(kTextBytesMax));
    }
    return texts;
}

}  // namespace attune::engine
