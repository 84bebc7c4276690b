// What if another policy had chosen? Judged on the log of decisions, without launching it.
//
//     WhatIf asked{.of = "experiment:hero", .reward = metric, .policy = {.weights = {{"bold", 1.0}}}};
//     ATTUNE_TRY(const auto answer, what_if(store, tenant, asked));
//     answer.evaluation.estimators.dr.value         // a draw would have earned so much
//
// Every choice of the log that was left to chance (its probability is below 1) is a row: what was chosen, how likely, what
// was known, and what it brought within the metric's window. The policy says how likely it would have chosen each arm
// there. The estimators and their warnings are those of learn/policy.
//
// Reads the log from `since` on, or from its beginning: some seconds for ten million events, after which it stops and says so.
// Pure but for the store, which it reads; run it where waiting hurts nobody.
#pragma once

#include "base/json_text.h"
#include "base/result.h"
#include "domain/experiment.h"
#include "learn/policy/evaluation.h"
#include "store/store.h"

#include <map>
#include <optional>
#include <string>

namespace attune::engine {

using domain::TenantId;

// One of both.
struct WhatIfPolicy {
    std::map<std::string, double> weights;  // of the arms, whoever asks; sum to 1
    // JSONLogic over the features that were logged; gives an arm's name or {arm: probability}.
    base::JsonText logic;
};

struct WhatIf {
    static constexpr std::size_t kLimitMax = 1'000'000;

    std::string of;  // as choices name it: "experiment:hero", "rule:late-offer"
    domain::ExperimentUnit unit = domain::ExperimentUnit::person;
    domain::ExperimentMetric reward;  // a conversion, a count or a sum
    WhatIfPolicy policy;
    std::optional<base::Time> since;  // decisions from then on
    std::optional<base::Time> until;  // and before then; rewards may come later
    std::size_t limit = 100'000;      // decisions, the first ones
};

struct WhatIfAnswer {
    std::string of;
    std::string event;  // the reward
    bool is_complete =
        true;  // false: the limit was reached, or the log is longer than what is read for one answer
    learn::PolicyReport evaluation;
};

// invalid_argument names the place ("/policy/logic", "/policy/weights"); failed_precondition when the log has fewer than two
// such decisions.
[[nodiscard]] Result<WhatIfAnswer> what_if(store::Store& store, TenantId tenant,
                                           const WhatIf& asked);

}  // namespace attune::engine
