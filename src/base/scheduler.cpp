#include "base/scheduler.h"

#include <algorithm>

namespace attune::base {

struct ScheduledJob::Entry {
    Mutex mutex;
    CondVar changed;
    bool cancelled ATTUNE_GUARDED_BY(mutex) = false;
    std::thread::id runner ATTUNE_GUARDED_BY(mutex);  // nobody: not running
    // Touched by the runner alone.
    Scheduler::Job job;
    Duration period{};

    // False when it will not run again.
    bool run() {
        {
            MutexLock lock(mutex);
            if (cancelled) return false;
            runner = std::this_thread::get_id();
        }
        job();
        MutexLock lock(mutex);
        runner = {};
        changed.notify_all();
        return !cancelled && period.count() > 0;
    }
};

ScheduledJob& ScheduledJob::operator=(ScheduledJob&& other) noexcept {
    if (this != &other) {
        cancel();
        entry_ = std::move(other.entry_);
    }
    return *this;
}

void ScheduledJob::cancel() {
    const auto entry = std::exchange(entry_, nullptr);
    if (!entry) return;
    MutexLock lock(entry->mutex);
    entry->cancelled = true;
    while (entry->runner != std::thread::id{} && entry->runner != std::this_thread::get_id()) {
        entry->changed.wait(lock);
    }
}

ScheduledJob JobQueue::add(SteadyTime due, Duration period, Scheduler::Job job) {
    auto entry = std::make_shared<ScheduledJob::Entry>();
    entry->job = std::move(job);
    entry->period = period;
    MutexLock lock(mutex_);
    jobs_.emplace(Key{due, made_++}, entry);
    return ScheduledJob(std::move(entry));
}

std::optional<SteadyTime> JobQueue::next_due() const {
    MutexLock lock(mutex_);
    if (jobs_.empty()) return std::nullopt;
    return jobs_.begin()->first.first;
}

bool JobQueue::run_one(SteadyTime now) {
    Key key;
    std::shared_ptr<ScheduledJob::Entry> entry;
    {
        MutexLock lock(mutex_);
        if (jobs_.empty() || jobs_.begin()->first.first > now) return false;
        key = jobs_.begin()->first;
        entry = std::move(jobs_.begin()->second);
        jobs_.erase(jobs_.begin());
    }
    if (!entry->run()) return true;
    const auto missed = (now - key.first) / entry->period;
    MutexLock lock(mutex_);
    jobs_.emplace(Key{key.first + (missed + 1) * entry->period, key.second}, std::move(entry));
    return true;
}

ThreadScheduler::ThreadScheduler(const Clock& clock) : clock_(clock), thread_([this] { run(); }) {}

ThreadScheduler::~ThreadScheduler() {
    {
        MutexLock lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    thread_.join();
}

ScheduledJob ThreadScheduler::add(Duration delay, Duration period, Job job) {
    auto scheduled = queue_.add(clock_.steady_now() + delay, period, std::move(job));
    MutexLock lock(mutex_);
    ++changes_;
    changed_.notify_all();
    return scheduled;
}

ScheduledJob ThreadScheduler::after(Duration delay, Job job) {
    return add(delay, Duration{0}, std::move(job));
}

ScheduledJob ThreadScheduler::every(Duration period, Job job) {
    ATTUNE_CHECK(period.count() > 0);
    return add(period, period, std::move(job));
}

void ThreadScheduler::run() {
    // An hour: long enough to cost nothing, short enough that no addition to a time point
    // overflows.
    constexpr Duration kIdle = std::chrono::hours(1);
    std::uint64_t seen = 0;
    for (;;) {
        {
            MutexLock lock(mutex_);
            if (stopping_) return;
            seen = changes_;
        }
        if (queue_.run_one(clock_.steady_now())) continue;
        const auto due = queue_.next_due();
        const Duration wait =
            due ? std::clamp(*due - clock_.steady_now(), Duration{0}, kIdle) : kIdle;
        MutexLock lock(mutex_);
        if (!stopping_ && changes_ == seen) changed_.wait_for(lock, wait);
    }
}

ScheduledJob ManualScheduler::after(Duration delay, Job job) {
    return queue_.add(clock_.steady_now() + delay, Duration{0}, std::move(job));
}

ScheduledJob ManualScheduler::every(Duration period, Job job) {
    ATTUNE_CHECK(period.count() > 0);
    return queue_.add(clock_.steady_now() + period, period, std::move(job));
}

void ManualScheduler::advance(Duration by) {
    const SteadyTime end = clock_.steady_now() + by;
    for (auto due = queue_.next_due(); due && *due <= end; due = queue_.next_due()) {
        clock_.advance(std::max(Duration{0}, *due - clock_.steady_now()));
        queue_.run_one(clock_.steady_now());
    }
    clock_.advance(std::max(Duration{0}, end - clock_.steady_now()));
}

}  // namespace attune::base
