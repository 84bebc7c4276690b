#include "engine/optimize/rule_performance.h"

#include "engine/optimize/rule_questions.h"
#include "learn/stats/multiple_testing.h"
#include "learn/stats/sample_ratio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kHeldOut = 0;  // arms, as experiment_of has them
constexpr std::size_t kApplied = 1;
constexpr double kSuspicious = 0.001;

RuleArm arm_of(std::string_view name, const learn::SampleSums& sums) {
    RuleArm answer{
        .name = std::string(name),
        .units = sums.n(),
        .conversions = static_cast<std::uint64_t>(std::llround(sums.sum(learn::Variable::value)))};
    if (answer.units > 0)
        answer.rate = static_cast<double>(answer.conversions) / static_cast<double>(answer.units);
    return answer;
}

learn::ComparisonRequest request_of(const std::vector<RuleArm>& arms) {
    const auto sample = [](const RuleArm& arm) {
        return learn::Sample{.n = arm.units, .sum = static_cast<double>(arm.conversions)};
    };
    return {.metric = learn::Metric::proportion,
            .method = learn::Method::sequential,
            .alpha = kRuleAlpha,
            .tuning = kRuleTuning,
            .control = sample(arms[kHeldOut]),
            .treatment = sample(arms[kApplied])};
}

bool is_split_as_drawn(const std::vector<RuleArm>& arms) {
    const std::array<std::uint64_t, 2> units{arms[kHeldOut].units, arms[kApplied].units};
    const double all = static_cast<double>(units[0] + units[1]);
    const std::array<double, 2> expected{all * kRuleHoldout, all * (1 - kRuleHoldout)};
    const auto check = learn::check_sample_ratio(units, expected);
    return !check || check->p_value >= kSuspicious;
}

std::string_view direction_of(const learn::Comparison& lift) {
    if (lift.ci[0] && *lift.ci[0] > 0) return "better";
    if (lift.ci[1] && *lift.ci[1] < 0) return "worse";
    return "unclear";
}

// Of a rule, or of one of its segments.
template <class Answer>
void compare_arms(const learn::SampleSums& held_out, const learn::SampleSums& applied,
                  Answer& answer) {
    for (const learn::SampleSums* sums : {&held_out, &applied}) {
        if (learn::is_enough_to_watch(learn::Metric::proportion, *sums)) continue;
        answer.problem =
            "too little is known yet: 25 people of each arm must have done what is the "
            "goal, and 25 must have not";
        return;
    }
    auto lift = learn::compare(request_of(answer.arms));
    if (!lift) {
        answer.problem = lift.error().message;
        return;
    }
    answer.direction = direction_of(*lift);
    answer.lift = *std::move(lift);
}

RuleSegment segment_of(const Tally& tally, std::size_t segment) {
    RuleSegment answer{.segment = tally.segments()[segment]};
    for (const std::size_t arm : {kHeldOut, kApplied})
        answer.arms.push_back(arm_of(tally.arm_name(arm), tally.sums(arm, 0, segment)));
    compare_arms(tally.sums(kHeldOut, 0, segment), tally.sums(kApplied, 0, segment), answer);
    return answer;
}

void adjust(std::vector<RuleSegment>& segments) {
    std::vector<double> p_values;
    std::vector<RuleSegment*> family;
    for (RuleSegment& one : segments) {
        if (!one.lift || !one.lift->p_value) continue;
        p_values.push_back(*one.lift->p_value);
        family.push_back(&one);
    }
    const auto adjusted = learn::benjamini_hochberg(p_values);
    if (!adjusted) return;
    for (std::size_t i = 0; i < family.size(); ++i) family[i]->adjusted_p_value = (*adjusted)[i];
}

std::vector<RuleSegment> segments_of(const Tally& tally) {
    const auto units = [](const RuleSegment& one) {
        return one.arms[kHeldOut].units + one.arms[kApplied].units;
    };
    std::vector<RuleSegment> segments;
    for (std::size_t i = 0; i < tally.segments().size(); ++i) {
        RuleSegment one = segment_of(tally, i);
        if (units(one) > 0) segments.push_back(std::move(one));
    }
    std::ranges::sort(segments, [&](const RuleSegment& a, const RuleSegment& b) {
        return std::pair(units(b), std::string_view(a.segment)) <
               std::pair(units(a), std::string_view(b.segment));
    });
    if (segments.size() > kRuleSegmentsMax)
        segments.erase(segments.begin() + kRuleSegmentsMax, segments.end());
    adjust(segments);
    return segments;
}

void compare_all(const Tally& tally, RulePerformance& answer) {
    for (const std::size_t arm : {kHeldOut, kApplied})
        answer.arms.push_back(arm_of(tally.arm_name(arm), tally.sums(arm, 0)));
    if (!is_split_as_drawn(answer.arms)) {
        answer.problem =
            "the people are not split as they were drawn: something loses or doubles decisions, "
            "and nothing can be concluded";
        return;
    }
    compare_arms(tally.sums(kHeldOut, 0), tally.sums(kApplied, 0), answer);
    answer.segments = segments_of(tally);
}

}  // namespace

RulePerformance performance_of(const Definition& definition, const RuleHistory& history,
                               const Tally* tally, const std::optional<ChoiceCount>& count) {
    RulePerformance answer{.rule_id = definition.id,
                           .version = definition.now().version,
                           .status = history.rule.status,
                           .goal = history.rule.goal,
                           .goal_window_seconds = history.rule.goal_window_seconds,
                           .since = history.since,
                           .since_version = history.since_version};
    if (count) {
        answer.matched = {.decisions = count->decisions, .last_matched_at = {}};
        if (count->decisions > 0) answer.matched->last_matched_at = count->last;
    }
    if (!history.rule.goal)
        answer.problem =
            "give it a goal, an event that it should make more of, and 5 % of those "
            "who match are held out to learn what it does";
    else if (tally != nullptr)
        compare_all(*tally, answer);
    else if (history.rule.status == domain::RuleStatus::draft)
        answer.problem = "a draft is applied to nobody";
    else
        answer.problem = "it is not followed: either the log is being read, or " +
                         std::to_string(kRuleGoalsMax) +
                         " other rules have had a goal for longer, and one of them must lose it";
    return answer;
}

Result<RulePerformance> RulePerformances::of(TenantId tenant, std::string_view rule_id) {
    ATTUNE_TRY(const Definition definition, rules_.get(tenant, rule_id));
    if (definition.is_removed()) return fail(Code::not_found, "There is no such rule.");
    ATTUNE_TRY(auto all, of(tenant, std::span(&definition, 1)));
    return std::move(all.front().performance);
}

Result<std::vector<JudgedRule>> RulePerformances::of(TenantId tenant,
                                                     std::span<const Definition> definitions) {
    std::vector<JudgedRule> rules;
    rules.reserve(definitions.size());
    for (const Definition& one : definitions) {
        ATTUNE_TRY(auto history, history_of(one));
        rules.push_back({.history = std::move(history)});
    }
    ATTUNE_TRY_VOID(reader_.look(tenant, {}, [&](const QuestionReader::View& seen) -> Result<void> {
        for (std::size_t i = 0; i < definitions.size(); ++i) {
            const RuleHistory& history = rules[i].history;
            const std::string of = std::string(kRuleChoice) + definitions[i].id;
            const Question* question = seen.question(of);
            const bool is_the_same =
                question != nullptr && question->since_version == history.since_version;
            rules[i].performance =
                performance_of(definitions[i], history, is_the_same ? seen.tally(of) : nullptr,
                               seen.count(of, history.since_version));
            rules[i].performance.is_current = seen.is_current();
            if (history.active_since)
                rules[i].decisions_meanwhile = seen.decisions_since(of, *history.active_since);
        }
        return {};
    }));
    return rules;
}

}  // namespace attune::engine
