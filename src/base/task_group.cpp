#include "base/task_group.h"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

namespace attune::base {
namespace {

Result<void> guarded(TaskGroup::Body& body, const std::stop_token& stop) {
    try {
        return body(stop);
    } catch (const std::exception& exception) {
        return fail(Code::internal, std::string("exception: ") + exception.what());
    } catch (...) {
        return fail(Code::internal, "exception of an unknown kind");
    }
}

}  // namespace

TaskGroup::TaskGroup(Log& log, OnFailure on_failure, std::size_t tasks_max)
    : log_(log), on_failure_(std::move(on_failure)), tasks_max_(tasks_max) {}

TaskGroup::~TaskGroup() {
    stop();
    (void)join();
}

Result<void> TaskGroup::spawn(std::string name, Body body) {
    std::vector<std::thread>
        over;  // of tasks that have ended, so that a long-lived group does not grow
    {
        MutexLock lock(mutex_);
        if (stop_.stop_requested()) return fail(Code::cancelled, "the tasks are stopping");
        if (running_ >= tasks_max_) {
            return fail(Code::resource_exhausted, "too many tasks are running", "tasks_full");
        }
        for (const auto id : std::exchange(ended_, {})) {
            const auto at =
                std::find_if(threads_.begin(), threads_.end(),
                             [&](const std::thread& thread) { return thread.get_id() == id; });
            if (at == threads_.end()) continue;
            over.push_back(std::move(*at));
            threads_.erase(at);
        }
        try {
            threads_.emplace_back([this, name = std::move(name), body = std::move(body)]() mutable {
                run(name, body);
            });
        } catch (const std::system_error& error) {
            return fail(Code::resource_exhausted, std::string("no thread: ") + error.what(),
                        "tasks_full");
        }
        ++running_;
    }
    for (auto& thread : over) thread.join();
    return {};
}

void TaskGroup::run(const std::string& name, Body& body) {
    // The kernel keeps fifteen characters.
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
    const auto outcome = guarded(body, stop_.get_token());
    if (!outcome) {
        log_.error("task.failed", {{"task", name},
                                   {"code", name_of(outcome.error().code)},
                                   {"message", outcome.error().message}});
        {
            MutexLock lock(mutex_);
            if (!first_failure_) first_failure_ = outcome.error();
        }
        if (on_failure_) on_failure_(name, outcome.error());
    }
    // What the body holds is gone before the task counts as ended.
    body = nullptr;
    MutexLock lock(mutex_);
    ended_.push_back(std::this_thread::get_id());
    --running_;
}

void TaskGroup::stop() { stop_.request_stop(); }

Result<void> TaskGroup::join() {
    for (;;) {
        std::vector<std::thread> threads;
        {
            MutexLock lock(mutex_);
            threads.swap(threads_);
            ended_.clear();
            if (threads.empty()) {
                if (first_failure_) return std::unexpected(*first_failure_);
                return {};
            }
        }
        for (auto& thread : threads) thread.join();
    }
}

std::size_t TaskGroup::running() const {
    MutexLock lock(mutex_);
    return running_;
}

}  // namespace attune::base
