// The descriptions of what results say on the wire. Heavy to compile: for .cpp files.
#pragma once

#include "base/json.h"
#include "domain/describe.h"
#include "engine/experiment/plan.h"
#include "engine/experiment/results.h"

namespace attune::engine {

BOOST_DESCRIBE_STRUCT(VariantNeed, (), (variant, units))
BOOST_DESCRIBE_STRUCT(ExperimentNeed, (), (units, variants))
BOOST_DESCRIBE_STRUCT(ArmCount, (), (name, units, expected))
BOOST_DESCRIBE_STRUCT(SampleRatioCheck, (), (chi_square, p_value, is_suspicious))
BOOST_DESCRIBE_STRUCT(ArmMetric, (), (name, sums, mean))
BOOST_DESCRIBE_STRUCT(NoveltyCheck, (), (early, late, p_value, is_fading, problem))
BOOST_DESCRIBE_STRUCT(ArmComparison, (),
                      (name, sequential, frequentist, bayesian, adjusted_p_value, direction,
                       novelty, problem))
BOOST_DESCRIBE_STRUCT(MetricResult, (), (name, role, kind, is_adjusted, arms, comparisons))
BOOST_DESCRIBE_STRUCT(Verdict, (), (decision, variant, risk, reason))
BOOST_DESCRIBE_STRUCT(BanditArm, (), (name, probability, draws, reward, mean, ci, effective_draws))
BOOST_DESCRIBE_STRUCT(BanditResults, (), (strategy, is_current, metric, draws, arms))
BOOST_DESCRIBE_STRUCT(SegmentResult, (), (segment_id, units, metrics))
BOOST_DESCRIBE_STRUCT(ExperimentResults, (),
                      (id, status, is_current, units, units_needed, alpha, arms, sample_ratio,
                       metrics, verdict, segments, bandit))

}  // namespace attune::engine
