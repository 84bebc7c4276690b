// Api: Attune's HTTP surface over one engine. It binds the route table to a router, renders errors, counts answers.
//
//     api::Api api(engine, {});
//     ATTUNE_TRY(auto router, api.router());
//     http::ServerOptions options;
//     api.attach(options);                                  // error bodies and metrics
//     http::Server server(options, std::move(router), clock);
//     api.watch([&] { return server.stats(); });
//     …
//     api.begin_drain();                                    // /readyz says 503 from now on
//     server.drain(10s);
//
// Thread-safe once the router is made. Outlives the server.
#pragma once

#include "api/services.h"
#include "base/result.h"
#include "engine/engine.h"
#include "http/router.h"
#include "http/server.h"

#include <functional>
#include <memory>

namespace attune::api {

class Api {
public:
    // `engine` outlives it.
    Api(engine::Engine& engine, ApiOptions options);
    ~Api();
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    // Fails when the route table contradicts itself: a bug, found at the start.
    [[nodiscard]] Result<http::Router> router();
    void attach(http::ServerOptions& options);
    // Where /metrics reads the transport's own counters. Before the server starts, or never.
    void watch(std::function<http::ServerStats()> server_stats);
    void begin_drain();

    [[nodiscard]] Services& services() { return *services_; }

private:
    std::unique_ptr<Services> services_;
};

}  // namespace attune::api
