// What requests about experiments look like. Experiments are described in domain/, their results in engine/experiment.
#pragma once

#include "api/wire.h"
#include "engine/experiment/describe.h"

#include <optional>
#include <string>

namespace attune::api::wire {

struct Note {
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(Note, (), (note))

struct Conclusion {
    std::optional<std::string> winner;
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(Conclusion, (), (winner, note))

}  // namespace attune::api::wire

namespace attune::base {

template <>
struct Fields<attune::api::wire::Conclusion> {
    static constexpr FieldRule rules[] = {
        {.name = "winner", .doc = "The variant that stays, if one does."},
        {.name = "note", .doc = "Why; kept in the history.", .length_max = 2'000},
    };
};

}  // namespace attune::base
