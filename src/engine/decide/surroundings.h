// Surroundings: the roots that conditions look into, for one decision: profile, interests, segments, session, context, time
// and, once they are known, variants. Borrows from the facts, the segments and the context; lives on the stack.
//
//     const Surroundings around(facts, segments, context, {clock.now(), zones, budget});
//     rules.matches(where, around.input(), unit);
#pragma once

#include "engine/calendar/time_zones.h"
#include "engine/decide/person_facts.h"
#include "engine/logic/logic.h"
#include "engine/logic/logic_budget.h"

#include <array>
#include <span>
#include <string>
#include <vector>

namespace attune::engine {

class Surroundings {
public:
    // When it is asked, and what all that is asked may cost. Both outlive the surroundings.
    struct Moment {
        base::Time now;
        const TimeZones& zones;
        LogicBudget& budget;
    };
    Surroundings(const PersonFacts& facts, const SegmentSet& segments, base::JsonView context,
                 const Moment& moment);
    Surroundings(const Surroundings&) = delete;
    Surroundings& operator=(const Surroundings&) = delete;

    [[nodiscard]] LogicValue data() const { return LogicValue(whole_); }
    // That, at this moment and within its budget.
    [[nodiscard]] LogicInput input() const { return input_of(data()); }
    [[nodiscard]] LogicInput input_of(LogicValue data) const {
        return {.data = data, .now = now_, .steps_left = budget_.steps_left()};
    }
    // An object by experiment; experiments come before it is known, so that their audiences do not see it.
    void set_variants(LogicValue variants) { roots_.back().value = variants; }
    // Names of those that the person is in, sorted.
    [[nodiscard]] std::span<const LogicValue> segments() const { return names_; }
    // As many of these as a decision keeps.
    [[nodiscard]] std::vector<std::string> segment_names() const;

private:
    void find_segments(const PersonFacts& facts, const SegmentSet& segments);

    const base::Time now_;
    LogicBudget& budget_;
    const std::string now_text_;
    std::array<LogicMember, 4> session_;
    LogicRecord session_record_;
    std::array<LogicMember, 6> time_;
    LogicRecord time_record_;
    std::vector<LogicValue> names_;
    LogicList segments_;
    std::array<LogicMember, 7> roots_;
    LogicRecord whole_;
};

}  // namespace attune::engine
