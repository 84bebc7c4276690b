// Mutex, MutexLock and CondVar: the standard ones, annotated so that clang's -Wthread-safety proves
// at compile time that guarded members are touched with their lock held.
//
//     base::Mutex mutex_;
//     std::deque<Job> jobs_ ATTUNE_GUARDED_BY(mutex_);
//
//     base::MutexLock lock(mutex_);
//     while (jobs_.empty()) ready_.wait(lock);   // an explicit loop: the analysis does not look
//     into predicates
//
// Locks are leaf-level and short: nothing is called with one held that may take another.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define ATTUNE_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define ATTUNE_THREAD_ATTRIBUTE(x)
#endif

#define ATTUNE_GUARDED_BY(x) ATTUNE_THREAD_ATTRIBUTE(guarded_by(x))
#define ATTUNE_PT_GUARDED_BY(x) ATTUNE_THREAD_ATTRIBUTE(pt_guarded_by(x))
#define ATTUNE_REQUIRES(...) ATTUNE_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define ATTUNE_EXCLUDES(...) ATTUNE_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ATTUNE_ACQUIRE(...) ATTUNE_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define ATTUNE_RELEASE(...) ATTUNE_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define ATTUNE_TRY_ACQUIRE(...) ATTUNE_THREAD_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
#define ATTUNE_NO_THREAD_SAFETY_ANALYSIS ATTUNE_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace attune::base {

class ATTUNE_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
public:
    void lock() ATTUNE_ACQUIRE() { mutex_.lock(); }
    void unlock() ATTUNE_RELEASE() { mutex_.unlock(); }
    bool try_lock() ATTUNE_TRY_ACQUIRE(true) { return mutex_.try_lock(); }

private:
    friend class MutexLock;
    std::mutex mutex_;
};

class ATTUNE_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
public:
    explicit MutexLock(Mutex& mutex) ATTUNE_ACQUIRE(mutex) : lock_(mutex.mutex_) {}
    ~MutexLock() ATTUNE_RELEASE() = default;
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

    // For the one call that must run without the lock in the middle of a locked stretch.
    void unlock() ATTUNE_RELEASE() { lock_.unlock(); }
    void lock() ATTUNE_ACQUIRE() { lock_.lock(); }

private:
    friend class CondVar;
    std::unique_lock<std::mutex> lock_;
};

class CondVar {
public:
    void wait(MutexLock& lock) { condition_.wait(lock.lock_); }
    // False when the time was up first.
    template <class Rep, class Period>
    bool wait_for(MutexLock& lock, std::chrono::duration<Rep, Period> timeout) {
        return condition_.wait_for(lock.lock_, timeout) == std::cv_status::no_timeout;
    }
    template <class ClockType, class DurationType>
    bool wait_until(MutexLock& lock, std::chrono::time_point<ClockType, DurationType> until) {
        return condition_.wait_until(lock.lock_, until) == std::cv_status::no_timeout;
    }
    void notify_one() { condition_.notify_one(); }
    void notify_all() { condition_.notify_all(); }

private:
    std::condition_variable condition_;
};

}  // namespace attune::base
