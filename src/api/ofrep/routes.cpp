// The routes of OpenFeature's remote evaluation protocol: one flag, and all of them.
#include "api/routes.h"
#include "api/call.h"
#include "api/ofrep/answer.h"
#include "api/ofrep/selector.h"
#include "api/ofrep/stream.h"
#include "base/json.h"
#include "engine/decide/decider.h"
#include "engine/decide/flag_exposures.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace attune::api {

namespace {

// The request's body: nothing, {} or {"context": {…}}.
class Question {
public:
    explicit Question(const Call& call) : budget_(call.services.engine.decider().budget()) {}
    // What is wrong, as OFREP's error code; empty when nothing is.
    [[nodiscard]] std::string_view read(std::string_view body) {
        if (body.empty()) return {};
        auto parsed = base::JsonDocument::parse(body);
        if (!parsed || !parsed->root().is_object()) return "PARSE_ERROR";
        document_ = *std::move(parsed);
        context_ = document_->root().find("context");
        if (context_ && context_->is_null()) context_.reset();
        return !context_ || context_->is_object() ? "" : "INVALID_CONTEXT";
    }
    // With what the flags see of the person it names, as long as this lives.
    [[nodiscard]] Result<engine::FlagContext> context(const Call& call, std::string_view subject,
                                                      const engine::FlagSight& sees) {
        auto& engine = call.services.engine;
        engine::FlagContext context{
            .attributes = context_ ? engine::LogicValue(*context_) : engine::LogicValue(),
            .now = engine.clock().now(),
            .steps_left = budget_.steps_left()};
        if (!context_ || sees.is_nothing()) return context;
        ATTUNE_TRY(person_,
                   engine.decider().flag_person(call.tenant(), subject, sees, *context_, budget_));
        if (person_ != nullptr) context.attributes = person_->attributes();
        return context;
    }

private:
    engine::LogicBudget budget_;  // of all flags that are asked
    std::optional<base::JsonDocument> document_;
    std::optional<base::JsonView> context_;
    std::unique_ptr<const engine::FlagPerson> person_;
};

engine::FlagSight sight_of(const engine::FlagSet& set, const ofrep::FlagSelector& selector) {
    engine::FlagSight sees;
    if (set.sees().is_nothing()) return sees;
    for (const engine::Flag& one : set.flags())
        if (one.is_enabled && selector.selects(one)) sees.add(one.sees);
    return sees;
}

std::string_view details_of(std::string_view code) {
    return code == "PARSE_ERROR" ? "The body must be a JSON object."
                                 : "The context must be an object.";
}

Result<http::Answer> evaluate_flag(const Call& call) {
    const std::string_view key = call.request.param("key");
    Question question(call);
    if (const auto code = question.read(call.request.body); !code.empty())
        return http::Answer{ofrep::refusal(key, code, details_of(code))};
    auto& engine = call.services.engine;
    ATTUNE_TRY(const auto selector, ofrep::FlagSelector::of(call.request));
    ATTUNE_TRY(const auto set, engine.flags().of(call.tenant()));
    const engine::Flag* const flag = set->find(key);
    if (flag == nullptr || !selector.selects(*flag))
        return http::Answer{ofrep::evaluation(key, engine::FlagSet::not_found(key))};
    const engine::FlagSight nothing;
    ATTUNE_TRY(const auto context,
               question.context(call, key, flag->is_enabled ? flag->sees : nothing));
    const engine::FlagAnswer answer = set->evaluate(*flag, context);
    if (flag->use) flag->use->ask(context.now);
    if (answer.draw) engine.flag_exposures().note(call.tenant(), *flag, *answer.draw);
    return http::Answer{ofrep::evaluation(key, answer)};
}

Result<http::Answer> evaluate_flags(const Call& call) {
    Question question(call);
    if (const auto code = question.read(call.request.body); !code.empty())
        return http::Answer{ofrep::refusal({}, code, details_of(code))};
    auto& engine = call.services.engine;
    ATTUNE_TRY(const auto selector, ofrep::FlagSelector::of(call.request));
    ATTUNE_TRY(const auto set, engine.flags().of(call.tenant()));
    ATTUNE_TRY(const auto token, engine.tenants().stream_token(call.tenant()));
    ATTUNE_TRY(const auto context, question.context(call, {}, sight_of(*set, selector)));
    const auto drawn = [&](const engine::Flag& flag, const engine::FlagDraw& draw) {
        engine.flag_exposures().note(call.tenant(), flag, draw);
    };
    return http::Answer{
        ofrep::bulk({*set, selector, ofrep::stream_at(token), drawn}, context, call.request)};
}

Result<http::Answer> listen_to_flags(const Call& call) {
    auto& engine = call.services.engine;
    // Before the flags are looked at, so that no change falls between.
    ATTUNE_TRY(auto listener, engine.flags().news().listen(call.tenant()));
    ATTUNE_TRY(const auto set, engine.flags().of(call.tenant()));
    auto missed = ofrep::missed_by(call.request.header("last-event-id"), *set,
                                   engine.flags().news().last(call.tenant()), engine.clock().now());
    return http::Answer{ofrep::stream({std::move(listener), std::move(missed)})};
}

std::string question_schema(base::SchemaSet&) {
    return R"({"type":"object","properties":{"context":{"type":"object","properties":{"targetingKey":{"type":"string"}}}}})";
}

std::string evaluation_schema(base::SchemaSet&) {
    return R"({"type":"object","properties":{"key":{"type":"string"},"reason":{"type":"string"},"variant":{"type":"string"},"value":{},)"
           R"("metadata":{"type":"object"},"errorCode":{"type":"string"},"errorDetails":{"type":"string"}},"required":["key"]})";
}

std::string bulk_schema(base::SchemaSet& schemas) {
    return R"({"type":"object","properties":{"flags":{"type":"array","items":)" +
           evaluation_schema(schemas) +
           R"(},"metadata":{"type":"object"},"eventStreams":{"type":"array","items":{"type":"object"}}},"required":["flags"]})";
}

constexpr std::string_view kExample = R"({"context":{"targetingKey":"ann","country":"CH"}})";
constexpr Reply kOneReplies[] = {
    {200, "What the flag says; without `value` the program takes its own default.",
     evaluation_schema},
    {400, "The flag or the context is broken.", evaluation_schema},
    {404, "There is no such flag.", evaluation_schema}};
constexpr Reply kBulkReplies[] = {{200, "What each flag says, or why it cannot.", bulk_schema},
                                  {304, "The same as the client has."}};

constexpr Reply kStreamReplies[] = {
    {200, "Messages of the type refetchEvaluation, until somebody ends it.", nullptr,
     "text/event-stream"}};
constexpr Param kBulkParams[] = {
    {"flagConfigEtag", "Of the message that made the client ask: the answer is at least as new."},
    {"flagConfigLastModified", "The same by time."}};
constexpr Param kStreamParams[] = {
    {"token", "As the bulk answer's eventStreams has it, for those that can send no header."}};

constexpr Route kRoutes[] = {
    {.method = http::Method::post,
     .pattern = "/ofrep/v1/evaluate/flags/{key}",
     .id = "ofrep_evaluate_flag",
     .tag = "flags",
     .summary = "What a flag says to somebody (OFREP)",
     .access = Access::of_tenant(kWriters),
     .handler = evaluate_flag,
     .body = {question_schema, "About whom.", kExample, {}, false},
     .replies = kOneReplies,
     .description = "The key is all that follows, slashes included.",
     .any_origin = true,
     .rest_of_path = true,
     .idempotent = false},
    {.method = http::Method::post,
     .pattern = "/ofrep/v1/evaluate/flags",
     .id = "ofrep_evaluate_flags",
     .tag = "flags",
     .summary = "What every flag says to somebody (OFREP)",
     .access = Access::of_tenant(kWriters),
     .handler = evaluate_flags,
     .query = kBulkParams,
     .body = {question_schema, "About whom.", kExample, {}, false},
     .replies = kBulkReplies,
     .description = "With the header Flagd-Selector (a flagSetId, or flagSetId=ID) only the flags "
                    "of that set. An answer is always made from the newest flags.",
     .any_origin = true,
     .conditional = true,
     .idempotent = false},
    {.method = http::Method::get,
     .pattern = "/ofrep/v1/events",
     .id = "ofrep_events",
     .tag = "flags",
     .summary = "Hear when flags change (OFREP, server-sent events)",
     .access = Access::of_stream(kWriters),
     .handler = listen_to_flags,
     .query = kStreamParams,
     .replies = kStreamReplies,
     .description = "With Last-Event-ID, what changed meanwhile is told at once.",
     .any_origin = true},
};

}  // namespace

std::span<const Route> ofrep_routes() { return kRoutes; }

}  // namespace attune::api
