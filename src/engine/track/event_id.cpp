#include "engine/track/event_id.h"

#include <algorithm>

namespace attune::engine {

std::string make_event_id(base::Time now, base::Random& random) {
    base::Id128 id = random.id();
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
    const auto stamp = static_cast<std::uint64_t>(std::max<std::int64_t>(ms, 0));
    for (std::size_t i = 0; i < 6; ++i)
        id.bytes[i] = static_cast<std::uint8_t>(stamp >> (40 - 8 * i));
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x70);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
    std::string text = id.to_text();
    for (const std::size_t at : {20, 16, 12, 8}) text.insert(at, 1, '-');
    return text;
}

}  // namespace attune::engine
