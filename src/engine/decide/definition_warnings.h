// What of a rule, a flag or an experiment comes to nothing as things are: it is saved all the same, since what it names may come
// later, but whoever wrote it should hear of it while they look at it.
//
//     const DefinitionCircumstances around{[&](std::string_view id) { return segments->has(id); }, *heard};
//     for (const std::string& warning : rule_warnings(rule, around))
//         // "/condition/and/0: there is no segment 'vpi', so nobody is in it"
//
// An experiment is not started like that: what it measures cannot be changed once people take part. unknown_events() says
// what stands in the way. Pure functions; each warning begins with its place, and none is the rule.
#pragma once

#include "base/result.h"
#include "domain/experiment.h"
#include "domain/rule.h"
#include "engine/flags/flag_set.h"
#include "engine/vocabulary/event_names.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct DefinitionCircumstances {
    // What there is, or will be once the file that it stands in is applied.
    std::function<bool(std::string_view id)> has_segment;
    const HeardNames& heard;
};

[[nodiscard]] std::vector<std::string> rule_warnings(const domain::Rule& rule,
                                                     const DefinitionCircumstances& around);
[[nodiscard]] std::vector<std::string> flag_warnings(const Flag& flag,
                                                     const DefinitionCircumstances& around);
// Of what flags share.
[[nodiscard]] std::vector<std::string> evaluator_warnings(const FlagSet& flags,
                                                          const DefinitionCircumstances& around);
// Of the members of a file of flags that flagd's schema lets be there and that mean nothing.
[[nodiscard]] std::vector<std::string> flag_file_warnings(
    std::span<const std::string> unknown_members);
[[nodiscard]] std::vector<std::string> experiment_warnings(const domain::Experiment& experiment,
                                                           const DefinitionCircumstances& around);

// Of many definitions that come at once: "/rules/thanks/goal: no event 'purchse' was ever sent".
struct WarningsByPlace {
    static constexpr std::size_t kMax = 100;
    // What is beyond the bound is left out. Without an id, of what there is one of in a file.
    void add(std::string_view kind, std::string_view id, const std::vector<std::string>& warnings);
    void add(std::string_view part, const std::vector<std::string>& warnings);

    std::vector<std::string> all;
};

// The events of metrics that were never sent, each with its place.
[[nodiscard]] std::vector<FieldError> unknown_events(const domain::Experiment& experiment,
                                                     const HeardNames& heard);
// failed_precondition "unknown_events", with these places, where there are any.
[[nodiscard]] Result<void> check_events(const domain::Experiment& experiment,
                                        const HeardNames& heard);

}  // namespace attune::engine
