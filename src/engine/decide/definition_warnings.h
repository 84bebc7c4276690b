// What of a rule, a flag or an experiment comes to nothing as things are: it is saved all the same, since what it names may come
// later, but whoever wrote it should hear of it while they look at it.
//
//     for (const std::string& warning : rule_warnings(rule, {.segments = *segments, .heard = *heard}))
//         // "/condition/and/0: there is no segment 'vpi', so nobody is in it"
//
// An experiment is not started like that: what it measures cannot be changed once people take part. unknown_events() says
// what stands in the way. Pure functions; each warning begins with its place, and none is the rule.
#pragma once

#include "base/result.h"
#include "domain/experiment.h"
#include "domain/rule.h"
#include "engine/flags/flag_set.h"
#include "engine/segment/segment_set.h"
#include "engine/vocabulary/event_names.h"

#include <string>
#include <vector>

namespace attune::engine {

struct DefinitionCircumstances {
    const SegmentSet& segments;
    const HeardNames& heard;
};

[[nodiscard]] std::vector<std::string> rule_warnings(const domain::Rule& rule,
                                                     const DefinitionCircumstances& around);
[[nodiscard]] std::vector<std::string> flag_warnings(const Flag& flag,
                                                     const DefinitionCircumstances& around);
[[nodiscard]] std::vector<std::string> experiment_warnings(const domain::Experiment& experiment,
                                                           const DefinitionCircumstances& around);

// The events of metrics that were never sent, each with its place.
[[nodiscard]] std::vector<FieldError> unknown_events(const domain::Experiment& experiment,
                                                     const HeardNames& heard);
// failed_precondition "unknown_events", with these places, where there are any.
[[nodiscard]] Result<void> check_events(const domain::Experiment& experiment,
                                        const HeardNames& heard);

}  // namespace attune::engine
