#include "engine/segment/segment_set.h"

#include "base/json.h"
#include "base/keyed_hash.h"
#include "domain/describe.h"
#include "engine/segment/segment_order.h"

#include <algorithm>
#include <optional>

namespace attune::engine {

Result<std::shared_ptr<const SegmentSet>> SegmentSet::compile(
    std::span<const Definition> definitions) {
    auto set = std::make_shared<SegmentSet>();
    std::string words;
    for (const Definition& one : definitions) {
        ATTUNE_TRY(auto definition, base::from_json<domain::Segment>(one.now().body.text()));
        ATTUNE_TRY(auto compiled, CompiledSegment::compile(one.id, std::move(definition)));
        set->segments_.push_back(std::move(compiled));
        // Lengths first, so that no id and body read like two others.
        words += std::to_string(one.id.size()) + ':' +
                 std::to_string(one.now().body.text().size()) + ':' + one.id;
        words += one.now().body.text();
    }
    set->fingerprint_ = base::hash128(base::HashKey{}, words);
    ATTUNE_TRY_VOID(set->arrange(definitions));
    return set;
}

Result<void> SegmentSet::arrange(std::span<const Definition> definitions) {
    std::optional<Place> saved;
    for (Place at = 0; at < definitions.size(); ++at)
        if (definitions[at].now().version == 0) saved = at;
    ATTUNE_TRY(const auto order, segment_order(segments_, saved));
    for (const Place at : order) {
        CompiledSegment& segment = segments_[at];
        // Nobody is in one that is not active, so that it does not matter what it looks at.
        for (const LogicRead& asked : segment.asked) {
            const auto other = find_segment(segments_, asked.member);
            if (other && segments_[*other].is_active() && !segments_[*other].is_lasting)
                segment.is_lasting = false;
        }
        if (segment.is_active()) (segment.is_lasting ? lasting_ : momentary_).push_back(at);
    }
    return {};
}

void SegmentSet::evaluate(std::span<const Place> order, const SegmentFacts& facts,
                          LogicBudget& budget, std::vector<Place>& in) const {
    std::vector<LogicValue> names;
    names.reserve(in.size() + order.size());
    for (const Place at : in) names.emplace_back(id(at));
    LogicList list{.items = {}};
    const LogicMember roots[] = {{"profile", facts.profile},
                                 {"interests", facts.interests},
                                 {"segments", LogicValue(list)},
                                 {"session", facts.session},
                                 {"time", facts.time}};
    const LogicRecord record{.members = roots, .rest = {}, .depth = 2};
    for (const Place at : order) {
        list.items = names;
        const auto holds = segments_[at].condition.holds(
            {.data = LogicValue(record), .now = facts.now, .steps_left = budget.steps_left()});
        // A condition that takes too much work holds for nobody.
        if (!holds || !*holds) continue;
        in.push_back(at);
        names.emplace_back(id(at));
    }
    std::ranges::sort(in);
}

std::vector<SegmentSet::Place> SegmentSet::lasting(const SegmentFacts& facts) const {
    std::vector<Place> in;
    LogicBudget budget = facts.budget != nullptr ? facts.budget->apart() : LogicBudget();
    evaluate(lasting_,
             {.profile = facts.profile, .interests = facts.interests, .session = {}, .time = {}},
             budget, in);
    return in;
}

bool SegmentSet::has(std::string_view id) const {
    return std::ranges::binary_search(
        segments_, id, {}, [](const CompiledSegment& one) { return std::string_view(one.id); });
}

std::vector<SegmentSet::Place> SegmentSet::members(const SegmentFacts& facts,
                                                   std::span<const Place> lasting) const {
    std::vector<Place> in(lasting.begin(), lasting.end());
    if (momentary_.empty()) return in;
    LogicBudget own;
    evaluate(momentary_, facts, facts.budget != nullptr ? *facts.budget : own, in);
    return in;
}

}  // namespace attune::engine
