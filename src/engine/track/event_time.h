// When an event happened, by a client's clock that may be wrong. A client that says when it sent the event tells us
// how wrong: what matters is how long before the sending it happened.
//
//     auto time = resolve_time({.time = t, .sent_at = s}, received_at, future_max);
//
//     nothing given            received_at
//     time                     time
//     time and sent_at         received_at − (sent_at − time), and received_at where that lies in the future
//
// Pure and thread-safe.
#pragma once

#include "base/result.h"
#include "base/time.h"

#include <optional>

namespace attune::engine {

struct ClientTimes {
    std::optional<base::Time> time;
    std::optional<base::Time> sent_at;
};

struct ResolvedTime {
    base::Time time;
    bool corrected = false;  // differs from what the client said
};

// Outside of [2000-01-01, received_at + future_max] after the correction: invalid_argument, "unprocessable", "/time".
[[nodiscard]] Result<ResolvedTime> resolve_time(const ClientTimes& client, base::Time received_at,
                                                base::Duration future_max);

}  // namespace attune::engine
