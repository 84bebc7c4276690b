#include "engine/segment/compiled_segment.h"

#include "base/field_error.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kTagBytesMax = 100;

Result<void> check_tags(const domain::Segment& segment) {
    for (std::size_t i = 0; i < segment.tags.size(); ++i) {
        const std::size_t size = segment.tags[i].size();
        if (size == 0 || size > kTagBytesMax)
            return fail_field("/tags/" + std::to_string(i), "must have 1 to 100 bytes");
    }
    return {};
}

// A segment says who somebody is, wherever they are asked about and whatever they are shown.
Result<void> check_reads(const Logic& condition) {
    for (const LogicRead& read : condition.reads()) {
        if (read.root == "context" || read.root == "variants")
            return fail_field(read.pointer, "a segment does not see " + read.root +
                                                ": only profile, interests, session and time");
        if (read.root == "segments")
            return fail_field(read.pointer,
                              R"(another segment is asked for by {"in_segment": "its id"})");
    }
    for (const LogicRead& asked : condition.segments_asked())
        if (asked.member.empty()) return fail_field(asked.pointer, "the id of a segment, as it is");
    return {};
}

bool looks_at_the_person_alone(const Logic& condition) {
    if (condition.asks_the_time()) return false;
    return std::ranges::all_of(condition.reads(), [](const LogicRead& read) {
        return read.root == "profile" || read.root == "interests";
    });
}

}  // namespace

Result<CompiledSegment> CompiledSegment::compile(std::string id, domain::Segment definition) {
    ATTUNE_TRY_VOID(check_tags(definition));
    if (definition.condition.is_null())
        return fail_field("/condition", "is needed; true is everybody");
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(definition.condition.text()));
    auto condition = Logic::compile(document.root());
    if (!condition) return base::error_below("/condition", condition.error());
    if (auto fine = check_reads(*condition); !fine)
        return base::error_below("/condition", fine.error());
    CompiledSegment compiled{.id = std::move(id),
                             .definition = std::move(definition),
                             .condition = *std::move(condition),
                             .asked = {},
                             .is_lasting = false};
    compiled.asked = compiled.condition.segments_asked();
    compiled.is_lasting = looks_at_the_person_alone(compiled.condition);
    return compiled;
}

}  // namespace attune::engine
