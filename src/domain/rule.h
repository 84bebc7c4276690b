// Rule: what somebody decided should be shown to whom. Whoever its condition holds for, where and when it is in force, gets
// its actions, unless a stronger rule says otherwise.
#pragma once

#include "base/json_text.h"
#include "domain/schedule.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::domain {

enum class RuleStatus : std::uint8_t { active, paused, draft };

enum class RuleOp : std::uint8_t {
    set,     // the path has the value
    append,  // the array at the path has the value too, at its end
    remove,  // the path is not there; with a value: the array at the path does not have it
    merge,   // the object at the path has the value's members too
};

struct RuleAction {
    RuleOp op = RuleOp::set;
    std::string path;  // "ui.theme"
    base::JsonText value;
};

struct Rule {
    std::string name;
    std::vector<std::string> contexts;  // "dashboard", "login"; none: everywhere
    base::JsonText condition;           // JSONLogic; left out: everybody
    std::vector<RuleAction> actions;
    std::int32_t priority = 0;  // the higher wins
    RuleStatus status = RuleStatus::active;
    std::optional<Schedule> schedule;
    std::optional<double> rollout;  // the share of people that it is for
    std::optional<std::string>
        goal;  // an event: matched people are split, so that its effect shows
    std::optional<std::uint64_t> goal_window_seconds;  // after they first matched; none: a week
    std::optional<std::string> owner;
    std::vector<std::string> tags;
};

}  // namespace attune::domain
