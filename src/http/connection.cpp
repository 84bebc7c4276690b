#include "http/connection.h"

#include <utility>

namespace attune::http {

Connection::Connection(Core& core, Transport transport, const AddressBytes& address,
                       std::string peer)
    : core_(core), transport_(std::move(transport)), address_(address), peer_(std::move(peer)) {
    core_.enter(*this);
}

Connection::~Connection() {
    if (work_) core_.give_back(std::move(work_));
    core_.leave(*this);
    core_.shared.peers.leave(address_);
    Shared& shared = core_.shared;
    // The socket goes before the count, so that a server without connections has no descriptors of theirs either.
    core_.loop.forget(*this);
    transport_.close();
    if (shared.connections_open.fetch_sub(1) == 1) {
        const std::lock_guard lock(shared.closed_mutex);
        shared.closed.notify_all();
    }
}

Detached Connection::run(std::unique_ptr<Connection> self) {
    try {
        co_await self->serve();
    } catch (...) {  // NOLINT(bugprone-empty-catch)
        // Memory ran out, or third-party code threw where it must not: this connection ends, the others go on.
    }
}

void Connection::interrupt() {
    if (io_waiter_)
        std::exchange(io_waiter_, {}).resume();
    else if (waiter_)
        std::exchange(waiter_, {}).resume();
}

void Connection::abort() {
    aborted_ = true;
    wake_ = Wake::abort;
    interrupt();
}

void Connection::begin_drain() {
    if (!(idle_ || listening_) || !io_waiter_) return;
    wake_ = Wake::drain;
    interrupt();
}

void Connection::on_ticket(Result<void> outcome) {
    if (listening_) {
        has_news_ = true;
        if (io_waiter_) interrupt();
        return;
    }
    if (!waiter_) return;
    outcome_ = std::move(outcome);
    wake_ = Wake::ready;
    interrupt();
}

void Connection::on_deadline() {
    if (wake_ != Wake::ready) return;
    wake_ = Wake::timeout;
    interrupt();
}

void Connection::on_events(std::uint32_t events) {
    transport_.note(events);
    if (io_waiter_ && transport_.may_go_on(awaited_)) std::exchange(io_waiter_, {}).resume();
}

void Connection::Readiness::await_suspend(std::coroutine_handle<> coroutine) const {
    if (self.transport_.may_go_on(wanted)) self.core_.loop.call_again(self);
    self.wake_ = Wake::ready;
    self.awaited_ = wanted;
    self.io_waiter_ = coroutine;
}

Connection::Wake Connection::Readiness::await_resume() const noexcept {
    self.core_.wheel.clear(self);
    return self.aborted_ ? Wake::abort : std::exchange(self.wake_, Wake::ready);
}

Connection::Wake Connection::Outcome::await_resume() const noexcept {
    self.core_.wheel.clear(self);
    return self.aborted_ ? Wake::abort : std::exchange(self.wake_, Wake::ready);
}

Connection::Readiness Connection::until(IoResult::Status direction) { return {*this, direction}; }

void Connection::arm_until(base::SteadyTime deadline) {
    core_.wheel.set(*this, deadline - core_.shared.clock.steady_now());
}

void Connection::hold_workspace() {
    if (work_) return;
    work_ = core_.borrow();
    if (parked_.empty()) return;
    parked_.copy(work_->block.get(), parked_.size());
    work_->end = parked_.size();
    std::string().swap(parked_);
}

// Gives the workspace back while nothing but an incomplete head is there; that is kept in just the room it needs.
void Connection::park() {
    if (!work_) return;
    parked_.assign(work_->input());
    core_.give_back(std::move(work_));
}

}  // namespace attune::http
