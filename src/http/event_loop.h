// EventLoop: what one thread of the server waits for. The kernel tells it which descriptors have become ready (edges: each
// change once), other threads leave it jobs, and it ticks.
//
//     loop.watch(source, descriptor, Readiness::changes);
//     loop.run(250ms, [] { … }, [] { return nothing_left; });   // until that is true
//     loop.post([] { … });                                      // from any thread
//
// Everything but post() belongs to the thread that runs it. In a round the sources are told what happened, then those who asked
// to be called again, then jobs run, then the tick: a source may end itself when it is told something, and others only from a
// job or a tick.
#pragma once

#include "base/descriptor.h"
#include "base/mutex.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace attune::http {

class EventLoop {
public:
    // Somebody who is told what happened to a descriptor. Ends before its loop does.
    class Source {
    public:
        Source() = default;
        Source(const Source&) = delete;
        Source& operator=(const Source&) = delete;
        // `events` as epoll has them; none when it had asked to be called again.
        virtual void on_events(std::uint32_t events) = 0;

    protected:
        ~Source() = default;

    private:
        friend class EventLoop;
        bool waits_its_turn_ = false;
    };

    // Listeners are told for as long as somebody waits to be accepted; everybody else when something has changed.
    enum class Mode : std::uint8_t { changes, state };

    EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    // False when the kernel has no room for one more. Closing the descriptor ends it.
    [[nodiscard]] bool watch(Source& source, int descriptor, Mode mode);
    // Stops and goes on telling a source watched for its state.
    void pause(Source& source, int descriptor, bool paused);

    // Tells the source again after everybody else had a turn. Who asks when told what happened is told within the round, after
    // 250 us of it at the latest.
    void call_again(Source& source);
    // Whether sources are being told what happened.
    [[nodiscard]] bool is_telling_news() const { return tells_news_; }
    // The source is about to end.
    void forget(Source& source);

    // From any thread, in the order they were left. What is left after run() has ended is never done.
    void post(std::function<void()> job);

    // Returns once `over` answers true; it is asked after each round.
    void run(std::chrono::microseconds tick, const std::function<void()>& on_tick,
             const std::function<bool()>& over);

private:
    void wait(std::chrono::steady_clock::time_point until);
    // Those who stand in again_ from there on.
    void tell_again(std::size_t from = 0);
    void do_jobs();

    const base::Descriptor epoll_;
    const base::Descriptor wakeup_;  // an eventfd
    bool woken_ = false;
    bool tells_news_ = false;
    std::vector<Source*> again_;
    std::vector<Source*> turn_;  // of again_, while they are told; null where one has ended
    std::vector<std::function<void()>> doing_;
    base::Mutex mutex_;
    std::vector<std::function<void()>> jobs_ ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::http
