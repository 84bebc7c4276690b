// What speaks of the server itself: pages, documentation, health, metrics.
#include "api/answers.h"
#include "api/call.h"
#include "api/pages.h"
#include "api/routes.h"
#include "engine/activity/activity.h"
#include "engine/catalogue/catalogue.h"
#include "engine/decide/decider.h"
#include "engine/decide/flag_exposures.h"
#include "engine/decisions/decision_log.h"
#include "engine/flags/flags.h"
#include "engine/follow/checkpoints.h"
#include "engine/profile/people.h"
#include "engine/recommend/recommendations.h"
#include "engine/refused_definitions.h"
#include "engine/rollout/rollouts.h"

#include <utility>

namespace attune::api {

namespace {

http::Answer page(std::string_view content_type, std::string body) {
    http::Response response;
    response.content_type = content_type;
    response.body = std::move(body);
    response.with("Content-Security-Policy", std::string(pages::kPolicy));
    response.with("Referrer-Policy", "no-referrer");
    response.with("Cross-Origin-Opener-Policy", "same-origin");
    response.with("Cross-Origin-Resource-Policy", "same-origin");
    return http::Answer{std::move(response)};
}

constexpr std::string_view kHtml = "text/html; charset=utf-8";

Result<http::Answer> welcome(const Call& call) {
    constexpr std::string_view kHole = "{{version}}";
    std::string text(pages::welcome());
    text.replace(text.find(kHole), kHole.size(), call.services.options.version);
    return page(kHtml, std::move(text));
}

Result<http::Answer> docs(const Call&) { return page(kHtml, std::string(pages::docs())); }
Result<http::Answer> docs_script(const Call&) {
    return page("text/javascript; charset=utf-8", std::string(pages::docs_script()));
}
Result<http::Answer> style(const Call&) {
    return page("text/css; charset=utf-8", std::string(pages::style()));
}

Result<http::Answer> openapi(const Call& call) {
    http::Response response;
    response.shared_body = call.services.openapi;
    return http::Answer{std::move(response)};
}

Result<http::Answer> healthz(const Call&) { return json_answer(200, R"({"status":"ok"})"); }

// Ready means: takes events, and answers with what is known. A server that drains, whose store has reached its disk reserve, or
// that found damage, asks to be passed over.
Result<http::Answer> readyz(const Call& call) {
    if (call.services.draining.load(std::memory_order_relaxed)) {
        return fail(Code::unavailable, "The server is shutting down.", "draining");
    }
    if (call.services.engine.store().stats().read_only) {
        return fail(Code::unavailable, "The disk reserve is reached: reads and erasure only.",
                    "read_only");
    }
    if (call.services.is_damaged.load(std::memory_order_relaxed)) {
        return fail(Code::unavailable,
                    "Some of what is stored is damaged: the log says what was found "
                    "(code=data_loss), `attune verify` how much there is.",
                    "damaged");
    }
    return json_answer(200, R"({"status":"ready"})");
}

double number(std::uint64_t value) { return static_cast<double>(value); }

void write_store(base::MetricsText& text, const store::Stats& stats) {
    text.counter("attune_store_commits_total", "Commits, each a group of appends.",
                 number(stats.commits));
    text.counter("attune_store_syncs_total", "Times the disk was asked to make them last.",
                 number(stats.syncs));
    text.gauge("attune_store_events", "Events that are kept.", number(stats.events));
    text.gauge("attune_store_people", "People who are kept.", number(stats.people));
    text.gauge("attune_store_bytes", "Bytes on disk.", number(stats.bytes_on_disk));
    text.gauge("attune_store_queue_events", "Events on their way to the disk.",
               number(stats.queue_events));
    text.gauge("attune_store_queue_bytes", "Their bytes.", number(stats.queue_bytes));
    text.gauge("attune_store_last_committed", "The newest commit's number.",
               number(stats.last_committed));
    text.gauge("attune_store_last_durable", "The newest durable commit's number.",
               number(stats.last_durable));
    text.gauge("attune_store_read_only", "1 when the disk reserve is reached.",
               stats.read_only ? 1 : 0);
}

// Tenants are made by root, so that labels by their name are as few as they are.
void write_tenants(base::MetricsText& text, engine::Engine& engine) {
    constexpr std::string_view kPeople = "attune_tenant_people";
    text.family(kPeople, base::MetricKind::gauge, "People of each tenant.");
    for (const auto& document : engine.tenants().list()) {
        const auto tenant = engine.tenants().find(document.tenant.id);
        if (!tenant) continue;  // removed meanwhile
        const auto people = engine.store().count_people(*tenant);
        if (people)
            text.sample(kPeople, base::metric_label("tenant", document.tenant.id), number(*people));
    }
    constexpr std::string_view kItems = "attune_items";
    text.family(kItems, base::MetricKind::gauge, "Items in each tenant's catalogue.");
    for (const auto& document : engine.tenants().list()) {
        const auto tenant = engine.tenants().find(document.tenant.id);
        if (!tenant) continue;
        if (const auto items = engine.catalogue().of(*tenant))
            text.sample(kItems, base::metric_label("tenant", document.tenant.id),
                        number((*items)->count()));
    }
}

void write_damage(base::MetricsText& text, const Services& services) {
    text.gauge("attune_store_damaged",
               "1 when something that is stored was found damaged since the start.",
               services.is_damaged.load(std::memory_order_relaxed) ? 1 : 0);
}

void write_refused(base::MetricsText& text, engine::Engine& engine) {
    text.gauge("attune_definitions_refused",
               "Definitions that are kept but not in force, because today they would be refused.",
               number(engine::count_refused_definitions(engine)));
}

void write_activity(base::MetricsText& text, engine::Engine& engine) {
    text.gauge("attune_activity_warming_tenants",
               "Tenants whose log is still being read since the start: their recommendations are "
               "made of a part of it.",
               number(engine.activity().warming_up()));
    const engine::CheckpointStats checkpoints = engine.checkpoints().stats();
    text.counter("attune_checkpoints_damaged_total",
                 "Checkpoints of what is read from the log that a start could not use because "
                 "they were damaged: the log was read instead.",
                 number(checkpoints.damaged));
    text.counter("attune_checkpoints_unwritten_total",
                 "Checkpoints that could not be written; they are tried again.",
                 number(checkpoints.unwritten));
}

void write_people(base::MetricsText& text, const engine::PeopleStats& stats) {
    text.gauge("attune_profiles_cached", "Profiles in memory.", number(stats.cached_people));
    text.gauge("attune_profiles_cached_bytes", "Their bytes.", number(stats.cached_bytes));
    text.counter("attune_profile_hits_total", "Profiles found in memory.", number(stats.hits));
    text.counter("attune_profile_misses_total", "Profiles read from the store.",
                 number(stats.misses));
    text.counter("attune_events_folded_total", "Events folded into profiles.",
                 number(stats.folded_events));
    text.counter("attune_events_duplicate_total", "Events that were seen before.",
                 number(stats.duplicates));
    text.counter("attune_people_merged_total", "Times two people became one.",
                 number(stats.merges));
}

void write_flags(base::MetricsText& text, engine::Engine& engine) {
    text.counter("attune_rollouts_halted_total", "Rollouts that a guardrail halted.",
                 number(engine.rollouts().halted_total()));
    text.counter("attune_flag_exposures_dropped_total",
                 "Sides of rollouts that were not recorded, because too many waited.",
                 number(engine.flag_exposures().dropped()));
    text.gauge("attune_flag_listeners", "Streams on which clients hear of changes of flags.",
               number(engine.flags().news().listeners()));
}

void write_decisions(base::MetricsText& text, const engine::DecisionLogStats& stats) {
    text.counter("attune_decisions_recorded_total", "Decisions queued for people's logs.",
                 number(stats.recorded));
    text.counter("attune_decisions_repeated_total",
                 "Decisions that were recorded before in their session.", number(stats.repeated));
    text.counter("attune_decisions_dropped_total",
                 "Decisions that found no room and are in no log.", number(stats.dropped));
}

void write_conditions(base::MetricsText& text, engine::Engine& engine) {
    const engine::Decider::Stats stats = engine.decider().stats();
    text.counter("attune_expression_budgets_spent_total",
                 "Questions whose conditions took more work together than those of one may.",
                 number(stats.budgets_spent + engine.recommendations().budgets_spent()));
    text.counter("attune_rules_undecided_total",
                 "Times that a rule was left out because its condition took too much work.",
                 number(stats.rules_undecided));
}

void write_server(base::MetricsText& text, const http::ServerStats& stats) {
    text.gauge("attune_http_connections", "Open connections.", number(stats.connections_open));
    text.counter("attune_http_connections_total", "Accepted connections.",
                 number(stats.connections_total));
    text.counter("attune_http_connections_refused_total", "Refused ones.",
                 number(stats.connections_refused));
    text.gauge("attune_http_requests_in_flight", "Requests without an answer yet.",
               number(stats.requests_in_flight));
    text.counter("attune_http_requests_shed_total", "Requests refused under overload.",
                 number(stats.requests_shed));
    text.counter("attune_http_timeouts_total", "Requests that took too long.",
                 number(stats.timeouts_total));
}

Result<http::Answer> metrics(const Call& call) {
    const auto format = base::metrics_format_for(call.request.header("accept").value_or(""));
    Services& services = call.services;
    base::MetricsText text(format);
    services.metrics.write(text);
    if (services.server_stats) write_server(text, services.server_stats());
    write_store(text, services.engine.store().stats());
    write_people(text, services.engine.people().stats());
    write_decisions(text, services.engine.decisions().stats());
    write_conditions(text, services.engine);
    write_flags(text, services.engine);
    write_tenants(text, services.engine);
    write_damage(text, services);
    write_refused(text, services.engine);
    write_activity(text, services.engine);
    const auto kept = services.idempotency.stats();
    text.gauge("attune_idempotency_keys", "Answers kept for retries.", number(kept.entries));
    text.counter("attune_idempotency_replays_total", "Retries answered from them.",
                 number(kept.replays));
    text.counter("attune_idempotency_evicted_total", "Answers that left before their time.",
                 number(kept.evicted_early));
    http::Response response;
    response.content_type = base::content_type_of(format);
    response.body = std::move(text).finish();
    return http::Answer{std::move(response)};
}

constexpr Reply kHtmlReplies[] = {{200, "A page.", nullptr}};
constexpr Reply kJsonReplies[] = {{200, "JSON.", nullptr}};
constexpr Reply kTextReplies[] = {{200, "Text.", nullptr}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/",
     .id = "welcome",
     .tag = "server",
     .summary = "What runs here and where to go",
     .access = Access::to_docs(),
     .handler = welcome,
     .replies = kHtmlReplies},
    {.method = http::Method::get,
     .pattern = "/docs",
     .id = "docs",
     .tag = "server",
     .summary = "This API, to read and to try",
     .access = Access::to_docs(),
     .handler = docs,
     .replies = kHtmlReplies},
    {.method = http::Method::get,
     .pattern = "/docs.js",
     .id = "docs_script",
     .tag = "server",
     .summary = "The script of /docs",
     .access = Access::to_docs(),
     .handler = docs_script,
     .replies = kTextReplies},
    {.method = http::Method::get,
     .pattern = "/attune.css",
     .id = "style",
     .tag = "server",
     .summary = "The look of the pages",
     .access = Access::to_docs(),
     .handler = style,
     .replies = kTextReplies},
    {.method = http::Method::get,
     .pattern = "/openapi.json",
     .id = "openapi",
     .tag = "server",
     .summary = "This document",
     .access = Access::to_docs(),
     .handler = openapi,
     .replies = kJsonReplies},
    {.method = http::Method::get,
     .pattern = "/healthz",
     .id = "healthz",
     .tag = "server",
     .summary = "Whether the process lives",
     .access = Access::open(),
     .handler = healthz,
     .replies = kJsonReplies,
     .always = true},
    {.method = http::Method::get,
     .pattern = "/readyz",
     .id = "readyz",
     .tag = "server",
     .summary = "Whether it takes traffic",
     .access = Access::open(),
     .handler = readyz,
     .replies = kJsonReplies,
     .always = true},
    {.method = http::Method::get,
     .pattern = "/metrics",
     .id = "metrics",
     .tag = "server",
     .summary = "Counters for Prometheus",
     .access = Access::to_metrics(),
     .handler = metrics,
     .replies = kTextReplies,
     .always = true},
};

}  // namespace

std::span<const Route> meta_routes() { return kRoutes; }

}  // namespace attune::api
