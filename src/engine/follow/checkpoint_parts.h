// What checkpoints are made of beside numbers and arrays: times, ids, texts. Errors of the writer and the reader; damaged where an
// array is longer than it can be.
#pragma once

#include "base/id128.h"
#include "base/time.h"
#include "engine/follow/checkpoint_file.h"

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
