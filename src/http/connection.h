// Connection: one peer, from accept to close, as a coroutine on its core's thread. Internal to the transport.
#pragma once

#include "http/body_decoder.h"
#include "http/core.h"
#include "http/response_writer.h"
#include "http/task.h"
#include "http/transport.h"

#include <any>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace attune::http {

class Connection final : public DeadlineWheel::Entry, public EventLoop::Source {
public:
    Connection(Core& core, Transport transport, const AddressBytes& address, std::string peer);
    ~Connection();

    // Serves it until it ends, then frees it.
    static Detached run(std::unique_ptr<Connection> self);

    // Closes at the next opportunity, whatever is going on.
    void abort();
    // Ends an idle connection, or one that listens to a feed; another one ends after what it is answering.
    void begin_drain();
    // The ticket it waits for is done.
    void on_ticket(Result<void> outcome);

    Connection* next = nullptr;  // the core's list
    Connection* previous = nullptr;

private:
    enum class Wake : std::uint8_t { ready, timeout, drain, abort };
    enum class Step : std::uint8_t { need_input, answered, needs_body, needs_worker, needs_wait };
    struct Readiness;
    struct Outcome;

    void on_deadline() override;
    void on_events(std::uint32_t events) override;
    // Ends a wait, for readiness or for a ticket, with `wake_` said.
    void interrupt();

    // serve.cpp: the way of a request
    Task<void> serve();
    Task<bool> shake_hands();
    [[nodiscard]] bool waits_for_others() const;
    void note_partial_head();
    void arm_head_deadline();
    Task<void> end_slow_head();
    [[nodiscard]] Step next_step();
    [[nodiscard]] Step begin_exchange(std::size_t head_size);
    [[nodiscard]] Step route_request();
    [[nodiscard]] Step answer_without_route(Router::Match match);
    [[nodiscard]] Step answer_options();
    void name_request();
    [[nodiscard]] bool shed();
    void dispatch();
    Task<bool> dispatch_on_worker();
    Task<bool> on_worker(Workers::Job job, Result<void>& outcome);
    Task<bool> exchange(Step step);
    Task<bool> settle();
    Task<bool> wait_for(base::Ticket ticket, Result<void>& outcome);

    // receive.cpp: bodies
    Task<bool> receive_body();
    Task<bool> receive_plain(std::uint64_t length);
    Task<bool> receive_decoded(BodyDecoder& decoder);
    Task<bool> upload();
    Task<bool> upload_pieces(BodyDecoder& decoder, BodySink& sink);
    Task<bool> write_piece(BodySink& sink, std::string_view piece,
                           Result<std::optional<base::Ticket>>& taken);
    Task<bool> send_continue();
    Task<std::optional<std::size_t>> read_more(std::span<char> into,
                                               const BodySink* sink = nullptr);
    [[nodiscard]] BodyDecoder make_decoder() const;
    void arm_body_deadline();

    // send.cpp: answers
    void finish(Response response);
    void refuse(const Error& error);
    void refuse_with(Response response);
    [[nodiscard]] Response render(const Error& error) const;
    [[nodiscard]] HeadFacts facts_for(const Response& response);
    void observe(unsigned status, std::uint64_t bytes_out);
    void compress(Response& response, HeadFacts& facts);
    Task<bool> stream_out(Response response);
    // Everything written: true. What is left waits in the workspace: false.
    [[nodiscard]] bool try_flush();
    Task<bool> flush();
    Task<void> linger();

    // feed.cpp: answers that go on
    Task<bool> feed_out(Response response);
    Task<bool> wait_for_news(Feed& feed, bool chunked);
    Task<bool> keep_quiet(const Feed& feed);

    void hold_workspace();
    void park();
    [[nodiscard]] Readiness until(IoResult::Status direction);
    // Sets the deadline of the next wait.
    void arm_until(base::SteadyTime deadline);
    [[nodiscard]] bool ending() const {
        return core_.shared.draining.load(std::memory_order_relaxed);
    }

    Core& core_;
    Transport transport_;
    const AddressBytes address_;
    const std::string peer_;
    std::any slot_;

    std::unique_ptr<Workspace> work_;
    std::string parked_;  // an incomplete head, while no workspace is held for it

    // The exchange under way.
    const Route* route_ = nullptr;
    std::size_t head_size_ = 0;
    Coding coding_ = Coding::identity;
    Answer answer_;
    std::uint64_t body_bytes_in_ = 0;
    base::SteadyTime body_started_{};
    base::SteadyTime started_{};
    base::SteadyTime head_deadline_{};
    bool close_ = false;    // after what is being answered
    bool unread_ = false;   // the peer may still be sending what nobody reads
    bool broken_ = false;   // nothing more can be sent
    bool refused_ = false;  // this exchange, before its handler
    bool in_head_ = false;  // a head has begun to arrive
    bool served_ = false;   // at least one request came
    bool idle_ = false;
    bool aborted_ = false;
    bool listening_ = false;  // to a feed
    bool has_news_ = false;   // of that feed
    Wake wake_ = Wake::ready;
    IoResult::Status blocked_on_ = IoResult::Status::want_write;  // what the last write needs
    std::uint64_t wait_id_ = 0;
    std::coroutine_handle<> waiter_;     // of a ticket
    std::coroutine_handle<> io_waiter_;  // of readiness, of this kind:
    IoResult::Status awaited_ = IoResult::Status::want_read;
    Result<void> outcome_;
};

// Waits until the socket is ready; resumes with `wake_` said. Where more is there already, the core's other connections
// have their turn first.
struct Connection::Readiness {
    Connection& self;
    IoResult::Status wanted;

    [[nodiscard]] bool await_ready() const noexcept { return self.aborted_; }
    void await_suspend(std::coroutine_handle<> coroutine) const;
    [[nodiscard]] Wake await_resume() const noexcept;
};

// Waits until on_ticket() or a deadline.
struct Connection::Outcome {
    Connection& self;

    [[nodiscard]] bool await_ready() const noexcept { return self.aborted_; }
    void await_suspend(std::coroutine_handle<> coroutine) const noexcept {
        self.waiter_ = coroutine;
    }
    [[nodiscard]] Wake await_resume() const noexcept;
};

}  // namespace attune::http
