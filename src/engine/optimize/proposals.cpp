#include "engine/optimize/proposals.h"

#include "base/json.h"
#include "domain/describe.h"
#include "learn/stats/multiple_testing.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

namespace attune::engine {
namespace {

using domain::Rule;

constexpr std::size_t kTagsMax = 50;       // as a rule may have
constexpr double kSmallestRollout = 0.01;  // with less, that nobody matched means nothing

std::string percent(double share) {
    char text[32];
    const auto end = std::to_chars(std::begin(text), std::end(text), std::abs(share) * 100,
                                   std::chars_format::fixed, 1);
    return std::string(text, end.ptr) + " %";
}

// "12.0 % more purchase (4.1 % more to 19.9 % more)"
std::string lift_in_words(const learn::Comparison& lift, const std::string& goal) {
    const auto side = [](double effect) { return effect < 0 ? " less" : " more"; };
    std::string words = percent(lift.effect) + side(lift.effect) + " " + goal;
    if (lift.ci[0] && lift.ci[1])
        words += " (" + percent(*lift.ci[0]) + side(*lift.ci[0]) + " to " + percent(*lift.ci[1]) +
                 side(*lift.ci[1]) + ")";
    return words;
}

// p-values of a family, adjusted; by place. A family of none has none.
std::vector<double> adjusted(const std::vector<double>& p_values) {
    auto found = learn::benjamini_hochberg(p_values);
    return found ? *std::move(found) : std::vector<double>(p_values.size(), 1.0);
}

// What is known of rules, adjusted for how many were looked at. Those that are not active count too: they were looked at.
std::map<std::string_view, double> p_values_of(std::span<const JudgedRule> rules) {
    std::vector<double> p_values;
    std::vector<std::string_view> of;
    for (const JudgedRule& one : rules) {
        const RulePerformance& performance = one.performance;
        if (!performance.lift || !performance.lift->p_value) continue;
        p_values.push_back(*performance.lift->p_value);
        of.push_back(performance.rule_id);
    }
    const std::vector<double> all = adjusted(p_values);
    std::map<std::string_view, double> by_rule;
    for (std::size_t i = 0; i < all.size(); ++i) by_rule.emplace(of[i], all[i]);
    return by_rule;
}

// The claims about all segments of all rules, adjusted together. By where the segment is.
std::map<const RuleSegment*, double> p_values_of_segments(std::span<const JudgedRule> rules) {
    std::vector<double> p_values;
    std::vector<const RuleSegment*> of;
    for (const JudgedRule& rule : rules) {
        for (const RuleSegment& one : rule.performance.segments) {
            if (!one.lift || !one.lift->p_value) continue;
            p_values.push_back(*one.lift->p_value);
            of.push_back(&one);
        }
    }
    const std::vector<double> all = adjusted(p_values);
    std::map<const RuleSegment*, double> by_segment;
    for (std::size_t i = 0; i < all.size(); ++i) by_segment.emplace(of[i], all[i]);
    return by_segment;
}

// Whether those who are not in the segment do as much or more of the goal where the rule is held out.
bool is_useless_without(const std::vector<RuleArm>& all, const std::vector<RuleArm>& segment) {
    const auto rate = [&](std::size_t arm) {
        const auto units = static_cast<double>(all[arm].units - segment[arm].units);
        const auto conversions =
            static_cast<double>(all[arm].conversions - segment[arm].conversions);
        return units > 0 ? std::optional(conversions / units) : std::nullopt;
    };
    const auto held_out = rate(0);
    const auto applied = rate(1);
    return held_out && applied && *applied <= *held_out;
}

std::string in_segment(const std::string& segment) {
    return R"({"in_segment":)" + base::to_json(segment) + "}";
}

bool share_a_context(const Rule& a, const Rule& b) {
    if (a.contexts.empty() || b.contexts.empty()) return true;
    return std::ranges::any_of(a.contexts, [&](const std::string& one) {
        return std::ranges::find(b.contexts, one) != b.contexts.end();
    });
}

// "ui.theme" touches "ui" and "ui.theme.dark", and not "ui.themes".
bool is_within(std::string_view path, std::string_view other) {
    return path.starts_with(other) && (path.size() == other.size() || path[other.size()] == '.');
}

bool touch_the_same(const Rule& a, const Rule& b) {
    for (const domain::RuleAction& one : a.actions)
        for (const domain::RuleAction& other : b.actions)
            if (is_within(one.path, other.path) || is_within(other.path, one.path)) return true;
    return false;
}

class Judge {
public:
    Judge(std::span<const JudgedRule> rules, const OptimizeOptions& options, base::Time now)
        : rules_(rules),
          options_(options),
          now_(now),
          p_values_(p_values_of(rules)),
          segment_p_values_(p_values_of_segments(rules)) {}

    [[nodiscard]] std::optional<Proposal> judge(const JudgedRule& one) const {
        if (one.history.rule.status != domain::RuleStatus::active) return std::nullopt;
        if (helps(one)) return raise(one);
        if (auto made = narrow(one)) return made;
        if (hurts(one)) return pause(one);
        return retire(one);
    }

private:
    [[nodiscard]] bool is_known(const JudgedRule& one) const {
        const auto found = p_values_.find(one.performance.rule_id);
        return found != p_values_.end() && found->second <= options_.false_discovery;
    }
    [[nodiscard]] bool helps(const JudgedRule& one) const {
        return one.performance.direction == "better" && is_known(one);
    }
    [[nodiscard]] bool hurts(const JudgedRule& one) const {
        return one.performance.direction == "worse" && is_known(one);
    }

    [[nodiscard]] Proposal proposal(const JudgedRule& one, ProposalAction action) const {
        Proposal made{.rule_id = one.performance.rule_id,
                      .version = one.performance.version,
                      .action = action};
        made.evidence.arms = one.performance.arms;
        made.evidence.lift = one.performance.lift;
        if (const auto found = p_values_.find(one.performance.rule_id); found != p_values_.end())
            made.evidence.adjusted_p_value = found->second;
        return made;
    }

    [[nodiscard]] Proposal pause(const JudgedRule& one) const {
        Proposal made = proposal(one, ProposalAction::pause);
        made.change.status = domain::RuleStatus::paused;
        made.reason = "where it is applied there is " +
                      lift_in_words(*one.performance.lift, *one.performance.goal) +
                      " than where it is held out";
        return made;
    }

    // To the segment where it helps most surely.
    [[nodiscard]] std::optional<Proposal> narrow(const JudgedRule& one) const {
        const RuleSegment* best = nullptr;
        double best_p_value = options_.false_discovery;
        for (const RuleSegment& segment : one.performance.segments) {
            const auto known = segment_p_values_.find(&segment);
            const bool helps = known != segment_p_values_.end() && segment.direction == "better" &&
                               known->second <= best_p_value &&
                               is_useless_without(one.performance.arms, segment.arms);
            if (!helps) continue;
            best = &segment;
            best_p_value = known->second;
        }
        if (best == nullptr) return std::nullopt;
        Proposal made = proposal(one, ProposalAction::narrow);
        made.evidence.segment = *best;
        made.evidence.segment->adjusted_p_value = best_p_value;
        const base::JsonText& condition = one.history.rule.condition;
        const std::string demand = in_segment(best->segment);
        made.change.condition = base::JsonText::trusted(
            condition.is_null()
                ? demand
                : R"({"and":[)" + std::string(condition.text()) + "," + demand + "]}");
        made.reason = "in the segment " + best->segment + " it makes " +
                      lift_in_words(*best->lift, *one.performance.goal) +
                      ", and among the others none";
        return made;
    }

    [[nodiscard]] std::optional<Proposal> raise(const JudgedRule& one) const {
        const Rule& rule = one.history.rule;
        Proposal made = proposal(one, ProposalAction::raise);
        const std::string words = lift_in_words(*one.performance.lift, *one.performance.goal);
        if (rule.rollout && *rule.rollout < 1) {
            made.change.full_rollout = true;
            made.reason =
                "it makes " + words + ", and is rolled out to " + percent(*rule.rollout) + " only";
            return made;
        }
        made.evidence.above = above(one);
        if (made.evidence.above.empty() || rule.priority >= kPriorityRaisedMax) return std::nullopt;
        made.change.priority = std::min(rule.priority + kPriorityStep, kPriorityRaisedMax);
        made.reason = "it makes " + words + ", and rules that are not known to help as much (" +
                      made.evidence.above.front() + ") stand as high or higher";
        return made;
    }

    // Rules that take its place although nobody knows that they help as much.
    [[nodiscard]] std::vector<std::string> above(const JudgedRule& one) const {
        std::vector<std::string> found;
        for (const JudgedRule& other : rules_) {
            const Rule& rule = other.history.rule;
            const bool takes_its_place =
                &other != &one && rule.status == domain::RuleStatus::active &&
                rule.priority >= one.history.rule.priority &&
                share_a_context(rule, one.history.rule) && touch_the_same(rule, one.history.rule);
            if (!takes_its_place) continue;
            if (helps(other) && other.performance.lift->effect >= one.performance.lift->effect)
                continue;
            found.push_back(other.performance.rule_id);
        }
        return found;
    }

    [[nodiscard]] std::optional<Proposal> retire(const JudgedRule& one) const {
        const RulePerformance& performance = one.performance;
        const Rule& rule = one.history.rule;
        // What is still being read may hold a match; a rule by the calendar may wait for its day.
        if (!performance.is_current || !performance.matched || performance.matched->decisions > 0 ||
            !one.history.active_since)
            return std::nullopt;
        if (rule.schedule && rule.schedule->cron) return std::nullopt;
        const double rollout = rule.rollout.value_or(1);
        if (rollout < kSmallestRollout) return std::nullopt;
        base::Time since = *one.history.active_since;
        if (rule.schedule && rule.schedule->from) since = std::max(since, *rule.schedule->from);
        const auto days = std::chrono::floor<std::chrono::days>(now_ - since).count();
        const bool is_long = days >= 0 && static_cast<std::uint64_t>(days) >= options_.min_days;
        const auto meanwhile = static_cast<double>(one.decisions_meanwhile.value_or(0)) * rollout;
        if (!is_long || meanwhile < static_cast<double>(options_.min_decisions))
            return std::nullopt;
        Proposal made = proposal(one, ProposalAction::retire);
        made.evidence.active_since = one.history.active_since;
        made.evidence.days = static_cast<std::uint64_t>(days);
        made.evidence.decisions_meanwhile = one.decisions_meanwhile;
        made.change.status = domain::RuleStatus::paused;
        const bool is_tagged = std::ranges::find(rule.tags, kRetiredTag) != rule.tags.end() ||
                               rule.tags.size() >= kTagsMax;
        if (!is_tagged) {
            made.change.tags = rule.tags;
            made.change.tags->emplace_back(kRetiredTag);
        }
        made.reason = "it has matched nobody in " + std::to_string(days) + " days, of " +
                      std::to_string(*one.decisions_meanwhile) + " decisions";
        return made;
    }

    const std::span<const JudgedRule> rules_;
    const OptimizeOptions options_;
    const base::Time now_;
    const std::map<std::string_view, double> p_values_;  // by rule
    const std::map<const RuleSegment*, double> segment_p_values_;
};

}  // namespace

void RuleChange::apply_to(Rule& rule) const {
    if (status) rule.status = *status;
    if (priority) rule.priority = *priority;
    if (full_rollout) rule.rollout.reset();
    if (!condition.is_null()) rule.condition = condition;
    if (tags) rule.tags = *tags;
}

base::JsonText RuleChange::patch() const {
    std::string text = "{";
    const auto add = [&](std::string_view name, std::string_view json) {
        text.append(text.size() > 1 ? ",\"" : "\"").append(name).append("\":").append(json);
    };
    if (status) add("status", base::to_json(*status));
    if (priority) add("priority", std::to_string(*priority));
    if (full_rollout) add("rollout", "null");
    if (!condition.is_null()) add("condition", condition.text());
    if (tags) add("tags", base::to_json(*tags));
    return base::JsonText::trusted(text + "}");
}

std::vector<Proposal> propose(std::span<const JudgedRule> rules, const OptimizeOptions& options,
                              base::Time now) {
    const Judge judge(rules, options, now);
    std::vector<Proposal> proposals;
    for (const JudgedRule& one : rules)
        if (auto made = judge.judge(one)) proposals.push_back(*std::move(made));
    return proposals;
}

}  // namespace attune::engine
