// What requests about segments look like. Segments themselves are described in domain/.
#pragma once

#include "api/wire_rules.h"

#include <optional>
#include <string>
#include <vector>

namespace attune::api::wire {

struct SegmentTest {
    base::JsonText segment;
    std::optional<std::string> user_id;
    base::JsonText data;
};
BOOST_DESCRIBE_STRUCT(SegmentTest, (), (segment, user_id, data))

struct SegmentTestReply {
    bool matches = false;
    base::JsonText value;  // of the condition
    std::vector<TraceStep> trace;
};
BOOST_DESCRIBE_STRUCT(SegmentTestReply, (), (matches, value, trace))

}  // namespace attune::api::wire

namespace attune::base {

template <>
struct Fields<attune::api::wire::SegmentTest> {
    static constexpr FieldRule rules[] = {
        {.name = "segment", .doc = "As it would be saved.", .object = true},
        {.name = "user_id", .length_min = 1, .length_max = domain::limits::kIdBytesMax},
        {.name = "data",
         .doc = "What the condition looks into, instead of the person's.",
         .object = true},
    };
};

}  // namespace attune::base
