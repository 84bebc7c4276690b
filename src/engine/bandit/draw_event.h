// What a logged event says about draws and what they brought, read in place. Internal to bandit.
#pragma once

#include "base/time.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct LoggedDraw {
    std::string of;  // "experiment:hero", "rule:late-offer"
    std::string chosen;
    double probability = 1;
    std::string unit;  // empty: the person
};

struct DrawEvent {
    std::string event;
    base::Time time;
    base::Time received_at;
    std::optional<double> value;
    std::string decision_id;        // its own, or the one that it answers
    bool may_link = false;          // whether it may be what made one person of two
    std::vector<LoggedDraw> draws;  // of a decision: what was left to chance
    std::string features;           // of a decision; JSON, or empty
};

// Empty: what is stored is no event that can be read.
[[nodiscard]] std::optional<DrawEvent> read_draw_event(std::string_view payload);

}  // namespace attune::engine
