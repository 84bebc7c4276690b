// What a logged event says to questions, read in place: whom it exposed to what, or what somebody did. Reading all of
// an event would cost more than counting it does. For experiment and bandit.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "engine/experiment/tally.h"
#include "store/store.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct Exposure {
    std::string of;  // "experiment:checkout", "rule:dark-at-night"
    std::string chosen;
    std::uint64_t version = 0;
    std::string unit;  // empty: the person
    double probability = 1;

    // Whether it was left to chance, as those who weigh by probabilities want it.
    [[nodiscard]] bool is_draw() const { return probability > 0 && probability < 1; }
};

struct ReadEvent {
    std::string event;
    base::Time time;
    base::Time received_at;
    std::optional<double> value;
    std::string id;           // of a decision
    std::string decision_id;  // that it answers
    std::string user_id;
    std::string anonymous_id;
    std::vector<Exposure> exposures;    // of a decision
    std::vector<std::string> segments;  // that the person was in then, of a decision
    std::string features;  // of a decision: what was known then, a JSON object or empty

    [[nodiscard]] Observed observed(AttributionSet counts_for) const {
        return {event, time, value, counts_for};
    }
    // Whether it may be what made one person of two.
    [[nodiscard]] bool may_link() const;
};

// Empty: what is stored is no event that can be read; the store's verify says so too.
[[nodiscard]] std::optional<ReadEvent> read_event(std::string_view payload);

}  // namespace attune::engine
