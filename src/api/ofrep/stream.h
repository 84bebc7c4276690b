// The stream on which OFREP's clients hear that flags changed, so that they need not ask again and again: server-sent
// events that say no more than that it is time to ask. Where it is, the bulk answer says.
#pragma once

#include "base/result.h"
#include "engine/flags/flag_news.h"
#include "engine/flags/flag_set.h"
#include "http/message.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace attune::api::ofrep {

// {"type":"sse","endpoint":{…}}: where whoever holds this token listens. A path alone, since the client knows best under
// which origin it reaches us.
[[nodiscard]] std::string stream_at(std::string_view token);

// One message: that the flags became this version.
[[nodiscard]] std::string refetch_message(const engine::FlagChange& change);

struct StreamStart {
    std::unique_ptr<engine::FlagListener> listener;
    // Told at once, for what may have changed between the client's last answer and now.
    std::optional<engine::FlagChange> missed;
};
[[nodiscard]] http::Response stream(StreamStart start);

// What a client has missed that begins to listen now: it heard last of `last_event` when it was connected before,
// otherwise it has just asked for the flags. `last` is the last change that is known of.
[[nodiscard]] std::optional<engine::FlagChange> missed_by(
    std::optional<std::string_view> last_event, const engine::FlagSet& set,
    const std::optional<engine::FlagChange>& last, base::Time now);

}  // namespace attune::api::ofrep
