#include "base/json.h"
#include "domain/describe.h"
#include "engine/blueprint/describe.h"
#include "engine/decide/flag_exposures.h"
#include "engine/embed/convert.h"
#include "engine/embed/impl.h"

namespace attune {

Result<std::string> Engine::config(std::string_view user_id, std::string_view context,
                                   bool reasons) const {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    ATTUNE_TRY(const auto document, embed::object_of(context));
    ATTUNE_TRY(auto answer, engine->decider().config(impl_->tenant(), {.user_id = user_id,
                                                                       .context = document.root(),
                                                                       .reasons = reasons}));
    return std::move(answer.json);
}

Result<FlagValue> Engine::flag(std::string_view key, std::string_view context) const {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    ATTUNE_TRY(const auto document, embed::object_of(context));
    ATTUNE_TRY(const auto set, engine->flags().of(impl_->tenant()));
    engine::LogicBudget budget = engine->decider().budget();
    const engine::FlagAnswer answer =
        set->evaluate(key, {.attributes = engine::LogicValue(document.root()),
                            .now = engine->clock().now(),
                            .steps_left = budget.steps_left()});
    if (answer.draw) engine->flag_exposures().note(impl_->tenant(), *set->find(key), *answer.draw);
    FlagValue value{.value = {},
                    .variant = {},
                    .reason = std::string(engine::name_of(answer.reason)),
                    .error = std::string(engine::name_of(answer.error)),
                    .detail = answer.detail};
    if (answer.variant == nullptr) return value;
    value.value = answer.variant->value.text();
    value.variant = answer.variant->name;
    return value;
}

Result<std::string> Engine::definitions() const {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    ATTUNE_TRY(const auto file, engine->blueprint().read(impl_->tenant()));
    return std::string(file.text());
}

Result<std::string> Engine::apply_definitions(std::string_view file, const ApplyOptions& options) {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    ATTUNE_TRY(const auto plan,
               engine->blueprint().apply(impl_->tenant(), file,
                                         {.dry_run = options.dry_run, .prune = options.prune},
                                         {.by = "library", .note = options.note}));
    return base::to_json(plan);
}

}  // namespace attune
