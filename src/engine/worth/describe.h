// The JSON of a report of worth. Heavy to compile: for .cpp files.
#pragma once

#include "base/json.h"
#include "engine/worth/worth.h"

namespace attune::engine {

BOOST_DESCRIBE_STRUCT(WorthOptions, (),
                      (seed, people, items, history_days, explore_days, days, learn_every_days))
BOOST_DESCRIBE_STRUCT(Engagement, (), (answers, shown, clicks, acquired))
BOOST_DESCRIBE_STRUCT(WorthDay, (), (day, control, treatment))
BOOST_DESCRIBE_STRUCT(WorthLift, (),
                      (metric, control_people, treatment_people, control_mean, treatment_mean,
                       effect, ci, p_value))
BOOST_DESCRIBE_STRUCT(WorthEstimate, (),
                      (rows, matched, logged, ips, snips, value, ci, happened, is_within, warnings))
BOOST_DESCRIBE_STRUCT(WorthModel, (), (learner, state, reason, touches, ndcg, popularity_ndcg))
BOOST_DESCRIBE_STRUCT(WorthReport, (),
                      (options, events, control, treatment, by_day, lifts, verdict, reason,
                       estimate, models))

}  // namespace attune::engine
