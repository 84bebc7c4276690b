// Services: what handlers work with. One for each server; thread-safe as its parts are.
#pragma once

#include "api/authenticate.h"
#include "api/idempotency.h"
#include "api/metrics.h"
#include "base/log.h"
#include "base/mutex.h"
#include "engine/engine.h"
#include "http/server.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace attune::api {

struct ApiOptions {
    std::string version = "0.1.0";  // of the program, as /openapi.json and / say it
    bool metrics_open = false;  // /metrics without a key: for loopback and scrapers behind a proxy
    bool docs_open = true;      // /, /docs and /openapi.json for anybody
    IdempotencyOptions idempotency{};
    // Answers of uploads list so many rejected lines with their reasons; further ones are only counted.
    std::size_t rejected_listed_max = 1'000;
    std::uint64_t track_body_bytes_max = 8u << 20;  // of a JSON array; NDJSON has no limit
    std::size_t line_bytes_max = 256 * 1024;        // of one NDJSON line; a longer one is rejected
    // Where the cause of a 500 is written, under the request id that the answer shows; outlives the Api. Null: nowhere.
    base::Log* log = nullptr;
};

struct Services {
    Services(engine::Engine& engine_, ApiOptions options_)
        : engine(engine_),
          options(std::move(options_)),
          authenticator(engine.tenants(), engine.clock()),
          idempotency(engine.clock(), options.idempotency) {}

    engine::Engine& engine;
    const ApiOptions options;
    Authenticator authenticator;
    IdempotencyTable idempotency;
    Metrics metrics;
    std::atomic<bool> draining{false};
    // Something that was acknowledged was found missing or damaged, since the start.
    mutable std::atomic<bool> is_damaged{false};
    // Judging a policy takes a worker for seconds; a second one at a time would leave none for the handlers that wait.
    std::atomic<bool> is_judging{false};
    std::shared_ptr<const std::string> openapi;       // rendered once, when the routes are bound
    std::function<http::ServerStats()> server_stats;  // empty: nobody watches the transport

    // Two edits of one person with the same If-Match: exactly one of them finds the version it names. Locks are by hashed
    // id and held for the microseconds that an edit takes in memory, never for the disk.
    [[nodiscard]] base::Mutex& edit_lock(domain::TenantId tenant, std::string_view user_id);

private:
    std::array<base::Mutex, 64> edit_locks_;
};

}  // namespace attune::api
