// EventUpload: the body of POST /events while it arrives. A JSON body (one event or an array) is collected up to a limit
// and tracked as a whole. NDJSON has no limit: lines are tracked in groups as they come, the transport reads on only when
// the group before is on the disk, and what is remembered of each line is less than a bit.
#pragma once

#include "api/call.h"
#include "api/line_results.h"
#include "api/track_answer.h"
#include "api/upload_body.h"
#include "base/lines.h"
#include "base/ticket.h"
#include "http/message.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::api {

class EventUpload final : public http::BodySink {
public:
    // The services outlive the upload; everything else of the call is copied.
    EventUpload(const Call& call, bool answer_in_lines, std::optional<std::string> idempotency_key);

    [[nodiscard]] Result<std::optional<base::Ticket>> write(std::string_view piece) override;
    [[nodiscard]] http::Answer finish() override;
    // Says how many lines need not be sent again.
    [[nodiscard]] Error broken_off(Error why) const override;

private:
    void take_line(const base::Line& line);
    [[nodiscard]] Result<std::optional<base::Ticket>> track_group();
    [[nodiscard]] Result<http::Answer> finish_json();
    [[nodiscard]] Result<http::Answer> finish_lines();

    Services& services_;
    const TrackRequest request_;
    const bool answer_in_lines_;

    UploadBody body_;

    std::vector<PendingLine> pending_;
    std::vector<domain::IncomingEvent> group_;
    std::vector<std::size_t> group_places_;  // of each event in pending_
    std::size_t group_bytes_ = 0;
    LineResults results_;
    std::uint64_t lines_safe_ = 0;     // on the disk, or refused for good
    std::uint64_t lines_awaited_ = 0;  // safe once the transport writes on: it waited for them
    base::Ticket outstanding_ = base::Ticket::done();
};

}  // namespace attune::api
