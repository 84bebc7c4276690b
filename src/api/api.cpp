#include "api/api.h"

#include "api/dispatch.h"

#include <utility>

namespace attune::api {

Api::Api(engine::Engine& engine, ApiOptions options)
    : services_(std::make_unique<Services>(engine, std::move(options))) {}

Api::~Api() = default;

Result<http::Router> Api::router() { return bind_routes(*services_); }

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
