// Surroundings: the roots that conditions look into, for one decision: profile, interests, segments, session, context and
// time. Borrows from the facts and the context; lives on the stack.
//
//     const Surroundings around(facts, context, clock.now(), zones);
//     rules.matches(where, {.data = around.data(), .now = now}, unit);
#pragma once

#include "engine/calendar/time_zones.h"
#include "engine/decide/person_facts.h"
#include "engine/logic/logic_value.h"

#include <array>
#include <string>

namespace attune::engine {

class Surroundings {
public:
    Surroundings(const PersonFacts& facts, base::JsonView context, base::Time now,
                 const TimeZones& zones);
    Surroundings(const Surroundings&) = delete;
    Surroundings& operator=(const Surroundings&) = delete;

    [[nodiscard]] LogicValue data() const { return LogicValue(whole_); }

private:
    const std::string now_text_;
    std::array<LogicMember, 4> session_;
    LogicRecord session_record_;
    std::array<LogicMember, 6> time_;
    LogicRecord time_record_;
    LogicList segments_;
    std::array<LogicMember, 6> roots_;
    LogicRecord whole_;
};

}  // namespace attune::engine
