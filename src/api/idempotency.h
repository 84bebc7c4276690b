// IdempotencyTable: a retried write answers what the first one answered. A client names its write with
// `Idempotency-Key: "…"`; within 24 hours the same key with the same body gets the stored answer, another body is refused
// (422), and a retry that overtakes the first is told to wait (409). Keys of different callers, methods and paths
// never meet.
//
//     ATTUNE_TRY(auto begun, table.begin(scope, key, body));
//     if (begun.replay) return std::move(*begun.replay);
//     … the write …
//     begun.claim.finish(response);        // or let the claim die: the next try starts afresh
//
// The table is in memory and bounded in entries and bytes; the oldest answers leave first. What must count
// once across a restart does not lean on it: tracked events take ids derived from the key (derived_event_id), and
// documents have versions. Thread-safe; one short lock.
#pragma once

#include "base/id128.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/tenancy/tenants.h"
#include "http/message.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace attune::api {

struct IdempotencyOptions {
    base::Duration retention = std::chrono::hours(24);
    std::size_t entries_max = 100'000;
    std::size_t bytes_max = 64u << 20;       // of stored answers
    std::size_t answer_bytes_max = 1 << 20;  // a larger answer is not kept: its retry runs again
};

// Who asks for what: the parts that keep keys of different callers apart.
struct IdempotencyScope {
    std::uint32_t tenant = 0;
    std::string_view principal;
    http::Method method = http::Method::post;
    std::string_view path;
};
// Views into its arguments.
[[nodiscard]] inline IdempotencyScope scope_of(const engine::Caller& caller, http::Method method,
                                               std::string_view path) {
    return {caller.tenant.value, caller.person ? *caller.person : caller.key_id, method, path};
}

class IdempotencyTable {
    struct State;

public:
    // The right to answer for a key. Movable; dying unfinished gives the key back.
    class Claim {
    public:
        Claim() = default;
        Claim(Claim&& other) noexcept = default;
        Claim& operator=(Claim&& other) noexcept;
        ~Claim();

        // Keeps a copy of the answer for replays. Answers that promise nothing (429 and 5xx) and streams are not kept.
        void finish(const http::Response& response);

    private:
        friend class IdempotencyTable;
        std::shared_ptr<State> state_;
        base::Id128 id_;
        std::uint64_t serial_ = 0;
    };

    struct Begun {
        Claim claim;
        std::optional<http::Response> replay;  // set: answer this, and do nothing
    };

    IdempotencyTable(const base::Clock& clock, IdempotencyOptions options);  // `clock` outlives it
    ~IdempotencyTable();

    // invalid_argument "unprocessable" when the key was used with another body, aborted "still_running" while the first
    // use has no answer yet.
    [[nodiscard]] Result<Begun> begin(const IdempotencyScope& scope, std::string_view key,
                                      std::string_view body);

    struct Stats {
        std::uint64_t entries = 0;
        std::uint64_t bytes = 0;
        std::uint64_t replays = 0;
        std::uint64_t evicted_early = 0;  // left before their retention was over
    };
    [[nodiscard]] Stats stats() const;

private:
    std::shared_ptr<State> state_;
};

// The key as a structured-field string ("…" with \" and \\ escapes) or a bare token of 1 to 255 visible characters.
[[nodiscard]] Result<std::string> parse_idempotency_key(std::string_view header);

// The id of the `index`-th event of a write with this key, the same in every process: so a retry counts once even when
// nothing but the log survived.
[[nodiscard]] std::string derived_event_id(const IdempotencyScope& scope, std::string_view key,
                                           std::uint64_t index);

}  // namespace attune::api
