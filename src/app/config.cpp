#include "app/commands.h"
#include "app/remote.h"
#include "app/workplace.h"
#include "base/json.h"
#include "engine/decide/decider.h"

namespace attune::app {

namespace {

Result<std::string> config_of(const Invocation& invocation) {
    const std::string user = *invocation.text("USER");
    const bool reasons = invocation.has("reasons");
    const auto context = base::JsonDocument::parse(invocation.text("context").value_or("{}"));
    if (!context || !context->root().is_object())
        return fail(Code::invalid_argument, "--context must be a JSON object");
    if (invocation.has("url")) {
        ATTUNE_TRY(auto remote, Remote::connect(invocation));
        std::string body = R"({"user_id":)";
        base::append_json(body, std::string_view(user));
        body.append(R"(,"context":)").append(context->root().text().text());
        body.append(R"(,"reasons":)").append(reasons ? "true}" : "false}");
        return remote->post("/api/v1/personalization/config", std::move(body));
    }
    ATTUNE_TRY(auto place, Workplace::open(invocation));
    ATTUNE_TRY(const auto tenant, place->tenant(invocation));
    ATTUNE_TRY(auto answer,
               place->engine().decider().config(
                   tenant, {.user_id = user, .context = context->root(), .reasons = reasons}));
    ATTUNE_TRY_VOID(place->close());
    return std::move(answer.json);
}

int run_config(const Invocation& invocation, Console& console) {
    return answer_line(console, config_of(invocation));
}

}  // namespace

const Command kConfig{
    .name = "config",
    .summary = "Prints what a person should see right now, and why, as JSON.",
    .manual = "It is a decision like any other: it is kept in the person's log.",
    .arguments = {{.name = "USER", .doc = "A user id."}},
    .options = {{.name = "context",
                 .value = "JSON",
                 .doc = "Where it is asked, as in {\"name\":\"dashboard\",\"device\":\"mobile\"}."},
                {.name = "reasons", .value = {}, .doc = "Also which rule won and which lost."},
                tenant_option(),
                url_option()},
    .settings = TakesSettings::engine,
    .run = &run_config};

}  // namespace attune::app
