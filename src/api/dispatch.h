// The way from a matched request to its handler: who is calling, may they, for which tenant, have we answered this
// already; then the handler; then the headers that every answer carries.
#pragma once

#include "api/call.h"
#include "api/route.h"
#include "api/services.h"
#include "base/result.h"
#include "http/message.h"
#include "http/router.h"

#include <functional>
#include <string_view>

namespace attune::api {

// All routes of the table, in its order. Fails when the table contradicts itself. `services` outlives the router.
[[nodiscard]] Result<http::Router> bind_routes(Services& services);

// Calls the handler for a caller that was admitted: what asks for a condition, or to be done once, is seen to.
[[nodiscard]] Result<http::Answer> answer_call(const Call& call);

// Whether the caller may use the route, and for whom. Answers the caller to run it as: the connection's own, or `scratch`
// when root named a tenant or nobody needs to be known. Fails with unauthenticated, permission_denied,
// invalid_argument (root named no tenant) or not_found (no such tenant; not the person's own data).
[[nodiscard]] Result<const engine::Caller*> admit(const Route& route, const Services& services,
                                                  const http::Request& request,
                                                  engine::Caller& scratch);

// The part of it that looks at the caller alone; also for one whose key came in the body.
[[nodiscard]] Result<void> admit_caller(const Route& route, const engine::Caller& caller,
                                        const http::Request& request);

// How an error of a route is answered: problem+json, or the protocol's own shape. Of an error inside, the answer says
// nothing, and the log what it was.
[[nodiscard]] http::Response error_response(const Services& services, const http::Request& request,
                                            const Error& error);
// The same with secure(), ready to send.
[[nodiscard]] http::Response render_error(const Services& services, const http::Request& request,
                                          const Error& error);

// Adds the headers that every answer carries: no sniffing, and no cache keeps what may be somebody's data.
void secure(http::Response& response);

// Answers a write that carries an Idempotency-Key: the stored answer when there is one, else what `write` answers, kept
// for the next time once it is durable. Refusals are kept too.
[[nodiscard]] Result<http::Answer> answer_once(
    IdempotencyTable& table, const IdempotencyScope& scope, std::string_view key,
    std::string_view body, const std::function<Result<http::Answer>()>& write,
    const std::function<http::Response(const Error&)>& refuse);

// The one answer for a user who is not there and for one who is not the caller's to see.
[[nodiscard]] std::unexpected<Error> no_such_user();

}  // namespace attune::api
