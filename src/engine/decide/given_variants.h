// GivenVariants: which variants of experiments somebody is given in one decision: recorded, applied, shown and explained.
// The set and the subject's facts outlive it.
#pragma once

#include "engine/decisions/decision_digest.h"
#include "engine/experiment/experiment_set.h"
#include "engine/rules/config_tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class GivenVariants {
public:
    GivenVariants(const ExperimentSet& experiments, std::string_view where,
                  const ExperimentSubject& subject);

    // What counts as an exposure; not what somebody tries out.
    void record(domain::Decision& decision) const;
    void add_to(DecisionDigest& digest) const;
    // After the rules: what is compared must not depend on them.
    void apply(ConfigTree& config) const;
    // {"button":"blue"}; who is held out is given nothing.
    void write(std::string& out) const;
    // [{"experiment_id","variant","reason"}]
    void explain(std::string& out) const;

private:
    [[nodiscard]] domain::Choice choice_of(const Assignment& given) const;

    std::vector<Assignment> given_;
    std::string session_;
    std::string group_;
};

}  // namespace attune::engine
