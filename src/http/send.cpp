// Answers: rendered, compressed where that is wanted, and written without a copy where they are large.
#include "http/connection.h"

#include "http/problem.h"

#include <algorithm>
#include <utility>

namespace attune::http {

namespace {

// A body from here on is not copied behind its head but gathered by the kernel.
constexpr std::size_t kGatherBytes = 64 * 1024;
constexpr std::size_t kStreamBytes = 32 * 1024;
constexpr std::size_t kLingerBytes = 16 * 1024 * 1024;
constexpr std::chrono::milliseconds kLinger{2'000};

bool is_text(std::string_view type) {
    return type.starts_with("text/") || type.starts_with("application/json") ||
           type.find("+json") != std::string_view::npos ||
           type.starts_with("application/x-ndjson") || type.starts_with("application/javascript") ||
           type.starts_with("image/svg");
}

bool has_header(const Response& response, std::string_view lower_name) {
    return std::ranges::any_of(response.headers, [&](const auto& header) {
        return std::ranges::equal(header.first, lower_name, [](char a, char b) {
            return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
        });
    });
}

std::string_view body_of(const Response& response) {
    return response.shared_body ? std::string_view(*response.shared_body)
                                : std::string_view(response.body);
}

}  // namespace

Response Connection::render(const Error& error) const {
    const auto& own = core_.shared.options.render_error;
    if (!own) return problem(work_->request, error);
    try {
        return own(work_->request, error);
    } catch (...) {
        return problem(work_->request, {Code::internal, "The error renderer threw.", {}, {}});
    }
}

// Ends the exchange before its handler has seen it. Where a body was announced the connection ends with it: nobody
// reads that body, and how much of it has come already must not change the answer.
void Connection::refuse(const Error& error) { refuse_with(render(error)); }

void Connection::refuse_with(Response response) {
    refused_ = true;
    if (work_->head.has_body()) unread_ = true;
    if (unread_)
        close_ = true;
    else
        work_->begin += head_size_;
    finish(std::move(response));
}

HeadFacts Connection::facts_for(const Response& response) {
    HeadFacts facts;
    const Head& head = work_->head;
    if (ending() || response.close) close_ = true;
    facts.common = core_.common_headers;
    facts.request_id = work_->request.request_id;
    facts.http_1_0 = head.http_1_0;
    facts.keep_alive = !close_;
    facts.tls = transport_.encrypted();
    if (!head.origin.empty() || !core_.shared.options.cors_origins.empty()) {
        const CorsGrant grant = grant_for(head.origin, route_ != nullptr && route_->any_origin,
                                          core_.shared.options.cors_origins);
        facts.origin = head.origin.empty() ? std::string_view{} : grant.origin;
        facts.vary_origin = grant.vary;
    }
    return facts;
}

// Compresses in place. An answer with an ETag is left alone: its tag names these very bytes, and If-Match on documents
// lives from that; shared bodies are too, since compressing them again for each request would cost more than they do.
void Connection::compress(Response& response, HeadFacts& facts) {
    const std::size_t minimum = core_.shared.options.gzip_bytes_min;
    if (response.shared_body || response.body.size() < minimum || !is_text(response.content_type))
        return;
    if (has_header(response, "etag") || has_header(response, "content-encoding")) return;
    facts.vary_encoding = true;
    if (work_->head.accept_encoding.empty() || !accepts_gzip(work_->head.accept_encoding)) return;
    if (auto packed = core_.deflater.gzip(response.body)) {
        response.body = *std::move(packed);
        facts.gzip = true;
    }
}

void Connection::finish(Response response) {
    Workspace& work = *work_;
    HeadFacts facts = facts_for(response);
    compress(response, facts);
    facts.length = body_of(response).size();
    const std::size_t before = work.out.size();
    const unsigned status = response.status;
    append_head(work.out, response, facts);
    std::size_t sent = work.out.size() - before;
    if (has_body(status) && work.request.method != Method::head) {
        sent += body_of(response).size();
        if (body_of(response).size() < kGatherBytes) {
            work.out += body_of(response);
        } else {
            work.tail_owner = std::move(response);
            work.tail = body_of(work.tail_owner);
        }
    }
    observe(status, sent);
}

void Connection::observe(unsigned status, std::uint64_t bytes_out) {
    const auto& watch = core_.shared.options.observe;
    if (!watch) return;
    const auto took = started_ == base::SteadyTime{} ? base::Duration{0}
                                                     : core_.shared.clock.steady_now() - started_;
    try {
        watch({work_->request, route_, status, head_size_ + body_bytes_in_, bytes_out, took});
    } catch (...) {  // NOLINT(bugprone-empty-catch)
        // A broken observer must not cost the peer its answer.
    }
}

// An answer made piece by piece: the next piece is asked for when the peer has taken the one before. A source that
// throws leaves the body without its end, so that the peer knows that it is not whole.
Task<bool> Connection::stream_out(Response response) {
    Workspace& work = *work_;
    const bool chunked = !work.head.http_1_0;
    if (!chunked) close_ = true;
    const HeadFacts facts = facts_for(response);
    append_head(work.out, response, facts);
    std::uint64_t sent = work.out.size();
    while (has_body(response.status) && work.request.method != Method::head) {
        std::optional<std::string> piece;
        try {
            piece = response.stream->next();
        } catch (...) {
            co_return false;
        }
        if (!piece) {
            if (chunked) append_last_chunk(work.out);
            break;
        }
        if (piece->empty()) continue;  // an empty chunk would end the body
        sent += piece->size();
        if (chunked)
            append_chunk(work.out, *piece);
        else
            work.out += *piece;
        if (work.unsent() >= kStreamBytes && !try_flush() && !co_await flush()) co_return false;
    }
    observe(response.status, sent);
    co_return true;
}

bool Connection::try_flush() {
    Workspace& work = *work_;
    while (work.unsent() > 0) {
        const IoResult result =
            transport_.write(std::string_view(work.out).substr(work.sent), work.tail);
        if (result.status != IoResult::Status::done) {
            broken_ = !result.waits();
            blocked_on_ = result.status;
            return false;
        }
        const std::size_t of_out = std::min(result.bytes, work.out.size() - work.sent);
        work.sent += of_out;
        work.tail.remove_prefix(result.bytes - of_out);
    }
    work.forget_sent();
    return true;
}

// Writes what is left, as fast as the peer takes it. Each write_timeout must move at least kStreamBytes, so that
// nobody holds an answer for hours by reading it byte by byte.
Task<bool> Connection::flush() {
    const auto patience = core_.shared.options.write_timeout;
    auto deadline = core_.shared.clock.steady_now() + patience;
    std::size_t mark = work_->unsent();
    while (!try_flush()) {
        if (broken_) co_return false;
        const auto now = core_.shared.clock.steady_now();
        if (mark - work_->unsent() >= kStreamBytes) {
            mark = work_->unsent();
            deadline = now + patience;
        }
        core_.wheel.set(*this, deadline - now);
        const Wake wake = co_await until(blocked_on_);
        if (wake == Wake::timeout)
            core_.shared.timeouts_total.fetch_add(1, std::memory_order_relaxed);
        if (wake == Wake::timeout || wake == Wake::abort) {
            broken_ = true;
            co_return false;
        }
    }
    co_return true;
}

// Closing with unread bytes makes the kernel send a reset, which may overtake the answer and destroy it. So the answer's
// end is announced, and what still comes is thrown away for a short while.
Task<void> Connection::linger() {
    if (broken_) co_return;
    transport_.end_output();
    if (!unread_ && work_->begin == work_->end) co_return;
    const auto deadline =
        core_.shared.clock.steady_now() + std::min(kLinger, core_.shared.options.header_timeout);
    std::size_t thrown_away = 0;
    while (thrown_away < kLingerBytes) {
        const IoResult got = transport_.read({work_->block.get(), work_->capacity});
        if (got.status == IoResult::Status::done) {
            thrown_away += got.bytes;
            continue;
        }
        if (!got.waits()) co_return;
        arm_until(deadline);
        if (co_await until(got.status) != Wake::ready) co_return;
    }
}

}  // namespace attune::http
