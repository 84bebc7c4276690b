// /keys and /whoami: what may call this tenant, and who is calling.
#include "api/answers.h"
#include "api/call.h"
#include "api/page_cut.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire.h"

#include <utility>

namespace attune::api {

namespace {

wire::Key shown(const domain::ApiKey& key) {
    return {key.id,         key.name,       key.role,         key.prefix,
            key.created_at, key.expires_at, key.last_used_at, {}};
}

Result<http::Answer> list_keys(const Call& call) {
    ATTUNE_TRY(const auto page, page_of(call));
    auto keys = call.services.engine.tenants().keys(call.tenant());
    const auto last = cut_to_page(keys, page, ListOrder::rising, [](const domain::ApiKey& key) {
        return place_in_time(key.created_at, key.id);
    });
    wire::List<wire::Key> answer;
    if (last) answer.cursor = cursor_after(call, *last);
    for (const auto& key : keys) answer.items.push_back(shown(key));
    return json_answer(200, list_json(answer));
}

Role role_of(wire::KeyRole role) {
    switch (role) {
        case wire::KeyRole::admin:
            return Role::admin;
        case wire::KeyRole::service:
            return Role::service;
        case wire::KeyRole::ingest:
            return Role::ingest;
        case wire::KeyRole::analyst:
            return Role::analyst;
    }
    return Role::analyst;
}

// An admin makes keys of their tenant, up to their own role.
Result<http::Answer> create_key(const Call& call) {
    ATTUNE_TRY(auto wanted, base::from_json<wire::NewKey>(call.request.body));
    if (wanted.expires_at && *wanted.expires_at <= call.services.engine.clock().now()) {
        return fail_field("/expires_at", "must be in the future");
    }
    ATTUNE_TRY(auto made, call.services.engine.tenants().create_key(
                              call.tenant(), wanted.name, role_of(wanted.role), wanted.expires_at));
    wire::Key answer = shown(made.key);
    answer.key = std::move(made.secret);
    return http::Answer{http::Response::json(201, base::to_json(answer))
                            .with("Location", "/api/v1/keys/" + answer.id)};
}

Result<http::Answer> revoke_key(const Call& call) {
    ATTUNE_TRY_VOID(
        call.services.engine.tenants().revoke_key(call.tenant(), call.request.param("id")));
    return http::Answer{http::Response::json(204, {})};
}

Result<http::Answer> whoami(const Call& call) {
    wire::WhoAmI answer;
    answer.role = call.caller.role;
    if (!call.caller.tenant_name.empty()) answer.tenant = call.caller.tenant_name;
    if (!call.caller.key_id.empty()) answer.key_id = call.caller.key_id;
    answer.user_id = call.caller.person;
    return json_answer(200, base::to_json(answer));
}

constexpr Reply kListReplies[] = {
    {200, "A page of keys, the oldest first, without their secrets.", schema_of_list<wire::Key>}};
constexpr Reply kMadeReplies[] = {
    {201, "The key. `key` is its secret and is shown this once.", schema_of<wire::Key>}};
constexpr Reply kGoneReplies[] = {{204, "It opens nothing any more."}};
constexpr Reply kWhoReplies[] = {{200, "The caller.", schema_of<wire::WhoAmI>}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/keys",
     .id = "list_keys",
     .tag = "keys",
     .summary = "The tenant's keys",
     .access = Access::of_tenant(kAdmins),
     .handler = list_keys,
     .query = kPaging,
     .replies = kListReplies},
    {.method = http::Method::post,
     .pattern = "/api/v1/keys",
     .id = "create_key",
     .tag = "keys",
     .summary = "Make a key",
     .access = Access::of_tenant(kAdmins),
     .handler = create_key,
     .body = {schema_of<wire::NewKey>, "What the key is for, and what it may do.",
              R"({"name":"shop backend","role":"service"})"},
     .replies = kMadeReplies,
     .waits = true},
    {.method = http::Method::del,
     .pattern = "/api/v1/keys/{id}",
     .id = "revoke_key",
     .tag = "keys",
     .summary = "Revoke a key",
     .access = Access::of_tenant(kAdmins),
     .handler = revoke_key,
     .replies = kGoneReplies,
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/whoami",
     .id = "whoami",
     .tag = "keys",
     .summary = "Who this key or token is",
     .access = Access::any_key(),
     .handler = whoami,
     .replies = kWhoReplies},
};

}  // namespace

std::span<const Route> key_routes() { return kRoutes; }

}  // namespace attune::api
