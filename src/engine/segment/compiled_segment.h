// CompiledSegment: a segment as it is asked about: its condition is a program, and it is known what that looks at.
//
// Immutable and thread-safe.
#pragma once

#include "base/result.h"
#include "domain/segment.h"
#include "engine/logic/logic.h"

#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct CompiledSegment {
    // invalid_argument names the place: "/condition/and/0" when it reads what segments do not see (context, variants), or
    // asks for a segment that is only known when it is asked; "/tags/0".
    [[nodiscard]] static Result<CompiledSegment> compile(std::string id,
                                                         domain::Segment definition);

    std::string id;
    domain::Segment definition;
    Logic condition;
    std::vector<LogicRead> asked;  // the segments that the condition asks for
    // By itself, the condition looks only at what is known of somebody: not at the session, and not at the time.
    bool is_lasting = false;

    [[nodiscard]] bool is_active() const {
        return definition.status == domain::SegmentStatus::active;
    }
};

}  // namespace attune::engine
