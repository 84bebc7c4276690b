// What guarded rollouts ask the log of decisions: of each stage that is now, what those who are in do and what those who
// are out do. Stages are questions of their own: over a share that moved, the two sides would differ by when they came.
#pragma once

#include "base/mutex.h"
#include "base/time.h"
#include "engine/experiment/question.h"
#include "engine/flags/flags.h"

#include <map>
#include <memory>
#include <string_view>
#include <vector>

namespace attune::engine {

// The places of the two arms in a tally.
inline constexpr std::size_t kArmOut = 0;
inline constexpr std::size_t kArmIn = 1;

class RolloutQuestions final : public QuestionSource {
public:
    // Both outlive it.
    RolloutQuestions(Flags& flags, const base::Clock& clock) : flags_(flags), clock_(clock) {}

    [[nodiscard]] Result<std::shared_ptr<const Questions>> questions(TenantId tenant) override;

private:
    struct Asked {
        std::shared_ptr<const FlagSet> set;
        std::vector<const RolloutStage*> stages;  // of that set
        std::shared_ptr<const Questions> questions;
    };

    Flags& flags_;
    const base::Clock& clock_;
    base::Mutex mutex_;
    std::map<TenantId, Asked> asked_ ATTUNE_GUARDED_BY(mutex_);
};

// The stage of a flag that is compared now; null when none is.
[[nodiscard]] const RolloutStage* compared_now(const Flag& flag, base::Time now);

}  // namespace attune::engine
