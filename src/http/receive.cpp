// Bodies: read against their limits and deadlines, decoded, and handed on whole or piece by piece.
#include "http/connection.h"

#include <algorithm>
#include <utility>

namespace attune::http {

namespace {

constexpr std::size_t kFirstBody = 64 * 1024;

// Puts the pieces of an encoded or chunked body together.
class Collector final : public BodySink {
public:
    explicit Collector(std::string& out) : out_(out) { out_.clear(); }

    Result<std::optional<base::Ticket>> write(std::string_view piece) override {
        out_ += piece;
        return std::nullopt;
    }
    Answer finish() override { return {}; }

private:
    std::string& out_;
};

}  // namespace

BodyDecoder Connection::make_decoder() const {
    return {
        work_->head,
        coding_,
        {.bytes_max = route_->body_bytes_max, .ratio_max = core_.shared.options.inflate_ratio_max}};
}

// The next piece must come within body_timeout, and what has come must keep up with the least rate once the grace of
// header_timeout is over.
void Connection::arm_body_deadline() {
    const ServerOptions& options = core_.shared.options;
    std::chrono::microseconds patience = options.body_timeout;
    if (options.body_bytes_per_second_min > 0) {
        const auto earned = std::chrono::microseconds(body_bytes_in_ * 1'000'000 /
                                                      options.body_bytes_per_second_min);
        const auto allowed = std::max<std::chrono::microseconds>(options.header_timeout, earned);
        patience = std::min(patience, allowed - (core_.shared.clock.steady_now() - body_started_));
    }
    core_.wheel.set(*this, patience);
}

// Reads what comes next. Nothing: the connection is over, or the peer was too slow and has been refused.
Task<std::optional<std::size_t>> Connection::read_more(std::span<char> into, const BodySink* sink) {
    while (true) {
        const IoResult got = transport_.read(into);
        if (got.status == IoResult::Status::done) {
            body_bytes_in_ += got.bytes;
            co_return got.bytes;
        }
        if (!got.waits()) co_return std::nullopt;
        if (work_->unsent() > 0 && !try_flush() && !co_await flush()) co_return std::nullopt;
        arm_body_deadline();
        const Wake wake = co_await until(got.status);
        if (wake == Wake::abort) co_return std::nullopt;
        if (wake == Wake::timeout) {
            core_.shared.timeouts_total.fetch_add(1, std::memory_order_relaxed);
            Error slow{Code::invalid_argument,
                       "The request's body took too long to arrive.",
                       "request_timeout",
                       {}};
            refuse(sink != nullptr ? sink->broken_off(std::move(slow)) : slow);
            co_return std::nullopt;
        }
    }
}

Task<bool> Connection::send_continue() {
    if (!work_->head.expects_continue || work_->end > work_->begin + head_size_) co_return true;
    work_->out += "HTTP/1.1 100 Continue\r\n\r\n";
    co_return try_flush() || co_await flush();
}

Task<bool> Connection::receive_body() {
    body_started_ = core_.shared.clock.steady_now();
    if (!co_await send_continue()) co_return false;
    BodyDecoder decoder = make_decoder();
    bool alive = false;
    if (const auto length = decoder.plain_length()) {
        alive = co_await receive_plain(*length);
    } else {
        Collector collector(work_->body);
        alive = co_await upload_pieces(decoder, collector);
    }
    work_->request.body = work_->body;
    co_return alive;
}

// A body of known length that is still under way: read straight into place. The room grows with what has really
// come, not with what was announced.
Task<bool> Connection::receive_plain(std::uint64_t length) {
    Workspace& work = *work_;
    std::string& body = work.body;
    body.assign(work.input().substr(head_size_));
    body_bytes_in_ = body.size();
    work.end = work.begin + head_size_;
    std::size_t filled = body.size();
    while (filled < length) {
        const std::size_t room = std::min<std::size_t>(length, std::max(kFirstBody, 2 * filled));
        if (body.size() < room)
            body.resize_and_overwrite(room, [](char*, std::size_t size) { return size; });
        const auto got = co_await read_more({body.data() + filled, body.size() - filled});
        if (!got) co_return refused_;
        filled += *got;
    }
    body.resize(filled);
    work.begin = work.end;
    unread_ = false;
    co_return true;
}

// The piece goes to the sink, on a worker's thread where the route waits. False: the connection is over.
Task<bool> Connection::write_piece(BodySink& sink, std::string_view piece,
                                   Result<std::optional<base::Ticket>>& taken) {
    if (!route_->waits) {
        try {
            taken = sink.write(piece);
        } catch (...) {
            taken = fail(Code::internal, "The upload's handler threw.");
        }
        co_return true;
    }
    // What it was decoded into is the core's, and serves other connections meanwhile.
    const std::string own(piece);
    const auto before = core_.shared.clock.steady_now();
    Result<void> done;
    if (!co_await on_worker([&] { taken = sink.write(own); }, done)) co_return false;
    if (!done) taken = std::unexpected(sink.broken_off(std::move(done).error()));
    body_started_ += core_.shared.clock.steady_now() - before;  // not the peer's slowness
    co_return true;
}

// Feeds the body to the sink, and waits whenever the sink says so. False: the connection is over.
Task<bool> Connection::upload_pieces(BodyDecoder& decoder, BodySink& sink) {
    Workspace& work = *work_;
    std::size_t cursor = work.begin + head_size_;
    body_bytes_in_ = work.end - cursor;
    while (true) {
        std::string_view input(work.block.get() + cursor, work.end - cursor);
        auto step = decoder.next(input, core_.scratch);
        cursor = work.end - input.size();
        if (!step) {
            refuse(sink.broken_off(std::move(step).error()));
            co_return true;
        }
        if (*step == BodyDecoder::Step::end) break;
        if (*step == BodyDecoder::Step::need_input) {
            cursor = work.end = work.begin + head_size_;
            const auto got =
                co_await read_more({work.block.get() + cursor, work.capacity - cursor}, &sink);
            if (!got) co_return refused_;
            work.end += *got;
            continue;
        }
        Result<std::optional<base::Ticket>> taken;
        if (!co_await write_piece(sink, decoder.piece(), taken)) co_return false;
        Result<void> outcome;
        if (!taken) {
            outcome = std::unexpected(std::move(taken).error());
        } else if (*taken) {
            const auto before = core_.shared.clock.steady_now();
            if (!co_await wait_for(**taken, outcome)) co_return false;
            if (!outcome) outcome = std::unexpected(sink.broken_off(std::move(outcome).error()));
            body_started_ += core_.shared.clock.steady_now() - before;  // not the peer's slowness
        }
        if (!outcome) {
            refuse(outcome.error());
            co_return true;
        }
    }
    work.begin = cursor;
    body_bytes_in_ -= work.end - cursor;  // what came with it belongs to the next request
    unread_ = false;
    co_return true;
}

// A streamed route: its sink is made from the head alone, and takes the body as it comes.
Task<bool> Connection::upload() {
    Shared& shared = core_.shared;
    if (!route_->always && shared.requests_in_flight.load(std::memory_order_relaxed) >=
                               shared.options.requests_in_flight_max) {
        shared.requests_shed.fetch_add(1, std::memory_order_relaxed);
        refuse({Code::unavailable, "Too many requests wait here already.", "overloaded", {}});
        co_return true;
    }
    const InFlight counted(shared.requests_in_flight);
    Result<std::unique_ptr<BodySink>> sink;
    try {
        sink = route_->stream_handler(work_->request);
    } catch (...) {
        sink = fail(Code::internal, "The upload's handler threw.");
    }
    if (!sink) {
        refuse(sink.error());
        co_return true;
    }
    body_started_ = shared.clock.steady_now();
    if (!co_await send_continue()) co_return false;
    BodyDecoder decoder = make_decoder();
    if (!co_await upload_pieces(decoder, **sink)) co_return false;
    if (refused_) co_return true;
    Result<void> finished;
    if (route_->waits) {
        const auto finish = [&] { answer_ = (*sink)->finish(); };
        if (!co_await on_worker(finish, finished)) co_return false;
    } else {
        try {
            answer_ = (*sink)->finish();
        } catch (...) {
            finished = fail(Code::internal, "The upload's handler threw.");
        }
    }
    if (!finished) answer_ = Answer(render(finished.error()));
    co_return true;
}

}  // namespace attune::http
