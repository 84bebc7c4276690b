// A flag's body with its rollout halted, and without. All else stays as it was written.
#pragma once

#include "base/json_text.h"
#include "base/result.h"
#include "domain/flag.h"

namespace attune::engine {

// failed_precondition when there is no rollout, or it is what it is to become already.
[[nodiscard]] Result<base::JsonText> halted(const base::JsonText& flag,
                                            const domain::RolloutHalt& halt);
[[nodiscard]] Result<base::JsonText> resumed(const base::JsonText& flag);

}  // namespace attune::engine
