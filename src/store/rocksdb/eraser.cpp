#include "store/rocksdb/eraser.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace attune::store::rocks {

using base::MutexLock;

namespace {

constexpr std::chrono::seconds kRetry{1};

Error unfinished(const Error& why) {
    Error error = why;
    error.message =
        "nobody can read the person any more, but not all that is stored of them is deleted yet (" +
        why.message + "); that is tried again without being asked";
    return error;
}

}  // namespace

Eraser::Eraser(const Database& database, Commit commit, std::function<void()> finished)
    : database_(database), commit_(std::move(commit)), finished_(std::move(finished)) {
    thread_ = std::thread([this] { run(); });
}

Eraser::~Eraser() {
    {
        MutexLock lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

base::Ticket Eraser::finish(TenantId tenant, std::span<const PersonId> people) {
    if (people.empty()) return base::Ticket::done();
    base::TicketIssuer all;
    base::Ticket ticket = all.ticket();
    {
        MutexLock lock(mutex_);
        for (const PersonId& person : people) {
            Owed owed{.who = {tenant, person}};
            owed.waiting.push_back(all.another());
            news_.push_back(std::move(owed));
        }
    }
    all.complete({});
    changed_.notify_all();
    return ticket;
}

void Eraser::run() {
    while (take_news()) {
        if (must_look_) {
            const auto unerased = Unerased::load(database_, nullptr);
            must_look_ = !unerased;
            must_rest_ = !unerased;
            if (unerased)
                for (const PersonName& who : unerased->people()) owe({.who = who});
        }
        round();
    }
    const Error closing = fail(Code::unavailable, "the store is closing").error();
    for (Owed& owed : owed_)
        for (auto& issuer : owed.waiting) issuer.complete(std::unexpected(unfinished(closing)));
}

bool Eraser::take_news() {
    MutexLock lock(mutex_);
    if (std::exchange(must_rest_, false) && !stop_ && news_.empty())
        (void)changed_.wait_for(lock, kRetry);
    while (!stop_ && news_.empty() && owed_.empty() && !must_look_) changed_.wait(lock);
    for (Owed& owed : news_) owe(std::move(owed));
    news_.clear();
    return !stop_;
}

void Eraser::owe(Owed owed) {
    const auto same = std::ranges::find(owed_, owed.who, &Owed::who);
    if (same == owed_.end()) {
        owed_.push_back(std::move(owed));
        return;
    }
    for (auto& issuer : owed.waiting) same->waiting.push_back(std::move(issuer));
}

void Eraser::round() {
    std::vector<Owed> rest;
    bool is_any_stuck = false;
    for (Owed& owed : std::exchange(owed_, {})) {
        const Result<bool> done = step(owed);
        is_any_stuck |= !done;
        if (done && !*done) {
            rest.push_back(std::move(owed));
            continue;
        }
        for (auto& issuer : std::exchange(owed.waiting, {}))
            issuer.complete(done ? Result<void>{} : std::unexpected(unfinished(done.error())));
        if (done)
            finished_();
        else
            owed_.push_back(std::move(owed));
    }
    // Who is stuck is tried again with the others, and does not hold them up.
    must_rest_ = is_any_stuck && rest.empty();
    std::ranges::move(rest, std::back_inserter(owed_));
}

Result<bool> Eraser::step(Owed& owed) {
    ATTUNE_TRY(const Sequence before, unerased_before(database_, owed.who));
    if (before == 0) return true;
    // Read here: nobody else deletes of what is gone, and the commit thread has others waiting.
    ATTUNE_TRY(const ErasedSlice slice,
               read_slice(database_, owed.who, before, owed.from, kSliceEvents));
    bool is_taken = false;
    Work work{.kind = Work::Kind::erase};
    work.change = [&](Group& group) -> Result<void> {
        ATTUNE_TRY(is_taken, group.delete_slice(slice));
        return {};
    };
    ATTUNE_TRY_VOID(commit_(std::move(work)));
    if (is_taken) owed.from = slice.next;
    return is_taken && slice.is_last;
}

}  // namespace attune::store::rocks
