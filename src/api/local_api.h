// LocalApi: the HTTP surface without HTTP. A request of this process is answered by the handler that would answer a server's
// client, so that a command in a data directory and a program that embeds Attune can do what a client can, and read the same.
//
//     ATTUNE_TRY(const auto api, LocalApi::open(engine, {}));
//     const LocalApi::Speaker cli{.caller = {.tenant = tenant, .tenant_name = "default", .role = Role::root}, .author = "cli"};
//     ATTUNE_TRY(const std::string answer, api->ask(cli, {.target = "/api/v1/personalization/rules"}));
//
// Thread-safe; a call takes as long as its handler, and what it writes is as durable as over HTTP when it returns. The
// engine outlives it.
#pragma once

#include "api/route.h"
#include "api/services.h"
#include "base/result.h"
#include "engine/tenancy/tenants.h"
#include "http/message.h"
#include "http/router.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace attune::api {

class LocalApi {
public:
    // Who asks. Nothing is authenticated: whoever is in this process has the data already. The role says what may be asked.
    struct Speaker {
        engine::Caller caller;
        std::string_view author;  // as histories show it
    };
    struct Question {
        http::Method method = http::Method::get;
        std::string_view target;  // "/api/v1/users?limit=3"
        std::string_view body = {};
        std::string_view content_type = "application/json";
    };
    // Takes a long body while it is made; false: it has had enough.
    using Consumer = std::function<bool(std::string_view piece)>;

    // Fails when the route table contradicts itself.
    [[nodiscard]] static Result<std::unique_ptr<LocalApi>> open(engine::Engine& engine,
                                                                ApiOptions options);

    // The body of the answer. What is refused is an error, as a handler or a protocol's own body says it: not_found for no such
    // path; permission_denied for what the role may not do; unimplemented for what only a connection can be told: streams that
    // go on for ever, and protocols whose key stands in the body.
    [[nodiscard]] Result<std::string> ask(const Speaker& speaker, const Question& question) const;
    // The same for bodies that are too long to hold.
    [[nodiscard]] Result<void> read(const Speaker& speaker, const Question& question,
                                    const Consumer& consume) const;

private:
    LocalApi(engine::Engine& engine, ApiOptions options);

    std::unique_ptr<Services> services_;
    http::Router router_;
    std::map<const http::Route*, const Route*> routes_;
};

}  // namespace attune::api
