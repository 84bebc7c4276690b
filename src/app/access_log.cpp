#include "app/access_log.h"

namespace attune::app {

void AccessLog::set(std::string_view mode) {
    constexpr unsigned kNothing = 1'000;
    status_min_ = mode == "all" ? 0 : mode == "errors" ? 400 : kNothing;
}

void AccessLog::observe(const http::ServerOptions::Exchange& exchange) {
    if (exchange.status < status_min_.load(std::memory_order_relaxed)) return;
    log_.info("http.answered",
              {{"method", http::name_of(exchange.request.method)},
               {"route", exchange.route == nullptr ? "-" : exchange.route->pattern},
               {"status", exchange.status},
               {"bytes_in", exchange.bytes_in},
               {"bytes_out", exchange.bytes_out},
               {"took_us", exchange.took.count() / 1'000},
               {"request_id", exchange.request.request_id}});
}

}  // namespace attune::app
