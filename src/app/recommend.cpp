#include "app/commands.h"
#include "app/line_pages.h"
#include "app/remote.h"
#include "app/workplace.h"
#include "base/json.h"
#include "engine/recommend/everybody.h"
#include "http/text.h"

namespace attune::app {

namespace {

constexpr std::size_t kPeopleAPage = 100;

struct Asked {
    std::string user;
    std::string placement;
    std::optional<std::uint32_t> limit;
    bool reasons = false;
    bool all = false;
};

Result<Asked> asked_in(const Invocation& invocation) {
    Asked asked{.user = invocation.text("USER").value_or(""),
                .placement = invocation.text("placement").value_or(""),
                .limit = {},
                .reasons = invocation.has("reasons"),
                .all = invocation.has("all")};
    ATTUNE_TRY(const auto limit, invocation.number("limit", 1, engine::kRecommendLimitMax));
    if (limit) asked.limit = static_cast<std::uint32_t>(*limit);
    if (asked.all == !asked.user.empty())
        return fail(Code::invalid_argument, "name a USER, or say --all");
    return asked;
}

std::string body_of(const Asked& asked) {
    std::string body = R"({"user_id":)";
    base::append_json(body, std::string_view(asked.user));
    body += R"(,"placement":)";
    base::append_json(body, std::string_view(asked.placement));
    if (asked.limit) body.append(R"(,"limit":)").append(std::to_string(*asked.limit));
    return body.append(R"(,"reasons":)").append(asked.reasons ? "true}" : "false}");
}

std::string target_of(const Asked& asked, const std::string& cursor) {
    std::string target = "/api/v1/recommendations:export?people=" + std::to_string(kPeopleAPage);
    if (!asked.placement.empty()) target += "&placement=" + http::percent_encoded(asked.placement);
    if (asked.limit) target += "&limit=" + std::to_string(*asked.limit);
    if (asked.reasons) target += "&reasons=true";
    if (!cursor.empty()) target += "&cursor=" + http::percent_encoded(cursor);
    return target;
}

Result<void> write_all(const Asked& asked, Remote& remote, Console& console) {
    std::string cursor;
    while (true) {
        ATTUNE_TRY(std::string lines, remote.get(target_of(asked, cursor)));
        ATTUNE_TRY(const PageEnd end, take_end(lines));
        if (!console.write(lines) || !end.cursor) return {};
        cursor = *end.cursor;
    }
}

Result<void> write_all(const Asked& asked, engine::Engine& engine, engine::TenantId tenant,
                       Console& console) {
    std::optional<std::string> cursor;
    do {
        ATTUNE_TRY(const auto page,
                   engine::recommend_to_people(engine.recommendations(), engine.people(), tenant,
                                               {.placement = asked.placement,
                                                .limit = asked.limit,
                                                .reasons = asked.reasons,
                                                .page = {.after = cursor, .limit = kPeopleAPage}}));
        if (!console.write(page.lines)) return {};
        cursor = page.cursor;
    } while (cursor);
    return {};
}

Result<void> recommend(const Invocation& invocation, Console& console) {
    ATTUNE_TRY(const Asked asked, asked_in(invocation));
    if (invocation.has("url")) {
        ATTUNE_TRY(auto remote, Remote::connect(invocation));
        if (asked.all) return write_all(asked, *remote, console);
        ATTUNE_TRY(const auto answer, remote->post("/api/v1/recommendations", body_of(asked)));
        (void)console.write_line(answer);
        return {};
    }
    ATTUNE_TRY(auto place, Workplace::open(invocation));
    ATTUNE_TRY(const auto tenant, place->tenant(invocation));
    engine::Engine& engine = place->engine();
    // What a server knows after a while.
    ATTUNE_TRY_VOID(engine.activity().catch_up(tenant));
    ATTUNE_TRY_VOID(engine.contents().catch_up(tenant));
    if (asked.all) {
        ATTUNE_TRY_VOID(write_all(asked, engine, tenant, console));
        return place->close();
    }
    ATTUNE_TRY(const auto answer,
               engine.recommendations().recommend(tenant, {.placement = asked.placement,
                                                           .user_id = asked.user,
                                                           .limit = asked.limit,
                                                           .reasons = asked.reasons}));
    ATTUNE_TRY_VOID(place->close());
    (void)console.write_line(answer.json);
    return {};
}

int run_recommend(const Invocation& invocation, Console& console) {
    const auto done = recommend(invocation, console);
    if (done) return kExitDone;
    console.fail_with(done.error());
    return exit_code_of(done.error());
}

}  // namespace

const Command kRecommend{
    .name = "recommend",
    .summary = "Prints what a person should be shown in a place, as JSON.",
    .manual =
        "It is a decision like any other: it is kept in the person's log. With --all, everybody is "
        "answered, a line of JSON each, and nothing is kept.",
    .arguments = {{.name = "USER", .doc = "A user id or an anonymous id.", .required = false}},
    .options = {{.name = "placement",
                 .value = "PLACEMENT",
                 .doc = "Where they will be shown; the default placement when left out."},
                {.name = "limit",
                 .value = "N",
                 .doc = "How many items; the placement's when left out."},
                {.name = "reasons", .value = {}, .doc = "Also why each is there."},
                {.name = "all", .value = {}, .doc = "For all people, as NDJSON."},
                tenant_option(),
                url_option()},
    .settings = TakesSettings::engine,
    .run = &run_recommend};

}  // namespace attune::app
