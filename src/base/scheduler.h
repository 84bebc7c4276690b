// Scheduler: work that is done later, or again and again. ThreadScheduler does it on a thread of
// its own; ManualScheduler does it when a test says so, so that leases, retries and retention run
// in one thread under a seed.
//
//     ScheduledJob sweep = scheduler.every(std::chrono::minutes(1), [&] { sweep_expired(); });
//     // cancelled when `sweep` dies
//
// Thread-safe. Jobs of one scheduler run one after another, in the order in which they are due,
// then in which they were made; they must be short and must not throw.
#pragma once

#include "base/manual_clock.h"
#include "base/mutex.h"
#include "base/time.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

namespace attune::base {

// Holds one job. Once cancel() or the destructor returns, the job does not run and will not; called
// from the job itself, it is not waited for.
class ScheduledJob {
public:
    ScheduledJob() = default;
    ScheduledJob(ScheduledJob&&) noexcept = default;
    ScheduledJob& operator=(ScheduledJob&& other) noexcept;
    ~ScheduledJob() { cancel(); }

    void cancel();
    // Lets the job run on without a holder, until the scheduler dies.
    void detach() { entry_.reset(); }

private:
    friend class JobQueue;
    struct Entry;
    explicit ScheduledJob(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}

    std::shared_ptr<Entry> entry_;
};

class Scheduler {
public:
    using Job = std::move_only_function<void()>;
    virtual ~Scheduler() = default;

    // Once, no sooner than `delay` from now.
    [[nodiscard]] virtual ScheduledJob after(Duration delay, Job job) = 0;
    // First after one `period`, which is above 0. Times that were missed are left out, not made up
    // for.
    [[nodiscard]] virtual ScheduledJob every(Duration period, Job job) = 0;
};

// What both schedulers are made of: jobs in the order in which they are due.
class JobQueue {
public:
    [[nodiscard]] ScheduledJob add(SteadyTime due, Duration period, Scheduler::Job job);
    [[nodiscard]] std::optional<SteadyTime> next_due() const;
    // Runs the first job that is due; false when there is none.
    bool run_one(SteadyTime now);

private:
    using Key = std::pair<SteadyTime, std::uint64_t>;

    mutable Mutex mutex_;
    std::map<Key, std::shared_ptr<ScheduledJob::Entry>> jobs_ ATTUNE_GUARDED_BY(mutex_);
    std::uint64_t made_ ATTUNE_GUARDED_BY(mutex_) = 0;
};

// Its destructor waits for the job that is running; the others never run.
class ThreadScheduler final : public Scheduler {
public:
    explicit ThreadScheduler(const Clock& clock);
    ~ThreadScheduler() override;

    [[nodiscard]] ScheduledJob after(Duration delay, Job job) override;
    [[nodiscard]] ScheduledJob every(Duration period, Job job) override;

private:
    ScheduledJob add(Duration delay, Duration period, Job job);
    void run();

    const Clock& clock_;
    JobQueue queue_;
    Mutex mutex_;
    CondVar changed_;
    std::uint64_t changes_ ATTUNE_GUARDED_BY(mutex_) = 0;
    bool stopping_ ATTUNE_GUARDED_BY(mutex_) = false;
    std::thread thread_;
};

class ManualScheduler final : public Scheduler {
public:
    explicit ManualScheduler(ManualClock& clock) : clock_(clock) {}

    [[nodiscard]] ScheduledJob after(Duration delay, Job job) override;
    [[nodiscard]] ScheduledJob every(Duration period, Job job) override;

    // Advances the clock to each job that is due within `by`, runs it, and ends `by` later.
    void advance(Duration by);

private:
    ManualClock& clock_;
    JobQueue queue_;
};

}  // namespace attune::base
