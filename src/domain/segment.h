// Segment: a name for some of the people. Whoever its condition holds for is in it, from the moment that it does and until
// it does not; nobody is put into one by hand. Rules, experiments, flags and other segments say {"in_segment": id}, and
// what somebody was in is written into every decision about them.
#pragma once

#include "base/json_text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::domain {

enum class SegmentStatus : std::uint8_t { active, paused, draft };

struct Segment {
    std::string name;
    std::optional<std::string> description;
    base::JsonText condition;  // JSONLogic over profile, interests, session and time
    SegmentStatus status = SegmentStatus::active;  // in another one nobody is
    std::optional<std::string> owner;
    std::vector<std::string> tags;
};

}  // namespace attune::domain
