// /experiments:what-if: another policy judged on the log, without launching it.
#include "engine/bandit/what_if.h"

#include "api/answers.h"
#include "api/call.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire_experiments.h"
#include "base/field_error.h"
#include "engine/experiment/experiments.h"
#include "engine/experiment/plan.h"

#include <atomic>
#include <utility>

namespace attune::api {
namespace {

bool is_reward(domain::MetricKind kind) {
    return kind == domain::MetricKind::conversion || kind == domain::MetricKind::count ||
           kind == domain::MetricKind::sum;
}

// What an experiment says of itself: its unit, what it is about, and since when it has been asked.
Result<void> take_from(const Call& call, const std::string& id, engine::WhatIf& asked) {
    ATTUNE_TRY(const auto set, call.services.engine.experiments().of(call.tenant()));
    const engine::CompiledExperiment* experiment = set->find(id);
    if (experiment == nullptr) return fail(Code::not_found, "there is no experiment " + id);
    asked.of = std::string(engine::kExperimentChoice) + id;
    asked.unit = experiment->definition.unit;
    const auto started = experiment->definition.started_at;
    if (started && (!asked.since || *asked.since < *started)) asked.since = started;
    if (const auto* primary = engine::primary_metric(experiment->definition))
        asked.reward = *primary;
    return {};
}

Result<engine::WhatIf> asked_in(const Call& call) {
    ATTUNE_TRY(auto body, base::from_json<wire::WhatIf>(call.request.body));
    if (body.experiment_id.has_value() == body.of.has_value())
        return fail_field("/experiment_id", "either this or of");
    engine::WhatIf asked{.of = body.of.value_or(""),
                         .policy = {std::move(body.policy.weights), std::move(body.policy.logic)},
                         .since = body.since,
                         .until = body.until,
                         .limit = body.limit};
    if (body.experiment_id) ATTUNE_TRY_VOID(take_from(call, *body.experiment_id, asked));
    if (body.metric)
        asked.reward = {.kind = body.metric->kind,
                        .event = std::move(body.metric->event),
                        .window_seconds = body.metric->window_seconds,
                        .cap = body.metric->cap};
    if (asked.reward.event.empty())
        return fail_field("/metric", "what a decision brought: an event");
    if (!is_reward(asked.reward.kind))
        return fail_field("/metric", "a policy is judged by a conversion, a count or a sum");
    return asked;
}

// One at a time.
class Turn {
public:
    explicit Turn(std::atomic<bool>& taken) : taken_(taken), is_mine_(!taken.exchange(true)) {}
    ~Turn() {
        if (is_mine_) taken_ = false;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    [[nodiscard]] bool is_mine() const { return is_mine_; }

private:
    std::atomic<bool>& taken_;
    const bool is_mine_;
};

Result<http::Answer> answer_what_if(const Call& call) {
    ATTUNE_TRY(const auto asked, asked_in(call));
    const Turn turn(call.services.is_judging);
    if (!turn.is_mine())
        return fail(Code::unavailable, "another policy is being judged; try again soon");
    ATTUNE_TRY(const auto answer,
               engine::what_if(call.services.engine.store(), call.tenant(), asked));
    return json_answer(200, base::to_json(answer));
}

constexpr std::string_view kExample =
    R"({"experiment_id":"hero","policy":{"logic":{"if":[{"==":[{"var":"context.device"},"mobile"]},"bold","plain"]}}})";

constexpr Reply kReplies[] = {
    {200, "What each estimator says that a decision would have earned, with its interval.",
     schema_of<engine::WhatIfAnswer>}};

constexpr Route kRoutes[] = {
    {.method = http::Method::post,
     .pattern = "/api/v1/experiments:what-if",
     .id = "what_if",
     .tag = "experiments",
     .summary = "What another policy would have earned, by the log",
     .access = Access::of_tenant(kAnalysts),
     .handler = answer_what_if,
     .body = {schema_of<wire::WhatIf>, "Whose decisions, and the policy.", kExample},
     .replies = kReplies,
     .description = "Reads the log from the experiment's start, from `since`, or from its "
                    "beginning, ten million events at most: `is_complete` is "
                    "false when there were more, or more decisions than `limit`. One at a time: "
                    "503 while another policy is being judged.",
     .waits = true,
     .idempotent = false},
};

}  // namespace

std::span<const Route> what_if_routes() { return kRoutes; }

}  // namespace attune::api
