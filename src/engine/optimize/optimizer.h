// Optimizer: makes proposals about a tenant's rules, and carries them out for whoever says so. What it changes are versions
// of rules like any other: they say who asked for it and why, and are reverted like any other.
//
//     Optimizer optimizer(performances, rules, segments, clock);
//     ATTUNE_TRY(const Optimization found, optimizer.propose(tenant, {}));
//     optimizer.apply(tenant, found.proposals.front(), {.by = "ann"});
//
// Thread-safe.
#pragma once

#include "base/time.h"
#include "engine/optimize/proposals.h"
#include "engine/segment/segments.h"

namespace attune::engine {

struct Optimization {
    std::vector<Proposal> proposals;
    std::size_t rules = 0;  // looked at
    bool is_current =
        true;  // false: the log is still being read, so what matches nobody is not known
};

class Optimizer {
public:
    // The arguments outlive it.
    Optimizer(RulePerformances& performances, Rules& rules, Segments& segments,
              const base::Clock& clock)
        : performances_(performances), rules_(rules), segments_(segments), clock_(clock) {}

    [[nodiscard]] Result<Optimization> propose(TenantId tenant, const OptimizeOptions& options);

    // failed_precondition "version_mismatch" when somebody changed the rule since. `change.note` and `.expected` are
    // written over.
    [[nodiscard]] Result<Definition> apply(TenantId tenant, const Proposal& proposal,
                                           DefinitionChange change);

private:
    // A rule cannot be narrowed to a segment that is gone.
    Result<void> leave_out_gone_segments(TenantId tenant, std::vector<JudgedRule>& judged);

    RulePerformances& performances_;
    Rules& rules_;
    Segments& segments_;
    const base::Clock& clock_;
};

}  // namespace attune::engine
