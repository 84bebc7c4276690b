#include "api/dispatch.h"

#include "api/answers.h"
#include "api/idempotency.h"
#include "api/ofrep/answer.h"
#include "api/openapi.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/segment/answer.h"
#include "http/problem.h"
#include "http/status.h"
#include "http/text.h"

#include <memory>
#include <utility>

namespace attune::api {

namespace {

constexpr std::string_view kTenantHeader = "x-tenant";

// The tenant that the request names beside its key, if it does.
std::optional<std::string> named_tenant(const http::Request& request) {
    if (auto header = request.header(kTenantHeader)) return std::string(*header);
    if (request.query.find("tenant=") == std::string_view::npos) return std::nullopt;
    return request.query_param("tenant");
}

Result<const engine::Caller*> as_root(const engine::Caller& root, const Services& services,
                                      const http::Request& request, engine::Caller& scratch) {
    auto name = named_tenant(request);
    if (!name) {
        return fail(Code::invalid_argument,
                    "The root key belongs to no tenant: name one with the X-Tenant header or "
                    "?tenant=.",
                    "tenant_missing");
    }
    if (auto second = request.query_param("tenant"); second && *second != *name) {
        return fail_field("?tenant", "must be the tenant that X-Tenant names, or not be there");
    }
    ATTUNE_TRY(auto tenant, services.engine.tenants().find(*name));
    engine::Caller caller = root;
    caller.tenant = tenant;
    caller.tenant_name = std::move(*name);
    scratch = std::move(caller);
    return &scratch;
}

// Failing to own {param} must look exactly like its absence.
Result<void> own_data_only(const Route& route, const engine::Caller& caller,
                           const http::Request& request) {
    if (caller.role != Role::person) return {};
    if (caller.person && request.param(route.access.person_param()) == *caller.person) return {};
    return no_such_user();
}

// Keeps the answer for replays once it is durable; before that it promises nothing.
void settle(IdempotencyTable::Claim claim, http::Answer& answer) {
    if (!answer.after) {
        claim.finish(answer.response);
        return;
    }
    if (answer.response.stream) return;
    http::Response kept;
    kept.status = answer.response.status;
    kept.content_type = answer.response.content_type;
    kept.body = answer.response.body;
    kept.shared_body = answer.response.shared_body;
    kept.headers = answer.response.headers;
    answer.after->then(
        [claim = std::move(claim), kept = std::move(kept)](const Result<void>& durable) mutable {
            if (durable) claim.finish(kept);
        });
}

Result<http::Answer> once(const Call& call, std::string_view header) {
    ATTUNE_TRY(auto key, parse_idempotency_key(header));
    return answer_once(
        call.services.idempotency, scope_of(call.caller, call.request.method, call.request.path),
        key, call.request.body, [&] { return call.route.handler(call); },
        [&](const Error& error) { return error_response(call.services, call.request, error); });
}

// Who writes only on a condition must not be obeyed where nothing can be compared. "*" asks no more than that it is there.
Result<void> without_condition(const http::Request& request) {
    const auto condition = request.header("if-match");
    if (!condition || *condition == "*") return {};
    return fail(Code::failed_precondition,
                "This path has no ETag that If-Match could name; nothing was changed.",
                "version_mismatch");
}

// What is said to a request that listens to nothing was meant for something: an edit, most likely, that is not made here.
Result<void> without_body(const Route& route, const http::Request& request) {
    const bool listens = route.body.schema != nullptr || !route.pattern.starts_with("/api/");
    if (listens || !route.writes() || request.method == http::Method::del) return {};
    const std::string_view body = http::trimmed(request.body);
    if (body.empty() || body == "{}") return {};
    return fail_field("", "must be empty: this request takes no fields");
}

Result<http::Answer> run(const Route& route, Services& services, const http::Request& request) {
    engine::Caller scratch;
    ATTUNE_TRY(const engine::Caller* caller, admit(route, services, request, scratch));
    return answer_call({request, *caller, services, route});
}

}  // namespace

Result<http::Answer> answer_call(const Call& call) {
    ATTUNE_TRY_VOID(check_query(call.route, call.request));
    ATTUNE_TRY_VOID(without_body(call.route, call.request));
    if (call.route.writes() && !call.route.conditional)
        ATTUNE_TRY_VOID(without_condition(call.request));
    if (call.route.writes() && call.route.idempotent) {
        if (auto key = call.request.header("idempotency-key")) return once(call, *key);
    }
    return call.route.handler(call);
}

Result<http::Answer> answer_once(IdempotencyTable& table, const IdempotencyScope& scope,
                                 std::string_view key, std::string_view body,
                                 const std::function<Result<http::Answer>()>& write,
                                 const std::function<http::Response(const Error&)>& refuse) {
    ATTUNE_TRY(auto begun, table.begin(scope, key, body));
    if (begun.replay) return std::move(*begun.replay);
    auto answer = write();
    if (!answer) {
        // A refusal is as final as an answer: the same words again would meet the same refusal.
        http::Response refused = refuse(answer.error());
        begun.claim.finish(refused);
        return http::Answer{std::move(refused)};
    }
    settle(std::move(begun.claim), *answer);
    return answer;
}

std::unexpected<Error> no_such_user() {
    return fail(Code::not_found, "There is no such user.", "no_such_user");
}

Result<void> admit_caller(const Route& route, const engine::Caller& caller,
                          const http::Request& request) {
    if (!route.access.roles().has(caller.role)) {
        return fail(Code::permission_denied, "This key may not do that.", "role");
    }
    if (caller.role == Role::root) return {};
    // A key has one tenant. Naming another is a mistake to be told, never a way there.
    if (auto name = named_tenant(request); name && *name != caller.tenant_name) {
        return fail(Code::permission_denied, "This key does not belong to that tenant.", "tenant");
    }
    return {};
}

namespace {

Result<const engine::Caller*> admitted(const Route& route, const engine::Caller& caller,
                                       const http::Request& request) {
    ATTUNE_TRY_VOID(admit_caller(route, caller, request));
    return &caller;
}

}  // namespace

Result<const engine::Caller*> admit(const Route& route, const Services& services,
                                    const http::Request& request, engine::Caller& scratch) {
    using Rule = Access::Rule;
    switch (route.access.rule()) {
        case Rule::open:
        case Rule::write_key:
            return &scratch;
        case Rule::docs:
            if (services.options.docs_open) return &scratch;
            return fail(Code::not_found, "There is nothing here.");
        case Rule::metrics:
            if (services.options.metrics_open) return &scratch;
            break;
        case Rule::stream:
            if (const auto token = request.query_param("token")) {
                ATTUNE_TRY(scratch, services.engine.tenants().authenticate_stream(*token));
                return admitted(route, scratch, request);
            }
            break;
        case Rule::any_key:
        case Rule::tenant:
        case Rule::root:
            break;
    }
    ATTUNE_TRY(const engine::Caller* caller, services.authenticator.identify(request, scratch));
    ATTUNE_TRY_VOID(admit_caller(route, *caller, request));
    if (!route.access.tenant_bound()) return caller;
    if (caller->role == Role::root) return as_root(*caller, services, request, scratch);
    ATTUNE_TRY_VOID(own_data_only(route, *caller, request));
    return caller;
}

http::Response error_response(const Services& services, const http::Request& request,
                              const Error& error) {
    if (error.code == Code::data_loss) services.is_damaged.store(true, std::memory_order_relaxed);
    if (services.options.log != nullptr && http::status_of(error) == 500) {
        services.options.log->error("http.failed", {{"code", name_of(error.code)},
                                                    {"reason", error.message},
                                                    {"request_id", request.request_id}});
    }
    http::Response response = segment::speaks(request.path) ? segment::error_answer(error)
                              : ofrep::speaks(request.path) ? ofrep::error_answer(request, error)
                                                            : http::problem(request, error);
    if (error.code == Code::unauthenticated) {
        response.with("WWW-Authenticate", error.reason == "key_missing"
                                              ? "Bearer realm=\"attune\""
                                              : "Bearer realm=\"attune\", error=\"invalid_token\"");
    }
    return response;
}

http::Response render_error(const Services& services, const http::Request& request,
                            const Error& error) {
    http::Response response = error_response(services, request, error);
    secure(response);
    return response;
}

void secure(http::Response& response) {
    response.headers.reserve(response.headers.size() + 2);
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("Cache-Control", "no-store");
}

namespace {

// `services` and `route` outlive the router.
http::Route bind(const Route& route, Services& services) {
    http::Route bound;
    bound.method = route.method;
    bound.pattern = std::string(route.pattern);
    if (route.rest_of_path) bound.pattern.insert(bound.pattern.size() - 1, "...");
    bound.body_bytes_max = route.body_bytes_max;
    bound.any_origin = route.any_origin;
    bound.waits = route.waits;
    bound.always = route.always;
    if (route.handler) {
        bound.handler = [&route, &services](const http::Request& request) -> http::Answer {
            auto answer = run(route, services, request);
            if (!answer) return render_error(services, request, answer.error());
            secure(answer->response);
            return std::move(*answer);
        };
    } else {
        bound.stream_handler =
            [&route,
             &services](const http::Request& request) -> Result<std::unique_ptr<http::BodySink>> {
            engine::Caller scratch;
            ATTUNE_TRY(const engine::Caller* caller, admit(route, services, request, scratch));
            ATTUNE_TRY_VOID(check_query(route, request));
            return route.stream(Call{request, *caller, services, route});
        };
    }
    return bound;
}

}  // namespace

Result<http::Router> bind_routes(Services& services) {
    const auto routes = all_routes();
    ATTUNE_TRY_VOID(check_routes(routes));
    http::Router router;
    for (const Route* route : routes) ATTUNE_TRY_VOID(router.add(bind(*route, services)));
    services.metrics.bind(router);
    services.openapi =
        std::make_shared<const std::string>(openapi_document(routes, services.options.version));
    return router;
}

}  // namespace attune::api
