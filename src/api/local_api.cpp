#include "api/local_api.h"

#include "api/call.h"
#include "api/dispatch.h"
#include "api/refusal.h"
#include "api/routes.h"

#include <cstddef>
#include <utility>

namespace attune::api {
namespace {

Result<const Route*> found(const http::Router::Match& match,
                           const std::map<const http::Route*, const Route*>& routes,
                           std::string_view target) {
    if (match.route != nullptr) return routes.at(match.route);
    if (match.malformed) return fail(Code::invalid_argument, "the path cannot be decoded");
    if (!match.allowed.empty())
        return fail(Code::invalid_argument,
                    std::string(target) + " takes " + match.allowed + " only");
    return fail(Code::not_found, "there is nothing at " + std::string(target));
}

// What a connection would have seen to.
Result<void> check(const Route& route, const engine::Caller& caller, const http::Request& request) {
    if (route.access.rule() == Access::Rule::write_key)
        return fail(Code::unimplemented, "this protocol is spoken over HTTP alone");
    if (request.body.size() > route.body_bytes_max && route.handler != nullptr)
        return fail(Code::invalid_argument,
                    "the body is longer than " + std::to_string(route.body_bytes_max) + " bytes",
                    "too_large");
    if (const auto named = request.query_param("tenant"); named && *named != caller.tenant_name)
        return fail_field("?tenant", "is not the tenant that this was opened for");
    return route.access.needs_key() ? admit_caller(route, caller, request) : Result<void>{};
}

Result<http::Answer> upload(const Call& call) {
    ATTUNE_TRY(const auto sink, call.route.stream(call));
    ATTUNE_TRY(const auto taken, sink->write(call.request.body));
    if (taken) {
        if (auto durable = taken->wait(); !durable)
            return std::unexpected(sink->broken_off(std::move(durable).error()));
    }
    return sink->finish();
}

// Once what it promises is true.
Result<http::Response> settled(http::Answer answer) {
    if (!answer.after) return std::move(answer.response);
    if (auto durable = answer.after->wait(); !durable) {
        if (!answer.on_failure) return std::unexpected(std::move(durable).error());
        return answer.on_failure(durable.error());
    }
    return std::move(answer.response);
}

Result<void> read_body(http::Response& response, const LocalApi::Consumer& consume) {
    if (response.feed) return fail(Code::unimplemented, "this never ends: listen to it over HTTP");
    if (response.stream) {
        while (const auto piece = response.stream->next())
            if (!consume(*piece)) return {};
        return {};
    }
    (void)consume(response.shared_body ? *response.shared_body : response.body);
    return {};
}

}  // namespace

LocalApi::LocalApi(engine::Engine& engine, ApiOptions options)
    : services_(std::make_unique<Services>(engine, std::move(options))) {}

Result<std::unique_ptr<LocalApi>> LocalApi::open(engine::Engine& engine, ApiOptions options) {
    std::unique_ptr<LocalApi> api(new LocalApi(engine, std::move(options)));
    ATTUNE_TRY(api->router_, bind_routes(*api->services_));
    const auto table = all_routes();
    for (std::size_t i = 0; i < table.size(); ++i)
        api->routes_[api->router_.routes()[i].get()] = table[i];
    return api;
}

Result<std::string> LocalApi::ask(const Speaker& speaker, const Question& question) const {
    std::string body;
    ATTUNE_TRY_VOID(read(speaker, question, [&body](std::string_view piece) {
        body += piece;
        return true;
    }));
    return body;
}

Result<void> LocalApi::read(const Speaker& speaker, const Question& question,
                            const Consumer& consume) const {
    http::Request request;
    request.method = question.method;
    request.target = question.target;
    const auto mark = question.target.find('?');
    request.path = question.target.substr(0, mark);
    if (mark != std::string_view::npos) request.query = question.target.substr(mark + 1);
    if (!question.body.empty()) request.headers = {{"content-type", question.content_type}};
    request.body = question.body;
    const auto match = router_.match(request);
    ATTUNE_TRY(const Route* const route, found(match, routes_, request.path));
    ATTUNE_TRY_VOID(check(*route, speaker.caller, request));
    const Call call{request, speaker.caller, *services_, *route, speaker.author};
    ATTUNE_TRY(auto answer, route->handler != nullptr ? answer_call(call) : upload(call));
    ATTUNE_TRY(auto response, settled(std::move(answer)));
    if (response.status >= 300) return std::unexpected(refusal_of(response.status, response.body));
    return read_body(response, consume);
}

}  // namespace attune::api
