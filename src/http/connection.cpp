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
    boost::system::error_code ignored;
    transport_.socket().close(ignored);
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

void Connection::abort() {
    aborted_ = true;
    wake_ = Wake::abort;
    if (waiting_io_) {
        boost::system::error_code ignored;
        transport_.socket().cancel(ignored);
    } else if (waiter_) {
        std::exchange(waiter_, {}).resume();
    }
}

void Connection::begin_drain() {
    if (!(idle_ || listening_) || !waiting_io_) return;
    wake_ = Wake::drain;
    boost::system::error_code ignored;
    transport_.socket().cancel(ignored);
}

void Connection::on_ticket(Result<void> outcome) {
    if (listening_) {
        has_news_ = true;
        boost::system::error_code ignored;
        if (waiting_io_) transport_.socket().cancel(ignored);
        return;
    }
    if (!waiter_) return;
    outcome_ = std::move(outcome);
    wake_ = Wake::ready;
    std::exchange(waiter_, {}).resume();
}

void Connection::on_deadline() {
    if (wake_ != Wake::ready) return;
    wake_ = Wake::timeout;
    if (waiting_io_) {
        boost::system::error_code ignored;
        transport_.socket().cancel(ignored);
    } else if (waiter_) {
        std::exchange(waiter_, {}).resume();
    }
}

void Connection::Readiness::await_suspend(std::coroutine_handle<> coroutine) const {
    self.wake_ = Wake::ready;
    self.waiting_io_ = true;
    self.transport_.socket().async_wait(
        write ? Socket::wait_write : Socket::wait_read,
        [coroutine](const boost::system::error_code&) { coroutine.resume(); });
}

Connection::Wake Connection::Readiness::await_resume() const noexcept {
    self.waiting_io_ = false;
    self.core_.wheel.clear(self);
    return self.aborted_ ? Wake::abort : std::exchange(self.wake_, Wake::ready);
}

Connection::Wake Connection::Outcome::await_resume() const noexcept {
    self.core_.wheel.clear(self);
    return self.aborted_ ? Wake::abort : std::exchange(self.wake_, Wake::ready);
}

Connection::Readiness Connection::until(IoResult::Status direction) {
    return {*this, direction == IoResult::Status::want_write};
}

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
