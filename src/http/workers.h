// Workers: a few threads for handlers that wait for the disk or compute for long, so that the thread of a core, and
// with it every other connection there, never waits for one of them.
//
// Thread-safe. stop() belongs to the owner.
#pragma once

#include "base/bounded_queue.h"

#include <functional>
#include <thread>
#include <vector>

namespace attune::http {

class Workers {
public:
    using Job = std::move_only_function<void()>;

    explicit Workers(std::size_t jobs_max) : jobs_({.items_max = jobs_max}) {}
    ~Workers() { stop(); }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    void start(std::size_t threads);
    // resource_exhausted when as many wait as may; cancelled after stop(). Jobs do not throw.
    [[nodiscard]] Result<void> run(Job job) { return jobs_.try_push(std::move(job)); }
    // Returns when all jobs that were taken are done.
    void stop();

private:
    base::BoundedQueue<Job> jobs_;
    std::vector<std::thread> threads_;
};

}  // namespace attune::http
