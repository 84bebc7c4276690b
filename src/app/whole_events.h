// Events as they stand in a log: what `export events --complete` writes, taken in again with what the server found out when
// they came, and with what it wrote itself. Who does so holds the data directory, and could write anything into it.
//
//     ATTUNE_TRY(const domain::Event event, whole_event(line, clock.now()));
//     const engine::Tracked taken = take_whole(engine, tenant, events);
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "domain/event.h"
#include "engine/engine.h"
#include "engine/track/tracker.h"

#include <string_view>
#include <vector>

namespace attune::app {

// invalid_argument names what is missing or wrong. A merge is none of them: it comes of the events that led to it. Nothing was
// received later than `now`, but for clocks that are some minutes apart, nor happened a day after that: what is counted of a log
// goes by the log's own time.
[[nodiscard]] Result<domain::Event> whole_event(std::string_view line, base::Time now);

// In their order, which is that of the log. As Tracker::track, without its checks and limits: of what the queue or the disk is too
// full for, the rejections say so, and it may all be sent again.
[[nodiscard]] engine::Tracked take_whole(engine::Engine& engine, engine::TenantId tenant,
                                         const std::vector<domain::Event>& events);

}  // namespace attune::app
