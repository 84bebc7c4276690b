// A Ticket is the promise that a write will be durable. The writer keeps the TicketIssuer and completes it
// once; the holder waits for it, or leaves a callback.
//
//     Ticket ticket = store.append(...).value();
//     if (auto durable = ticket.wait(); !durable) return fail(...);
//
// Thread-safe. Copies share one outcome. A callback runs exactly once: at once on the calling thread when the
// outcome is known already, otherwise on the thread that completes the ticket; it must be short and must not throw.
#pragma once

#include "base/result.h"

#include <functional>
#include <memory>

namespace attune::base {

class Ticket {
public:
    using Callback = std::move_only_function<void(const Result<void>&)>;

    // Already durable (or nothing to make durable).
    [[nodiscard]] static Ticket done();

    // Blocks until the outcome is known.
    [[nodiscard]] Result<void> wait() const;
    [[nodiscard]] bool is_done() const;
    void then(Callback callback) const;
    // Whether both are copies of one.
    [[nodiscard]] bool is_same(const Ticket& other) const { return state_ == other.state_; }

    // Completes when both have; the first error wins.
    [[nodiscard]] static Ticket both(const Ticket& a, const Ticket& b);

private:
    friend class TicketIssuer;
    struct State;
    explicit Ticket(std::shared_ptr<State> state) : state_(std::move(state)) {}

    std::shared_ptr<State> state_;  // null: done
};

// Completing twice is a bug; letting an issuer die uncompleted completes it with Code::cancelled. One ticket may stand
// for many writes, each with an issuer of its own:
//
//     TicketIssuer all;
//     for (…) write(…, all.another());
//     all.complete({});                    // its own part: no more are coming
class TicketIssuer {
public:
    TicketIssuer();
    TicketIssuer(TicketIssuer&&) noexcept = default;
    TicketIssuer& operator=(TicketIssuer&& other) noexcept;
    ~TicketIssuer();

    [[nodiscard]] Ticket ticket() const;
    // One more for the same ticket, which completes when all its issuers have; the first error counts.
    [[nodiscard]] TicketIssuer another() const;
    void complete(Result<void> outcome);

private:
    explicit TicketIssuer(std::shared_ptr<Ticket::State> state) : state_(std::move(state)) {}

    std::shared_ptr<Ticket::State> state_;  // null: completed, or moved from
};

}  // namespace attune::base
