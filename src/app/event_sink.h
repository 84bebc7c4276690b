// EventSink: where a stream of events goes, whoever made it: into a data directory opened in place,
// or over HTTP to a server. Import and simulation write to one.
#pragma once

#include "app/command.h"
#include "base/result.h"
#include "base/ticket.h"
#include "domain/event.h"
#include "domain/incoming_event.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace attune::app {

struct SinkRejection {
    std::size_t index = 0;  // in the batch
    std::vector<FieldError> fields;
    std::string message;
};

struct SinkOutcome {
    std::uint64_t accepted = 0;
    std::uint64_t duplicates = 0;
    std::vector<SinkRejection> rejected;
};

class EventSink {
public:
    // Called once for each batch, in order, when it is durable (or rejected) as a whole.
    using Done = std::move_only_function<void(Result<SinkOutcome>)>;
    virtual ~EventSink() = default;

    // Takes a batch; may wait until an earlier one is done. An error here or in `done` ends the
    // stream.
    [[nodiscard]] virtual Result<void> send(std::vector<domain::IncomingEvent> batch,
                                            Done done) = 0;
    // The same of events as they stand in a log (whole_events.h). failed_precondition over HTTP: what a server added and wrote
    // itself nobody may send it.
    [[nodiscard]] virtual Result<void> send_whole(std::vector<domain::Event> batch, Done done);
    // Waits for everything.
    [[nodiscard]] virtual Result<void> finish() = 0;
};

// --url and ATTUNE_KEY, or the data directory. `source` is what the events will say they came from.
[[nodiscard]] Result<std::unique_ptr<EventSink>> open_sink(const Invocation& invocation,
                                                           std::string_view source);

// The options by which a command lets its user choose.
[[nodiscard]] std::vector<Option> sink_options();

}  // namespace attune::app
