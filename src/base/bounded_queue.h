// BoundedQueue<T>: hands work from some threads to others, and says no when too much of it waits.
//
//     BoundedQueue<Job> queue({.items_max = 10'000, .bytes_max = 64 << 20});
//     if (auto ok = queue.try_push(std::move(job), job_bytes); !ok) …     // resource_exhausted,
//     "queue_full" while (auto jobs = queue.pop_all(); !jobs.empty()) …                // a batch:
//     what group commit wants queue.close(); // what is queued is still popped
//
// Thread-safe, any number of producers and consumers, first in first out. Nothing but close() makes
// a consumer stop.
#pragma once

#include "base/mutex.h"
#include "base/result.h"

#include <cstddef>
#include <deque>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace attune::base {

struct QueueLimits {
    std::size_t items_max = 1024;
    std::size_t bytes_max = std::numeric_limits<std::size_t>::max();
};

template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(QueueLimits limits) : limits_(limits) {}

    // resource_exhausted ("queue_full") when there is no room, cancelled once closed; `item` is
    // then untouched. An item larger than bytes_max is taken by an empty queue, or it could never
    // pass.
    Result<void> try_push(T&& item, std::size_t bytes = 0) {
        MutexLock lock(mutex_);
        if (closed_) return fail(Code::cancelled, "the queue is closed");
        const bool full =
            items_.size() >= limits_.items_max ||
            (!items_.empty() && (bytes_ > limits_.bytes_max || bytes > limits_.bytes_max - bytes_));
        if (full)
            return fail(Code::resource_exhausted, "too much is waiting already", "queue_full");
        items_.emplace_back(std::move(item), bytes);
        bytes_ = bytes > std::numeric_limits<std::size_t>::max() - bytes_
                     ? std::numeric_limits<std::size_t>::max()
                     : bytes_ + bytes;
        ready_.notify_one();
        return {};
    }

    // Waits for an item. Empty once the queue is closed and drained.
    [[nodiscard]] std::optional<T> pop() {
        MutexLock lock(mutex_);
        while (items_.empty() && !closed_) ready_.wait(lock);
        return take_front();
    }
    [[nodiscard]] std::optional<T> try_pop() {
        MutexLock lock(mutex_);
        return take_front();
    }
    // Waits for at least one item and takes up to `count_max`. Empty once the queue is closed and
    // drained.
    [[nodiscard]] std::vector<T> pop_all(
        std::size_t count_max = std::numeric_limits<std::size_t>::max()) {
        std::vector<T> taken;
        MutexLock lock(mutex_);
        while (items_.empty() && !closed_) ready_.wait(lock);
        while (!items_.empty() && taken.size() < count_max) taken.push_back(*take_front());
        return taken;
    }

    void close() {
        MutexLock lock(mutex_);
        closed_ = true;
        ready_.notify_all();
    }

    [[nodiscard]] std::size_t size() const {
        MutexLock lock(mutex_);
        return items_.size();
    }
    [[nodiscard]] std::size_t bytes() const {
        MutexLock lock(mutex_);
        return bytes_;
    }

private:
    std::optional<T> take_front() ATTUNE_REQUIRES(mutex_) {
        if (items_.empty()) return std::nullopt;
        auto [item, bytes] = std::move(items_.front());
        items_.pop_front();
        bytes_ = items_.empty() ? 0 : bytes_ - bytes;
        return std::optional<T>(std::move(item));
    }

    const QueueLimits limits_;
    mutable Mutex mutex_;
    CondVar ready_;
    std::deque<std::pair<T, std::size_t>> items_ ATTUNE_GUARDED_BY(mutex_);
    std::size_t bytes_ ATTUNE_GUARDED_BY(mutex_) = 0;
    bool closed_ ATTUNE_GUARDED_BY(mutex_) = false;
};

}  // namespace attune::base
