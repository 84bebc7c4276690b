#include "engine/optimize/optimizer.h"

#include "base/json.h"
#include "base/keyed_hash.h"
#include "domain/describe.h"

namespace attune::engine {

Result<Optimization> Optimizer::propose(TenantId tenant, const OptimizeOptions& options) {
    ATTUNE_TRY(const auto definitions, rules_.list(tenant));
    ATTUNE_TRY(auto judged, performances_.of(tenant, *definitions));
    ATTUNE_TRY_VOID(leave_out_gone_segments(tenant, judged));
    Optimization found{.proposals = engine::propose(judged, options, clock_.now()),
                       .rules = judged.size()};
    for (const JudgedRule& one : judged) found.is_current &= one.performance.is_current;
    return found;
}

Result<void> Optimizer::leave_out_gone_segments(TenantId tenant, std::vector<JudgedRule>& judged) {
    ATTUNE_TRY(const auto set, segments_.of(tenant));
    base::KeyedSet<std::string> there;
    for (SegmentSet::Place place = 0; place < set->size(); ++place) there.emplace(set->id(place));
    for (JudgedRule& one : judged)
        std::erase_if(one.performance.segments,
                      [&](const RuleSegment& segment) { return !there.contains(segment.segment); });
    return {};
}

Result<Definition> Optimizer::apply(TenantId tenant, const Proposal& proposal,
                                    DefinitionChange change) {
    ATTUNE_TRY(const Definition there, rules_.get(tenant, proposal.rule_id));
    if (there.is_removed() || there.now().version != proposal.version)
        return fail(Code::failed_precondition, "somebody has changed it meanwhile",
                    "version_mismatch");
    ATTUNE_TRY(auto rule, base::from_json<domain::Rule>(there.now().body.text()));
    proposal.change.apply_to(rule);
    change.note = "optimize: " + proposal.reason;
    change.expected = proposal.version;
    return rules_.put(tenant, proposal.rule_id, base::JsonText::trusted(base::to_json(rule)),
                      change);
}

}  // namespace attune::engine
