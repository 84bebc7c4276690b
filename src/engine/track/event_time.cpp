#include "engine/track/event_time.h"

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kEarliest = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};
// What can be written down at all. Differences of such times cannot overflow.
constexpr base::Time kFirst = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
constexpr base::Time kLast = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31} + 24h - 1us;

std::unexpected<Error> unprocessable(const char* pointer, std::string detail) {
    auto failed = fail_field(pointer, std::move(detail));
    failed.error().reason = "unprocessable";
    return failed;
}

bool can_be_written(base::Time time) { return time >= kFirst && time <= kLast; }

}  // namespace

Result<ResolvedTime> resolve_time(const ClientTimes& client, base::Time received_at,
                                  base::Duration future_max) {
    if (!client.time) return ResolvedTime{received_at, false};
    const std::string expected =
        "must be between 2000-01-01 and " +
        std::to_string(std::chrono::duration_cast<std::chrono::hours>(future_max).count()) +
        " hours from now";
    ResolvedTime resolved{*client.time, false};
    if (!can_be_written(resolved.time)) return unprocessable("/time", expected);
    if (client.sent_at) {
        if (!can_be_written(*client.sent_at))
            return unprocessable("/sent_at", "must be a year from 0 to 9999");
        // Nothing can have happened after it was sent.
        resolved.time = std::min(received_at - (*client.sent_at - *client.time), received_at);
        resolved.corrected = resolved.time != *client.time;
    }
    if (resolved.time < kEarliest || resolved.time > received_at + future_max) {
        return unprocessable("/time", expected);
    }
    return resolved;
}

}  // namespace attune::engine
