#include "base/ticket.h"

#include "base/mutex.h"

#include <atomic>
#include <optional>
#include <utility>
#include <vector>

namespace attune::base {

struct Ticket::State {
    std::atomic<std::uint32_t> issuers = 1;
    Mutex mutex;
    CondVar changed;
    std::optional<Error> error ATTUNE_GUARDED_BY(mutex);  // the first, while issuers are left
    // Set once; what is in it never changes afterwards, so it is read without the lock by whoever
    // has seen it set.
    std::optional<Result<void>> outcome ATTUNE_GUARDED_BY(mutex);
    std::vector<Callback> callbacks ATTUNE_GUARDED_BY(mutex);

    void complete_one(Result<void> result) ATTUNE_EXCLUDES(mutex) {
        if (issuers.load(std::memory_order_acquire) > 1) {
            if (!result) {
                MutexLock lock(mutex);
                if (!error) error = std::move(result).error();
                result = {};
            }
            if (issuers.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
        }
        complete(std::move(result));
    }

    void complete(Result<void> result) ATTUNE_EXCLUDES(mutex) {
        std::vector<Callback> due;
        const Result<void>* known = nullptr;
        {
            MutexLock lock(mutex);
            ATTUNE_CHECK(!outcome);
            if (error)
                outcome.emplace(std::unexpected(*std::move(error)));
            else
                outcome.emplace(std::move(result));
            known = &*outcome;
            due.swap(callbacks);
            changed.notify_all();
        }
        for (auto& callback : due) callback(*known);
    }
};

Ticket Ticket::done() { return Ticket{nullptr}; }

Result<void> Ticket::wait() const {
    if (!state_) return {};
    MutexLock lock(state_->mutex);
    while (!state_->outcome) state_->changed.wait(lock);
    return *state_->outcome;
}

bool Ticket::is_done() const {
    if (!state_) return true;
    MutexLock lock(state_->mutex);
    return state_->outcome.has_value();
}

void Ticket::then(Callback callback) const {
    if (!state_) {
        callback(Result<void>{});
        return;
    }
    const Result<void>* known = nullptr;
    {
        MutexLock lock(state_->mutex);
        if (!state_->outcome) {
            state_->callbacks.push_back(std::move(callback));
            return;
        }
        known = &*state_->outcome;
    }
    callback(*known);
}

Ticket Ticket::both(const Ticket& a, const Ticket& b) {
    if (!a.state_ || a.state_ == b.state_) return b;
    if (!b.state_) return a;

    struct Join {
        TicketIssuer issuer;
        Mutex mutex;
        int pending ATTUNE_GUARDED_BY(mutex) = 2;
        Result<void> outcome ATTUNE_GUARDED_BY(mutex);

        void arrive(const Result<void>& part) {
            Result<void> whole;
            {
                MutexLock lock(mutex);
                if (outcome && !part) outcome = part;
                if (--pending > 0) return;
                whole = outcome;
            }
            issuer.complete(std::move(whole));
        }
    };
    auto join = std::make_shared<Join>();
    Ticket joined = join->issuer.ticket();
    a.then([join](const Result<void>& part) { join->arrive(part); });
    b.then([join](const Result<void>& part) { join->arrive(part); });
    return joined;
}

TicketIssuer::TicketIssuer() : state_(std::make_shared<Ticket::State>()) {}

TicketIssuer& TicketIssuer::operator=(TicketIssuer&& other) noexcept {
    if (this != &other) {
        TicketIssuer dying(std::move(*this));
        state_ = std::move(other.state_);
    }
    return *this;
}

TicketIssuer::~TicketIssuer() {
    if (state_) complete(fail(Code::cancelled, "given up before it was durable"));
}

Ticket TicketIssuer::ticket() const { return Ticket{state_}; }

TicketIssuer TicketIssuer::another() const {
    state_->issuers.fetch_add(1, std::memory_order_relaxed);
    return TicketIssuer{state_};
}

void TicketIssuer::complete(Result<void> outcome) {
    ATTUNE_CHECK(state_ != nullptr);
    // A callback may destroy this issuer; the state outlives the call.
    const auto state = std::move(state_);
    state->complete_one(std::move(outcome));
}

}  // namespace attune::base
