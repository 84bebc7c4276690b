#include "api/event_upload.h"

#include "api/answers.h"
#include "api/dispatch.h"
#include "api/event_body.h"

#include <utility>

namespace attune::api {

namespace {

// As many as make the disk's sync cheap for each, and few enough that two groups in flight are little memory.
constexpr std::size_t kGroupLinesMax = 1'000;
constexpr std::size_t kGroupBytesMax = 1 << 20;

}  // namespace

EventUpload::EventUpload(const Call& call, bool answer_in_lines,
                         std::optional<std::string> idempotency_key)
    : services_(call.services),
      request_(call, std::move(idempotency_key)),
      answer_in_lines_(answer_in_lines),
      body_(call, "events"),
      results_(call.services.options.rejected_listed_max) {}

Result<std::optional<base::Ticket>> EventUpload::write(std::string_view piece) {
    lines_safe_ = lines_awaited_;
    // A piece is at most what the transport reads at once, so a group overshoots by little.
    ATTUNE_TRY_VOID(body_.feed(piece, [this](const base::Line& line) { take_line(line); }));
    if (pending_.size() < kGroupLinesMax && group_bytes_ < kGroupBytesMax) return std::nullopt;
    return track_group();
}

void EventUpload::take_line(const base::Line& line) {
    // The reader passes over blank lines; they keep their numbers.
    while (results_.lines() + pending_.size() + 1 < line.number) {
        pending_.push_back({LineOutcome::blank, {}});
    }
    group_bytes_ += line.text.size();
    if (line.error) {
        pending_.push_back({LineOutcome::rejected, line.error});
        return;
    }
    auto event = [&]() -> Result<domain::IncomingEvent> {
        ATTUNE_TRY(auto document, base::JsonDocument::parse(line.text));
        return read_event(document.root());
    }();
    if (!event) {
        pending_.push_back({LineOutcome::rejected, std::move(event).error()});
        return;
    }
    if (!event->id && request_.idempotency_key) event->id = request_.derived_id(line.number);
    group_places_.push_back(pending_.size());
    group_.push_back(std::move(*event));
    pending_.push_back({});
}

// Answers the ticket of the group before this one: one group is on its way to the disk while the next is read.
Result<std::optional<base::Ticket>> EventUpload::track_group() {
    base::Ticket before = outstanding_;
    const std::uint64_t lines_before = results_.lines();
    if (!group_.empty()) {
        auto tracked = services_.engine.tracker().track(request_.caller.tenant, std::move(group_),
                                                        request_.origin());
        if (!tracked) return std::unexpected(broken_off(std::move(tracked).error()));
        if (const Error* full = tracked->refused_for_now()) {
            return std::unexpected(broken_off(*full));
        }
        for (engine::Rejected& rejected : tracked->rejected) {
            PendingLine& line = pending_[group_places_[rejected.index]];
            line.outcome = LineOutcome::rejected;
            line.why = std::move(rejected.error);
        }
        results_.count(tracked->accepted, tracked->duplicates);
        outstanding_ =
            before.is_done() ? tracked->ticket : base::Ticket::both(before, tracked->ticket);
    }
    for (const PendingLine& line : pending_) ATTUNE_TRY_VOID(results_.add(line));
    pending_.clear();
    group_.clear();
    group_places_.clear();
    group_bytes_ = 0;
    lines_awaited_ = lines_before;
    if (before.is_done()) {
        if (auto durable = before.wait(); !durable) {
            return std::unexpected(broken_off(std::move(durable).error()));
        }
        lines_safe_ = lines_before;
    }
    return before;
}

Error EventUpload::broken_off(Error why) const {
    if (!body_.is_lines()) return why;  // nothing was taken before the end
    if (!why.message.ends_with('.')) why.message += '.';
    why.message += " The first " + std::to_string(lines_safe_) +
                   " lines are safe; send what follows them again.";
    return why;
}

http::Answer EventUpload::finish() {
    auto answer = body_.is_lines() ? finish_lines() : finish_json();
    if (!answer) answer = http::Answer{request_.failure(answer.error())};
    secure(answer->response);
    return std::move(*answer);
}

Result<http::Answer> EventUpload::finish_json() {
    TrackBody how;
    how.body = body_.json();
    auto track = [&] { return track_body(services_, request_, how); };
    if (!request_.idempotency_key) return track();
    return answer_once(services_.idempotency, request_.scope(), *request_.idempotency_key,
                       body_.json(), track,
                       [&](const Error& error) { return request_.failure(error); });
}

Result<http::Answer> EventUpload::finish_lines() {
    lines_safe_ = lines_awaited_;
    body_.finish([this](const base::Line& line) { take_line(line); });
    ATTUNE_TRY_VOID(track_group());
    if (results_.lines() == 0) return fail_field("", "must hold at least one event");
    http::Response response;
    response.status = results_.all_rejected() ? 400 : 200;
    if (answer_in_lines_) {
        response.content_type = "application/x-ndjson";
        response.stream = std::move(results_).as_lines();
    } else {
        response.body = base::to_json(results_.summary());
    }
    return http::Answer{std::move(response), outstanding_};
}

}  // namespace attune::api
