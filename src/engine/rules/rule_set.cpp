#include "engine/rules/rule_set.h"

#include "base/json.h"
#include "domain/describe.h"
#include "engine/logic/coerce.h"

#include <algorithm>
#include <ranges>

namespace attune::engine {
namespace {

constexpr Work kTextWork = 4'096;  // for the text of one value

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    while (true) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        segments.emplace_back(path.substr(0, dot));
        if (dot == path.size()) return segments;
        path.remove_prefix(dot + 1);
    }
}

// Entries of arrays are named by numbers; those paths are left to the conditions themselves.
bool names_members_only(std::string_view path) {
    const auto segments = segments_of(path);
    return !segments.empty() && std::ranges::none_of(segments, [](const std::string& one) {
        return one.empty() || (one[0] >= '0' && one[0] <= '9');
    });
}

LogicValue value_at(LogicValue value, std::span<const std::string> path) {
    for (const std::string& key : path) value = value.find(key);
    return value;
}

}  // namespace

Result<std::shared_ptr<const RuleSet>> RuleSet::compile(std::span<const Definition> definitions,
                                                        const TimeZones& zones) {
    auto set = std::make_shared<RuleSet>();
    LogicSharing sharing;
    for (const Definition& one : definitions) {
        ATTUNE_TRY(const auto rule, base::from_json<domain::Rule>(one.now().body.text()));
        ATTUNE_TRY(auto compiled,
                   CompiledRule::compile(one.id, one.now().version, rule, zones, &sharing));
        if (rule.status == domain::RuleStatus::active) set->rules_.push_back(std::move(compiled));
    }
    std::ranges::sort(set->rules_,
                      [](const auto& a, const auto& b) { return a->is_weaker_than(*b); });
    set->arrange();
    return set;
}

// The path that most rules demand something of: few columns mean few look-ups.
const LogicEquality* RuleSet::best_column(
    const CompiledRule& rule, const base::KeyedMap<std::string, std::size_t>& popularity) {
    const LogicEquality* best = nullptr;
    for (const LogicEquality& one : rule.equalities) {
        // Whom a variant is given to counts as part of the experiment: passing over a rule must not hide that.
        if (!names_members_only(one.path) || one.path.starts_with("variants.")) continue;
        if (best == nullptr ||
            popularity.find(one.path)->second > popularity.find(best->path)->second)
            best = &one;
    }
    return best;
}

void RuleSet::arrange() {
    base::KeyedMap<std::string, std::size_t> popularity;
    for (const auto& rule : rules_)
        for (const LogicEquality& one : rule->equalities) ++popularity[one.path];
    for (Place place = 0; place < rules_.size(); ++place) {
        const CompiledRule& rule = *rules_[place];
        const LogicEquality* equality = best_column(rule, popularity);
        const auto ask = [&](Context& context) {
            put(context, place, equality);
            context.experiments.insert(context.experiments.end(), rule.experiments.begin(),
                                       rule.experiments.end());
        };
        if (rule.rule.contexts.empty()) ask(everywhere_);
        std::vector<std::string> contexts = rule.rule.contexts;
        std::ranges::sort(contexts);
        contexts.erase(std::ranges::unique(contexts).begin(), contexts.end());
        for (const std::string& name : contexts) ask(contexts_[name]);
    }
}

void RuleSet::put(Context& context, Place place, const LogicEquality* equality) {
    if (equality == nullptr) {
        context.always.push_back(place);
        return;
    }
    const std::vector<std::string> path = segments_of(equality->path);
    auto column = std::ranges::find(context.columns, path, &Column::path);
    if (column == context.columns.end())
        column = context.columns.insert(column, Column{.path = path, .by_value = {}});
    for (const std::string& value : equality->values) column->by_value[value].push_back(place);
}

void RuleSet::collect(const Context& context, const LogicValue& data, std::vector<Place>& out) {
    out.insert(out.end(), context.always.begin(), context.always.end());
    for (const Column& column : context.columns) {
        Work work = kTextWork;
        const TextOf text(value_at(data, column.path), work);
        if (work < 0) continue;
        const auto found = column.by_value.find(text.view());
        if (found != column.by_value.end())
            out.insert(out.end(), found->second.begin(), found->second.end());
    }
}

std::vector<std::string_view> RuleSet::experiments(std::string_view context) const {
    std::vector<std::string_view> asked(everywhere_.experiments.begin(),
                                        everywhere_.experiments.end());
    if (const auto named = contexts_.find(context); named != contexts_.end())
        asked.insert(asked.end(), named->second.experiments.begin(),
                     named->second.experiments.end());
    return asked;
}

RuleSet::Matches RuleSet::matches(std::string_view context, const LogicInput& input,
                                  std::string_view unit) const {
    std::vector<Place> candidates;
    collect(everywhere_, input.data, candidates);
    if (const auto named = contexts_.find(context); named != contexts_.end())
        collect(named->second, input.data, candidates);
    std::ranges::sort(candidates);
    LogicMemo memo;
    LogicInput sharing = input;
    sharing.memo = &memo;
    Matches matches;
    matches.rules.reserve(candidates.size());
    // Strongest first, so that where the work is bounded the weakest stay undecided.
    for (const Place place : candidates | std::views::reverse) {
        using enum CompiledRule::Outcome;
        const CompiledRule& rule = *rules_[place];
        std::string problem;
        const CompiledRule::Outcome outcome = rule.decide(sharing, unit, &problem);
        if (outcome == undecided) matches.undecided.push_back(std::move(problem));
        if (outcome == applies || outcome == held_out || outcome == undecided)
            matches.rules.push_back({&rule, outcome});
        if (outcome != not_now)
            matches.experiments.insert(matches.experiments.end(), rule.experiments.begin(),
                                       rule.experiments.end());
    }
    std::ranges::reverse(matches.rules);
    std::ranges::reverse(matches.undecided);
    return matches;
}

}  // namespace attune::engine
