// FlagPerson: what a flag's targeting sees of somebody beyond the context that came with the question: the variants
// that they are given in the experiments that it names, and their segments. Laid over the context's attributes; segments
// that the context itself names stand.
//
//     const auto person = decider.flag_person(tenant, flag->sees(), context);         // null: there is nothing to see
//     set->evaluate(*flag, {.attributes = person ? person->attributes() : LogicValue(context), .now = now});
//
// Whose variant was asked for takes part in the experiment: that is recorded when it is made.
#pragma once

#include "engine/calendar/time_zones.h"
#include "engine/decide/given_variants.h"
#include "engine/decide/surroundings.h"
#include "engine/flags/flag_set.h"

#include <array>
#include <memory>

namespace attune::engine {

class FlagPerson {
public:
    struct Known {
        std::shared_ptr<const PersonFacts> facts;
        std::shared_ptr<const SegmentSet> segments;
        std::shared_ptr<const ExperimentSet> experiments;
        std::string_view user_id;  // as asked with
        bool is_stranger = false;  // the facts and the segments are nobody's
    };
    // The context outlives it, and what is in the moment; bandits draw while it is made.
    FlagPerson(Known known, const FlagSight& sees, base::JsonView context,
               const Surroundings::Moment& moment, BanditDraws& draws);
    FlagPerson(const FlagPerson&) = delete;
    FlagPerson& operator=(const FlagPerson&) = delete;

    [[nodiscard]] LogicValue attributes() const { return LogicValue(attributes_); }
    // Without choices when no experiment gave them anything.
    [[nodiscard]] domain::Decision decision(std::string_view subject) const;

private:
    const Known known_;
    Surroundings around_;
    GivenVariants variants_;
    LogicList segments_;
    std::vector<LogicMember> members_;
    LogicRecord attributes_;
};

// Lays what is known over the context: the members that flags see.
[[nodiscard]] std::vector<LogicMember> flag_members(const FlagSight& sees, base::JsonView context,
                                                    const LogicList& segments, LogicValue variants);

}  // namespace attune::engine
