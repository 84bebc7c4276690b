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

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

// One object, closed where the text ends: brackets outside strings balance there for the first time.
bool is_whole_object(std::string_view text) {
    if (!text.starts_with('{')) return false;
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && (depth == 0 || --depth == 0)) {
            return i + 1 == text.size();
        }
    }
    return false;
}

// Whether a body that does not say so is NDJSON: a whole object on its first line and something after it.
bool looks_like_lines(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    return is_whole_object(trimmed(text.substr(0, end))) && !trimmed(text.substr(end)).empty();
}

}  // namespace

EventUpload::EventUpload(const Call& call, Format format, bool answer_in_lines,
                         std::optional<std::string> idempotency_key)
    : services_(call.services),
      request_(call, std::move(idempotency_key)),
      answer_in_lines_(answer_in_lines),
      format_(format),
      reader_({.line_bytes_max = call.services.options.line_bytes_max}),
      results_(call.services.options.rejected_listed_max) {}

Result<std::optional<base::Ticket>> EventUpload::write(std::string_view piece) {
    return format_ == Format::lines ? take_lines(piece) : collect(piece);
}

Result<std::optional<base::Ticket>> EventUpload::collect(std::string_view piece) {
    if (buffer_.size() + piece.size() > services_.options.track_body_bytes_max) {
        return fail(Code::invalid_argument,
                    "A JSON body of events has at most " +
                        std::to_string(services_.options.track_body_bytes_max) +
                        " bytes; longer ones are sent as NDJSON.",
                    "too_large");
    }
    buffer_ += piece;
    if (format_ == Format::json) return std::nullopt;
    // Until its first line has ended nothing is known, and a body that drips in is not looked through again and again.
    if (buffer_.size() <= services_.options.line_bytes_max && !first_line_ended(piece)) {
        return std::nullopt;
    }
    if (looks_like_lines(buffer_)) {
        format_ = Format::lines;
        const std::string begun_lines = std::exchange(buffer_, {});
        return take_lines(begun_lines);
    }
    // Past its first line, or too long to have one: JSON it is.
    if (trimmed(buffer_).find('\n') != std::string_view::npos ||
        buffer_.size() > services_.options.line_bytes_max) {
        format_ = Format::json;
    }
    return std::nullopt;
}

bool EventUpload::first_line_ended(std::string_view piece) {
    if (first_line_ == FirstLine::none) {
        while (!piece.empty() && is_space(piece.front())) piece.remove_prefix(1);
        if (!piece.empty()) first_line_ = FirstLine::begun;
    }
    if (first_line_ == FirstLine::begun && piece.find('\n') != std::string_view::npos) {
        first_line_ = FirstLine::ended;
    }
    return first_line_ == FirstLine::ended;
}

Result<std::optional<base::Ticket>> EventUpload::take_lines(std::string_view piece) {
    lines_safe_ = lines_awaited_;
    // A piece is at most what the transport reads at once, so a group overshoots by little.
    reader_.feed(piece, [this](const base::Line& line) { take_line(line); });
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
        return read_event(document.root(), EventShape::exact);
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
    if (format_ != Format::lines) return why;  // nothing was taken before the end
    if (!why.message.ends_with('.')) why.message += '.';
    why.message += " The first " + std::to_string(lines_safe_) +
                   " lines are safe; send what follows them again.";
    return why;
}

http::Answer EventUpload::finish() {
    auto answer = format_ == Format::lines ? finish_lines() : finish_json();
    if (!answer) answer = http::Answer{request_.failure(answer.error())};
    secure(answer->response);
    return std::move(*answer);
}

Result<http::Answer> EventUpload::finish_json() {
    TrackBody how;
    how.body = buffer_;
    auto track = [&] { return track_body(services_, request_, how); };
    if (!request_.idempotency_key) return track();
    return answer_once(services_.idempotency, request_.scope(), *request_.idempotency_key, buffer_,
                       track, [&](const Error& error) { return request_.failure(error); });
}

Result<http::Answer> EventUpload::finish_lines() {
    lines_safe_ = lines_awaited_;
    reader_.finish([this](const base::Line& line) { take_line(line); });
    ATTUNE_TRY_VOID(track_group());
    if (results_.lines() == 0) return fail_body("", "must hold at least one event");
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
