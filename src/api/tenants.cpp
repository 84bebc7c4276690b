// /tenants: who shares this server. Root's alone.
#include "api/answers.h"
#include "api/call.h"
#include "api/etag.h"
#include "api/page_cut.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire.h"

#include <array>
#include <utility>

namespace attune::api {

namespace {

// What answers add to what was saved.
constexpr std::array<std::string_view, 4> kAdded{"id", "created_at", "version", "people"};

Result<wire::Tenant> shown(engine::Engine& engine, const engine::TenantDocument& document) {
    const domain::Tenant& tenant = document.tenant;
    ATTUNE_TRY(const auto number, engine.tenants().find(tenant.id));
    ATTUNE_TRY(const std::uint64_t people, engine.store().count_people(number));
    return wire::Tenant{tenant.id,        tenant.name,       tenant.limits,    tenant.event_weights,
                        tenant.ip_policy, tenant.created_at, document.version, people};
}

std::string etag_of(const engine::TenantDocument& document) {
    return "\"" + std::to_string(document.version) + "\"";
}

Result<http::Answer> tenant_answer(const Call& call, unsigned status,
                                   const engine::TenantDocument& document) {
    ATTUNE_TRY(const wire::Tenant tenant, shown(call.services.engine, document));
    return http::Response::json(status, base::to_json(tenant)).with("ETag", etag_of(document));
}

Result<domain::TenantId> tenant_of(const Call& call) {
    return call.services.engine.tenants().find(call.request.param("id"));
}

Result<http::Answer> list_tenants(const Call& call) {
    ATTUNE_TRY(const auto page, page_of(call));
    auto documents = call.services.engine.tenants().list();
    const auto last = cut_to_page(documents, page, ListOrder::rising,
                                  [](const engine::TenantDocument& one) { return one.tenant.id; });
    wire::List<wire::Tenant> answer;
    if (last) answer.cursor = cursor_after(call, *last);
    for (const auto& document : documents) {
        auto tenant = shown(call.services.engine, document);
        if (!tenant && tenant.error().code == Code::not_found) continue;  // removed meanwhile
        ATTUNE_TRY(answer.items.emplace_back(), std::move(tenant));
    }
    return json_answer(200, list_json(answer));
}

Result<http::Answer> create_tenant(const Call& call) {
    ATTUNE_TRY(auto wanted, base::from_json<wire::NewTenant>(call.request.body));
    domain::Tenant tenant;
    tenant.id = std::move(wanted.id);
    tenant.name = wanted.name.empty() ? tenant.id : std::move(wanted.name);
    tenant.limits = wanted.limits;
    tenant.event_weights = std::move(wanted.event_weights);
    tenant.ip_policy = std::move(wanted.ip_policy);
    ATTUNE_TRY(auto made, call.services.engine.tenants().create(std::move(tenant)));
    ATTUNE_TRY(http::Answer answer, tenant_answer(call, 201, made));
    answer.response.with("Location", "/api/v1/tenants/" + made.tenant.id);
    return answer;
}

Result<http::Answer> get_tenant(const Call& call) {
    ATTUNE_TRY(auto id, tenant_of(call));
    ATTUNE_TRY(auto document, call.services.engine.tenants().get(id));
    return tenant_answer(call, 200, document);
}

// What the body leaves out goes back to its default: a PUT replaces. With If-Match, only the version that was seen.
Result<http::Answer> put_tenant(const Call& call) {
    ATTUNE_TRY(const auto body, without(call.request.body, kAdded));
    ATTUNE_TRY(auto edit, base::from_json<wire::TenantEdit>(body.text()));
    auto& tenants = call.services.engine.tenants();
    ATTUNE_TRY(auto id, tenant_of(call));
    ATTUNE_TRY(auto current, tenants.get(id));
    std::optional<std::uint64_t> expected;
    if (auto condition = call.request.header("if-match")) {
        if (!etag_matches_strongly(*condition, etag_of(current))) {
            return fail(Code::failed_precondition, "The tenant is not at this version any more.",
                        "version_mismatch");
        }
        expected = current.version;
    }
    domain::Tenant changed = std::move(current.tenant);
    changed.name = edit.name.empty() ? changed.id : std::move(edit.name);
    changed.limits = edit.limits;
    changed.event_weights = std::move(edit.event_weights);
    changed.ip_policy = std::move(edit.ip_policy);
    ATTUNE_TRY(auto document, tenants.update(id, std::move(changed), expected));
    return tenant_answer(call, 200, document);
}

Result<http::Answer> delete_tenant(const Call& call) {
    ATTUNE_TRY(auto id, tenant_of(call));
    ATTUNE_TRY_VOID(call.services.engine.tenants().remove(id));
    return http::Answer{http::Response::json(204, {})};
}

constexpr Reply kListReplies[] = {{200, "A page of tenants, by id.", schema_of_list<wire::Tenant>}};
constexpr Reply kReplies[] = {{200, "The tenant.", schema_of<wire::Tenant>}};
constexpr Reply kMadeReplies[] = {{201, "The tenant, new.", schema_of<wire::Tenant>}};
constexpr Reply kGoneReplies[] = {{204, "It is no more."}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/tenants",
     .id = "list_tenants",
     .tag = "tenants",
     .summary = "Who shares this server",
     .access = Access::of_root(),
     .handler = list_tenants,
     .query = kPaging,
     .replies = kListReplies},
    {.method = http::Method::post,
     .pattern = "/api/v1/tenants",
     .id = "create_tenant",
     .tag = "tenants",
     .summary = "Make a tenant",
     .access = Access::of_root(),
     .handler = create_tenant,
     .body = {schema_of<wire::NewTenant>, "The tenant.", R"({"id":"acme","name":"Acme"})"},
     .replies = kMadeReplies,
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/tenants/{id}",
     .id = "get_tenant",
     .tag = "tenants",
     .summary = "One tenant's settings",
     .access = Access::of_root(),
     .handler = get_tenant,
     .replies = kReplies},
    {.method = http::Method::put,
     .pattern = "/api/v1/tenants/{id}",
     .id = "put_tenant",
     .tag = "tenants",
     .summary = "Replace a tenant's settings",
     .access = Access::of_root(),
     .handler = put_tenant,
     .body = {schema_of<wire::TenantEdit>, "All settings; what is left out goes to its default.",
              R"({"name":"Acme","limits":{"events_per_second_max":5000}})"},
     .replies = kReplies,
     .waits = true,
     .conditional = true},
    {.method = http::Method::del,
     .pattern = "/api/v1/tenants/{id}",
     .id = "delete_tenant",
     .tag = "tenants",
     .summary = "Remove a tenant that has no people left",
     .access = Access::of_root(),
     .handler = delete_tenant,
     .replies = kGoneReplies,
     .waits = true},
};

}  // namespace

std::span<const Route> tenant_routes() { return kRoutes; }

}  // namespace attune::api
