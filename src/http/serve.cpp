// The way of a request through a connection: bytes, head, route, body, handler, ticket, answer.
#include "http/connection.h"

#include <cstring>
#include <utility>

namespace attune::http {

namespace {

constexpr std::size_t kFlushBytes = 64 * 1024;

Error error_of(Code code, std::string message, std::string reason = {}) {
    return Error{code, std::move(message), std::move(reason), {}};
}

}  // namespace

Task<bool> Connection::shake_hands() {
    const auto deadline = core_.shared.clock.steady_now() + core_.shared.options.header_timeout;
    while (true) {
        const IoResult result = transport_.handshake();
        if (result.status == IoResult::Status::done) co_return true;
        if (!result.waits()) co_return false;
        arm_until(deadline);
        if (co_await until(result.status) != Wake::ready) co_return false;
    }
}

Task<void> Connection::serve() {
    if (transport_.encrypted() && !co_await shake_hands()) co_return;
    bool try_first = true;
    while (true) {
        IoResult got{IoResult::Status::want_read, 0};
        if (try_first) {
            hold_workspace();
            got = transport_.read({work_->block.get() + work_->end, work_->capacity - work_->end});
        }
        if (got.waits()) {
            if (try_first && ending() && !in_head_) co_return;
            park();
            arm_head_deadline();
            idle_ = !in_head_;
            const Wake wake = co_await until(got.status);
            idle_ = false;
            try_first = true;
            if (wake == Wake::abort) co_return;
            if (wake == Wake::timeout) {
                co_await end_slow_head();
                co_return;
            }
            continue;
        }
        if (got.status != IoResult::Status::done) co_return;
        work_->end += got.bytes;

        for (Step step = next_step(); step != Step::need_input; step = next_step()) {
            if (step != Step::answered && !co_await exchange(step)) co_return;
            if (work_->unsent() >= kFlushBytes && !try_flush() && !co_await flush()) co_return;
            if (close_) break;
        }
        if (work_->unsent() > 0 && waits_for_others() &&
            co_await until(IoResult::Status::want_write) == Wake::abort)
            co_return;
        if (work_->unsent() > 0 && !try_flush() && !co_await flush()) co_return;
        if (close_) {
            co_await linger();
            co_return;
        }
        note_partial_head();
        // Readiness tells of bytes that came in the meantime, so there is no need to try in vain; the wait also lets
        // the core's other connections run between two batches of a greedy one.
        try_first = transport_.has_buffered();
    }
}

// The answers of a round wait for each other and leave one after the other: where the peers are one program, it is woken for
// several of them. Nothing but other connections runs until then.
bool Connection::waits_for_others() const {
    return core_.loop.is_telling_news() && !transport_.encrypted() &&
           transport_.may_go_on(IoResult::Status::want_write);
}

// A head's time runs from its first byte to its last, however many pieces it comes in.
void Connection::note_partial_head() {
    const bool partial = work_->begin != work_->end;
    if (partial && !in_head_)
        head_deadline_ = core_.shared.clock.steady_now() + core_.shared.options.header_timeout;
    in_head_ = partial;
}

void Connection::arm_head_deadline() {
    const ServerOptions& options = core_.shared.options;
    if (in_head_)
        arm_until(head_deadline_);
    else
        core_.wheel.set(*this, served_ ? options.idle_timeout : options.header_timeout);
}

Task<void> Connection::end_slow_head() {
    if (!in_head_) co_return;  // it only was idle for long
    core_.shared.timeouts_total.fetch_add(1, std::memory_order_relaxed);
    hold_workspace();
    work_->head = Head{};
    name_request();
    unread_ = true;
    refuse(error_of(Code::invalid_argument, "The request's head took too long to arrive.",
                    "request_timeout"));
    if (co_await flush()) co_await linger();
}

// Reads the next request's head and, when everything is here, answers it. Cheap and without waiting: the common case
// never leaves this function's callees.
Connection::Step Connection::next_step() {
    Workspace& work = *work_;
    if (work.begin == work.end) {
        work.begin = work.end = 0;
        return Step::need_input;
    }
    auto size = parse_head(work.input(), core_.shared.head_limits, work.request, work.head);
    if (size && *size == 0) {
        if (work.begin > 0) {
            std::memmove(work.block.get(), work.block.get() + work.begin, work.end - work.begin);
            work.end -= work.begin;
            work.begin = 0;
        }
        return Step::need_input;
    }
    in_head_ = false;
    served_ = true;
    core_.requests_total.store(core_.requests_total.load(std::memory_order_relaxed) + 1,
                               std::memory_order_relaxed);
    route_ = nullptr;
    if (!size) {
        head_size_ = 0;
        name_request();
        unread_ = true;
        refuse(size.error());
        return Step::answered;
    }
    const bool body_is_here =
        !work.head.has_body() ||
        (!work.head.chunked && work.head.content_length <= work.end - work.begin - *size);
    if (!body_is_here && work.begin > 0) {
        // The head moves to the front, so that the body has the rest of the block; its views are made anew.
        std::memmove(work.block.get(), work.block.get() + work.begin, work.end - work.begin);
        work.end -= work.begin;
        work.begin = 0;
        size = parse_head(work.input(), core_.shared.head_limits, work.request, work.head);
    }
    return begin_exchange(*size);
}

// What a request is called, and who sent it.
void Connection::name_request() {
    Workspace& work = *work_;
    Request& request = work.request;
    work.ids.clear();
    const bool sane = is_sane_request_id(work.head.request_id);
    const auto trace =
        work.head.traceparent.empty() ? std::nullopt : trace_id_of(work.head.traceparent);
    if (!sane) core_.ids.make(work.ids);
    if (!trace) core_.ids.make(work.ids);
    const std::string_view made = work.ids;
    request.request_id = sane ? work.head.request_id : made.substr(0, 32);
    request.trace_id = trace ? *trace : made.substr(made.size() - 32);
    request.body = {};
    request.slot = &slot_;
    request.tls = transport_.encrypted();
    request.peer = peer_;
    const TrustedProxies& proxies = core_.shared.proxies;
    if (!proxies.empty() && proxies.contains(peer_)) {
        request.peer = proxies.client_of(request, peer_);
        request.tls = request.tls || request.header("x-forwarded-proto") == "https";
    }
}

Connection::Step Connection::begin_exchange(std::size_t head_size) {
    Workspace& work = *work_;
    head_size_ = head_size;
    refused_ = false;
    body_bytes_in_ = 0;
    coding_ = Coding::identity;
    if (core_.shared.options.observe) started_ = core_.shared.clock.steady_now();
    close_ = !work.head.keep_alive;
    name_request();
    if (work.head.has_body()) {
        const bool whole =
            !work.head.chunked && work.head.content_length <= work.end - work.begin - head_size;
        const auto coding = coding_of(work.head.content_encoding);
        unread_ = !whole;
        if (!coding) {
            refuse(error_of(Code::invalid_argument,
                            "Content-Encoding may be gzip, deflate or identity, once.",
                            "unsupported_media"));
            return Step::answered;
        }
        coding_ = *coding;
    }
    return route_request();
}

Connection::Step Connection::route_request() {
    Workspace& work = *work_;
    if (work.request.method == Method::options) return answer_options();
    Router::Match match = core_.shared.router.match(work.request);
    if (match.route == nullptr) return answer_without_route(std::move(match));
    route_ = match.route;
    if (!work.head.has_body() && !route_->stream_handler) {
        work.begin += head_size_;
    } else {
        const std::uint64_t length = work.head.content_length;
        if (work.head.has_length && length > route_->body_bytes_max) {
            refuse(error_of(
                Code::invalid_argument,
                "The body is larger than " + std::to_string(route_->body_bytes_max) + " bytes.",
                "too_large"));
            return Step::answered;
        }
        const bool simple = !unread_ && coding_ == Coding::identity && !route_->stream_handler;
        if (!simple) return Step::needs_body;
        work.request.body = work.input().substr(head_size_, static_cast<std::size_t>(length));
        body_bytes_in_ = length;
        work.begin += head_size_ + static_cast<std::size_t>(length);
    }
    if (route_->waits) return Step::needs_worker;
    dispatch();
    if (answer_.after || answer_.response.stream || answer_.response.feed) return Step::needs_wait;
    finish(std::move(answer_.response));
    return Step::answered;
}

Connection::Step Connection::answer_without_route(Router::Match match) {
    if (match.malformed) {
        refuse(error_of(Code::invalid_argument,
                        "The path holds what is not valid percent-encoded UTF-8.",
                        "malformed_path"));
    } else if (!match.allowed.empty()) {
        Response response = render(error_of(Code::invalid_argument,
                                            "This path knows other methods: " + match.allowed + ".",
                                            "method_not_allowed"));
        response.with("Allow", std::move(match.allowed));
        refuse_with(std::move(response));
    } else {
        refuse(error_of(Code::not_found, "There is nothing at this path."));
    }
    return Step::answered;
}

// A plain OPTIONS says which methods there are; one from a browser that asks for permission gets it, or not.
Connection::Step Connection::answer_options() {
    Workspace& work = *work_;
    Request& request = work.request;
    Router::Match match = core_.shared.router.match(request);
    if (match.route != nullptr) {  // a route that answers OPTIONS itself
        route_ = match.route;
    }
    std::string allowed = std::move(match.allowed);
    Response response;
    response.status = 204;
    const auto wanted = request.header("access-control-request-method");
    if (route_ == nullptr && request.path != "*" && allowed.empty())
        return answer_without_route({.malformed = match.malformed});
    if (!work.head.origin.empty() && wanted) {
        // The route that is asked about decides whether every origin may call it.
        for (Method method :
             {Method::get, Method::post, Method::put, Method::patch, Method::del, Method::head}) {
            if (name_of(method) != *wanted) continue;
            request.method = method;
            route_ = core_.shared.router.match(request).route;
            request.method = Method::options;
        }
        const CorsGrant grant = grant_for(work.head.origin, route_ != nullptr && route_->any_origin,
                                          core_.shared.options.cors_origins);
        if (!grant.origin.empty()) response = preflight_answer(request, allowed);
    }
    response.with("Allow", allowed.empty() ? "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE"
                                           : std::move(allowed));
    refuse_with(std::move(response));
    return Step::answered;
}

// Whether there is too much to do already; then the answer says so.
bool Connection::shed() {
    Shared& shared = core_.shared;
    if (route_->always || shared.requests_in_flight.load(std::memory_order_relaxed) <
                              shared.options.requests_in_flight_max)
        return false;
    shared.requests_shed.fetch_add(1, std::memory_order_relaxed);
    answer_ = Answer(
        render(error_of(Code::unavailable, "Too many requests wait here already.", "overloaded")));
    return true;
}

// Calls the handler; what it answers is left in answer_.
void Connection::dispatch() {
    unread_ = false;
    if (shed()) return;
    try {
        answer_ = route_->handler(work_->request);
    } catch (...) {
        answer_ = Answer(render(error_of(Code::internal, "The handler threw.")));
    }
}

// The same on another thread.
Task<bool> Connection::dispatch_on_worker() {
    unread_ = false;
    if (shed()) co_return true;
    const InFlight counted(core_.shared.requests_in_flight);
    Result<void> taken;
    const auto handle = [this] { answer_ = route_->handler(work_->request); };
    if (!co_await on_worker(handle, taken)) co_return false;
    if (!taken) answer_ = Answer(render(taken.error()));
    co_return true;
}

// Does `job` on another thread, which has the connection to itself meanwhile: nothing ends this wait before it is done, no
// deadline and no shutdown. False: the connection is over.
Task<bool> Connection::on_worker(Workers::Job job, Result<void>& outcome) {
    // Answers to earlier requests of a pipeline do not wait for this one.
    if (work_->unsent() > 0 && !try_flush() && !co_await flush()) co_return false;
    wait_id_ = core_.begin_wait(*this);
    outcome = {};
    const Result<void> taken = core_.shared.workers.run(
        [&outcome, job = std::move(job), mailbox = core_.mailbox, id = wait_id_]() mutable {
            try {
                job();
            } catch (...) {
                outcome = std::unexpected(error_of(Code::internal, "The handler threw."));
            }
            mailbox->deliver(id, {});
        });
    if (taken) {
        wake_ = Wake::ready;
        (void)co_await Outcome{*this};
    } else {
        outcome =
            std::unexpected(error_of(Code::unavailable, "The server is ending.", "overloaded"));
    }
    core_.end_wait(wait_id_);
    co_return true;
}

// The part of an exchange that waits: for the body, for a worker, for a ticket, for a stream to be taken.
Task<bool> Connection::exchange(Step step) {
    if (step == Step::needs_body) {
        const bool arrived = route_->stream_handler ? co_await upload() : co_await receive_body();
        if (!arrived) co_return false;
        if (refused_) co_return true;
        if (!route_->stream_handler && !route_->waits) dispatch();
    }
    if (route_->waits && !route_->stream_handler && !co_await dispatch_on_worker()) co_return false;
    co_return co_await settle();
}

// Holds the answer until its ticket is done, then writes it.
Task<bool> Connection::settle() {
    if (answer_.after) {
        Result<void> outcome;
        const base::Ticket ticket = *std::exchange(answer_.after, std::nullopt);
        if (!co_await wait_for(ticket, outcome)) co_return false;
        if (!outcome) {
            Response failed;
            try {
                failed = answer_.on_failure ? answer_.on_failure(outcome.error())
                                            : render(outcome.error());
            } catch (...) {
                failed = render(error_of(Code::internal, "The handler threw."));
            }
            answer_.response = std::move(failed);
        }
    }
    Response response = std::exchange(answer_, Answer()).response;
    if (response.stream) co_return co_await stream_out(std::move(response));
    if (response.feed) co_return co_await feed_out(std::move(response));
    finish(std::move(response));
    co_return true;
}

// Waits for the ticket, at most as long as a request may take. False: the connection is to end.
Task<bool> Connection::wait_for(base::Ticket ticket, Result<void>& outcome) {
    if (ticket.is_done()) {
        outcome = ticket.wait();
        co_return true;
    }
    // Answers to earlier requests of a pipeline do not wait for this one.
    if (work_->unsent() > 0 && !try_flush() && !co_await flush()) co_return false;
    Shared& shared = core_.shared;
    shared.requests_in_flight.fetch_add(1, std::memory_order_relaxed);
    wait_id_ = core_.begin_wait(*this);
    core_.wheel.set(*this, shared.options.request_timeout);
    wake_ = Wake::ready;
    ticket.then([mailbox = core_.mailbox, id = wait_id_](const Result<void>& done) {
        mailbox->deliver(id, done);
    });
    const Wake wake = co_await Outcome{*this};
    core_.end_wait(wait_id_);
    shared.requests_in_flight.fetch_sub(1, std::memory_order_relaxed);
    if (wake == Wake::abort) co_return false;
    if (wake == Wake::timeout) {
        shared.timeouts_total.fetch_add(1, std::memory_order_relaxed);
        outcome =
            fail(Code::deadline_exceeded, "The answer took too long; the write may still happen.");
    } else {
        outcome = std::exchange(outcome_, Result<void>{});
    }
    co_return true;
}

}  // namespace attune::http
