// ExposureTrails: what each person's exposures to one question leave behind, so that a metric may count only what answers
// them: the decisions that exposed somebody, and the session that the newest exposure is part of.
//
//     ExposureTrails trails(definition);
//     trails.expose(person, unit, decision_id, at);
//     trails.kinds_of(person, event)             // the attributions that the event counts for
//
// A session is what it is in a profile: events with no more than thirty minutes between them, here those behind the
// exposure, in the order in which they come. Keeps of a person the newest kDecisionsMax decisions, and nothing at all
// where no metric asks. Internal to experiment; not thread-safe.
#pragma once

#include "engine/experiment/exposure.h"
#include "engine/experiment/tally.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace attune::engine {

class ExposureTrails {
public:
    static constexpr std::size_t kDecisionsMax = 100;

    explicit ExposureTrails(const domain::Experiment& definition);

    [[nodiscard]] bool follow_sessions() const { return follow_sessions_; }
    [[nodiscard]] bool are_kept() const { return follow_decisions_ || follow_sessions_; }

    // What is new about it: events that came before it in the log have not been counted for these kinds.
    AttributionSet expose(store::PersonId person, UnitKey unit, std::string_view decision_id,
                          base::Time at);
    // What the person's event counts for, in the unit that is the person's now. The session goes on with it.
    [[nodiscard]] AttributionSet kinds_of(store::PersonId person, const ReadEvent& event);
    // The unit that was exposed by the decision that the event names.
    [[nodiscard]] std::optional<UnitKey> answered_by(store::PersonId person,
                                                     const ReadEvent& event) const;
    // Whether the event names this decision.
    [[nodiscard]] bool answers(const ReadEvent& event, const ReadEvent& decision) const {
        return follow_decisions_ && !decision.id.empty() && event.decision_id == decision.id;
    }
    void forget(store::PersonId person) { trails_.erase(person); }
    // Two are one from now on.
    void merge(store::PersonId from, store::PersonId into);

private:
    friend class TrailsSaver;
    friend class TrailsLoader;

    struct Decision {
        base::Id128 id;
        UnitKey unit;
    };
    struct Trail {
        base::Time session_begin;
        base::Time session_end;
        std::vector<Decision> decisions;  // newest last
    };
    static bool goes_on(Trail& trail, base::Time at);
    static void keep(Trail& trail, const Decision& decision);

    bool follow_decisions_ = false;
    bool follow_sessions_ = false;
    boost::unordered_flat_map<store::PersonId, Trail, base::Id128Hash> trails_;
};

}  // namespace attune::engine
