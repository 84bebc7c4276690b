#include "api/api.h"

#include "api/dispatch.h"
#include "api/openapi.h"
#include "api/routes.h"

#include <utility>

namespace attune::api {

Api::Api(engine::Engine& engine, ApiOptions options)
    : services_(std::make_unique<Services>(engine, std::move(options))) {}

Api::~Api() = default;

Result<http::Router> Api::router() {
    const auto routes = all_routes();
    ATTUNE_TRY_VOID(check_routes(routes));
    http::Router router;
    for (const Route* route : routes) ATTUNE_TRY_VOID(router.add(bind(*route, *services_)));
    services_->metrics.bind(router);
    services_->openapi =
        std::make_shared<const std::string>(openapi_document(routes, services_->options.version));
    return router;
}

void Api::attach(http::ServerOptions& options) {
    options.render_error = [services = services_.get()](const http::Request& request,
                                                        const Error& error) {
        return render_error(*services, request, error);
    };
    options.observe = [services = services_.get()](const http::ServerOptions::Exchange& exchange) {
        services->metrics.observe(exchange);
    };
}

void Api::watch(std::function<http::ServerStats()> server_stats) {
    services_->server_stats = std::move(server_stats);
}

void Api::begin_drain() { services_->draining.store(true, std::memory_order_relaxed); }

}  // namespace attune::api
