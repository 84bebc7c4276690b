#include "engine/rollout/rollout_questions.h"

#include "engine/rollout/guardrail.h"

namespace attune::engine {
namespace {

Question question_of(const Flag& flag, const RolloutStage& stage) {
    auto definition = std::make_shared<domain::Experiment>();
    definition->name = flag.key;
    definition->variants = {{.name = "out", .weight = 1 - stage.share, .config = {}},
                            {.name = "in", .weight = stage.share, .config = {}}};
    for (const domain::Guardrail& one : flag.rollout->definition().guardrails)
        definition->metrics.push_back(metric_of(one));
    return {.of = stage.of, .definition = std::move(definition), .since_version = flag.version};
}

}  // namespace

const RolloutStage* compared_now(const Flag& flag, base::Time now) {
    if (!flag.is_enabled || !flag.rollout) return nullptr;
    const RolloutStage* const stage = flag.rollout->at(now).stage;
    return stage != nullptr && flag.rollout->is_compared(*stage) ? stage : nullptr;
}

Result<std::shared_ptr<const Questions>> RolloutQuestions::questions(TenantId tenant) {
    ATTUNE_TRY(const auto set, flags_.of(tenant));
    const base::Time now = clock_.now();
    std::vector<const RolloutStage*> stages;
    for (const Flag& flag : set->flags())
        if (const RolloutStage* const stage = compared_now(flag, now)) stages.push_back(stage);

    const base::MutexLock lock(mutex_);
    Asked& asked = asked_[tenant];
    const bool is_same = asked.questions && asked.stages == stages &&
                         (asked.set == set || (stages.empty() && asked.stages.empty()));
    if (is_same) return asked.questions;
    auto questions = std::make_shared<Questions>();
    for (const Flag& flag : set->flags())
        if (const RolloutStage* const stage = compared_now(flag, now))
            questions->list.push_back(question_of(flag, *stage));
    asked = {set, std::move(stages), std::move(questions)};
    return asked.questions;
}

}  // namespace attune::engine
