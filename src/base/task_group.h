// TaskGroup: the threads of one owner, each with a name; none is lost, none fails unseen, and
// shutdown waits for all.
//
//     TaskGroup tasks(log, [&](std::string_view task, const Error& error) { stop_serving(); });
//     tasks.spawn("compactor", [&](std::stop_token stop) -> Result<void> {
//         while (!stop.stop_requested()) …
//         return {};
//     });
//     tasks.stop();                           // asks
//     auto all_well = tasks.join();           // waits; the first failure, if there was one
//
// Thread-safe, except that join() and the destructor belong to the owner. The destructor stops and
// joins.
#pragma once

#include "base/log.h"
#include "base/mutex.h"
#include "base/result.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace attune::base {

class TaskGroup {
public:
    using Body = std::move_only_function<Result<void>(std::stop_token)>;
    // Called on the thread of the task that failed.
    using OnFailure = std::function<void(std::string_view task, const Error&)>;

    explicit TaskGroup(Log& log, OnFailure on_failure = {}, std::size_t tasks_max = 256);
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    // A body that answers an error, or throws, has failed: that is logged, told to on_failure and
    // kept for join(); the other tasks go on. Fails with resource_exhausted when tasks_max are
    // running, or the system has no more threads, and with cancelled after stop().
    Result<void> spawn(std::string name, Body body);

    void stop();
    // Without stop() it waits until the tasks end by themselves.
    Result<void> join();
    [[nodiscard]] std::size_t running() const;

private:
    void run(const std::string& name, Body& body);

    Log& log_;
    const OnFailure on_failure_;
    const std::size_t tasks_max_;
    std::stop_source stop_;
    mutable Mutex mutex_;
    std::vector<std::thread> threads_ ATTUNE_GUARDED_BY(mutex_);
    std::vector<std::thread::id> ended_ ATTUNE_GUARDED_BY(mutex_);
    std::size_t running_ ATTUNE_GUARDED_BY(mutex_) = 0;
    std::optional<Error> first_failure_ ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::base
