// People who match a rule and do, or do not, what is its goal: with a known truth.
#pragma once

#include "engine/experiment/tally.h"
#include "engine/optimize/rule_performance.h"
#include "engine/optimize/rule_questions.h"

#include "base/json.h"
#include "domain/describe.h"

#include <random>
#include <string>

namespace attune::engine::testing {

using namespace std::chrono_literals;
inline constexpr base::Time kSaved{1'780'000'000s};

inline domain::Rule dark_rule(std::optional<std::string> goal = "purchase") {
    return {.name = "n",
            .actions = {{.path = "ui.theme", .value = base::JsonText::trusted("\"dark\"")}},
            .goal = std::move(goal)};
}

inline Definition saved_rule(std::string id, const domain::Rule& rule = dark_rule(),
                             std::uint64_t version = 1) {
    return {.id = std::move(id),
            .history = {{.version = version,
                         .at = kSaved,
                         .by = "ann",
                         .body = base::JsonText::trusted(base::to_json(rule))}}};
}

class RuleWorld {
public:
    explicit RuleWorld(std::uint64_t seed) : engine_(seed) {}

    // So many people more, of whom so large shares buy.
    void live(int people, double held_out, double applied, double held_out_share = kRuleHoldout,
              const std::vector<std::string>& segments = {}) {
        for (int i = 0; i < people; ++i) {
            UnitKey unit;
            std::uint64_t number = ++units_ * 0x9e3779b97f4a7c15;
            for (std::uint8_t& byte : unit.bytes) {
                byte = static_cast<std::uint8_t>(number);
                number = (number >> 8) | (number << 56);
            }
            const bool is_held_out = dice_(engine_) < held_out_share;
            tally_.expose(unit, is_held_out ? 0 : 1, 1, kSaved, segments);
            if (dice_(engine_) < (is_held_out ? held_out : applied))
                tally_.observe(unit, {"purchase", kSaved + 1min, {}});
        }
    }
    [[nodiscard]] RulePerformance performance(
        const Definition& definition = saved_rule("r")) const {
        return performance_of(definition, history_of(definition).value(), &tally_,
                              ChoiceCount{.decisions = units_, .last = kSaved});
    }

private:
    std::mt19937_64 engine_;
    std::uniform_real_distribution<double> dice_;
    std::uint64_t units_ = 0;
    Tally tally_{experiment_of({.goal = "purchase"})};
};

}  // namespace attune::engine::testing
