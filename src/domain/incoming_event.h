// IncomingEvent: an event as a client sends it. Everything a client may leave out is optional here; engine/track makes a
// complete Event of it or says what is wrong.
#pragma once

#include "base/flat_map.h"
#include "base/json_text.h"
#include "base/time.h"

#include <optional>
#include <string>

namespace attune::domain {

struct IncomingEvent {
    std::optional<std::string>
        id;  // the client's own, for retries to count once; made here when left out
    std::optional<std::string> user_id;
    std::optional<std::string> anonymous_id;
    std::string event;
    std::optional<std::string> item_id;
    std::optional<double> value;
    std::optional<std::string> decision_id;
    base::JsonText properties;  // an object
    base::JsonText
        context;  // an object: user_agent, ip, locale, timezone, page, app, device, os, …
    std::optional<base::Time> time;
    std::optional<base::Time> sent_at;  // the client's clock when it sent this, for skew correction
    base::FlatMap<std::string, base::JsonText> extra;  // fields we do not know; kept as properties
};

}  // namespace attune::domain
