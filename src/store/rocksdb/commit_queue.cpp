#include "store/rocksdb/commit_queue.h"

#include "store/rules.h"

namespace attune::store::rocks {

using base::MutexLock;

namespace {

std::size_t room_of(const Work& work) { return work.kind == Work::Kind::append ? work.bytes : 0; }

}  // namespace

Result<void> CommitQueue::admit(const Work& work) {
    if (closed_) return std::unexpected(*closed_);
    if (work.kind != Work::Kind::append) return {};
    const std::size_t events = work.append.events.size();
    if (events > events_max_ || work.bytes > bytes_max_)
        return fail(Code::invalid_argument, "the append is larger than the whole queue",
                    "too_large");
    if (keys_.size() + events > events_max_ || bytes_ + work.bytes > bytes_max_)
        return fail(Code::resource_exhausted, "the commit queue is full", "queue_full");
    for (std::size_t i = 0; i < events; ++i) {
        if (keys_.insert({work.append.tenant, work.append.events[i].key}).second) continue;
        while (i > 0) keys_.erase({work.append.tenant, work.append.events[--i].key});
        return fail(Code::aborted, "an event of this key is on its way already", "duplicate_event");
    }
    return {};
}

Result<void> CommitQueue::push(Work work, const base::TicketIssuer& outcome) {
    if (work.kind == Work::Kind::append) work.bytes = weight_of(work.append);
    bool wake = false;
    {
        MutexLock lock(mutex_);
        ATTUNE_TRY_VOID(admit(work));
        bytes_ += room_of(work);
        work.issuer = outcome.another();
        waiting_.push_back(std::move(work));
        wake = taker_waits_;
        taker_waits_ = false;
    }
    if (wake) ready_.notify_one();
    return {};
}

std::vector<bool> CommitQueue::have(TenantId tenant, std::span<const EventKey> keys) const {
    std::vector<bool> known(keys.size());
    MutexLock lock(mutex_);
    if (keys_.empty()) return known;
    for (std::size_t i = 0; i < keys.size(); ++i) known[i] = keys_.contains({tenant, keys[i]});
    return known;
}

std::vector<Work> CommitQueue::take(std::size_t bytes_max) {
    MutexLock lock(mutex_);
    while (waiting_.empty() && !closed_) {
        taker_waits_ = true;
        ready_.wait(lock);
    }
    taker_waits_ = false;
    std::vector<Work> taken;
    std::size_t bytes = 0;
    while (!waiting_.empty()) {
        Work& next = waiting_.front();
        const bool alone = next.kind == Work::Kind::erase;
        if (!taken.empty() && (alone || bytes + next.bytes > bytes_max)) break;
        bytes += next.bytes;
        taken.push_back(std::move(next));
        waiting_.pop_front();
        if (alone) break;
    }
    return taken;
}

void CommitQueue::release(const std::vector<Work>& taken) {
    MutexLock lock(mutex_);
    for (const Work& work : taken) {
        bytes_ -= room_of(work);
        for (const StoredEvent& event : work.append.events)
            keys_.erase({work.append.tenant, event.key});
    }
}

void CommitQueue::close(Error why) {
    {
        MutexLock lock(mutex_);
        if (!closed_) closed_ = std::move(why);
        taker_waits_ = false;
    }
    ready_.notify_all();
}

CommitQueue::Load CommitQueue::load() const {
    MutexLock lock(mutex_);
    return {keys_.size(), bytes_};
}

}  // namespace attune::store::rocks
