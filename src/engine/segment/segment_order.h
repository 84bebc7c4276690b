// The order in which segments are worked out. Internal to engine/segment.
#pragma once

#include "base/result.h"
#include "engine/segment/compiled_segment.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace attune::engine {

// The numbers of all segments (which are sorted by id), each after those that it asks for. invalid_argument when some go in
// a circle; it names the place in the segment `first`, if that is one of them, for it is the one that closed the circle.
[[nodiscard]] Result<std::vector<std::uint32_t>> segment_order(
    std::span<const CompiledSegment> segments, std::optional<std::uint32_t> first);

// The number of the segment; empty when there is none.
[[nodiscard]] std::optional<std::uint32_t> find_segment(std::span<const CompiledSegment> segments,
                                                        std::string_view id);

}  // namespace attune::engine
