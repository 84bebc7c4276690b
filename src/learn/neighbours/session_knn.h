// Similar sessions: what was touched in the sessions most like the one somebody is in. It needs no past of theirs, only
// what they touched in the last minutes, the latest weighing most (V-SKNN; Ludewig and Jannach 2018, "Evaluation of
// session-based recommendation algorithms"). The model holds sessions of others without their names: kindred_rows.h.
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

extern const Learner kSessionKnn;

}  // namespace attune::learn
