// What a definition is held against when it is shown: the segments that there are, the events that were sent.
//
//     ATTUNE_TRY(const Circumstances around, circumstances_of(call));
//     engine::rule_warnings(rule, around.view())
#pragma once

#include "api/call.h"
#include "engine/decide/definition_warnings.h"
#include "engine/segment/segment_set.h"

#include <memory>
#include <string_view>

namespace attune::api {

struct Circumstances {
    std::shared_ptr<const engine::SegmentSet> segments;
    std::shared_ptr<const engine::HeardNames> heard;

    [[nodiscard]] engine::DefinitionCircumstances view() const {
        return {[this](std::string_view id) { return segments->has(id); }, *heard};
    }
};

// May read some of the log: only of routes that wait.
[[nodiscard]] Result<Circumstances> circumstances_of(const Call& call);

// The schema of `warnings`, as definition_schema() takes it.
inline constexpr std::string_view kWarningsSchema =
    R"("warnings":{"type":"array","items":{"type":"string"},"description":"What of it comes to nothing as things are, each with its place: a segment that there is not, an event that was never sent."})";

}  // namespace attune::api
