// The descriptions of performances and proposals on the wire. Heavy to compile: for .cpp files.
#pragma once

#include "base/json.h"
#include "domain/describe.h"
#include "engine/optimize/proposals.h"
#include "engine/optimize/rule_performance.h"

namespace attune::engine {

BOOST_DESCRIBE_STRUCT(RuleMatches, (), (decisions, last_matched_at))
BOOST_DESCRIBE_STRUCT(RuleArm, (), (name, units, conversions, rate))
BOOST_DESCRIBE_STRUCT(RuleSegment, (), (segment, arms, lift, direction, adjusted_p_value, problem))
BOOST_DESCRIBE_STRUCT(RulePerformance, (),
                      (rule_id, version, status, goal, goal_window_seconds, since, since_version,
                       matched, arms, lift, direction, segments, problem, is_current))
BOOST_DESCRIBE_ENUM(ProposalAction, narrow, pause, raise, retire)
BOOST_DESCRIBE_STRUCT(ProposalEvidence, (),
                      (arms, lift, adjusted_p_value, active_since, days, decisions_meanwhile, above,
                       segment))

}  // namespace attune::engine
