#include "http/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace attune::http {

namespace {

using Clock = std::chrono::steady_clock;

// So long those who want a second turn wait while others have their first.
constexpr std::chrono::microseconds kTurn{250};

// What a source does is its own affair: only memory that ran out gets here, and the others must go on.
template <class Call>
void guarded(Call&& call) {
    try {
        call();
    } catch (...) {  // NOLINT(bugprone-empty-catch)
    }
}

std::uint32_t interest(EventLoop::Mode mode) {
    if (mode == EventLoop::Mode::state) return EPOLLIN;
    return EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
}

}  // namespace

EventLoop::EventLoop()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wakeup_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    if (!epoll_.is_open() || !wakeup_.is_open() ||
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wakeup_.get(), &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll");
}

bool EventLoop::watch(Source& source, int descriptor, Mode mode) {
    epoll_event event{};
    event.events = interest(mode);
    event.data.ptr = &source;
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void EventLoop::pause(Source& source, int descriptor, bool paused) {
    epoll_event event{};
    event.events = paused ? 0 : interest(Mode::state);
    event.data.ptr = &source;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, descriptor, &event);
}

void EventLoop::call_again(Source& source) {
    if (std::exchange(source.waits_its_turn_, true)) return;
    again_.push_back(&source);
}

void EventLoop::forget(Source& source) {
    if (!source.waits_its_turn_) return;
    std::erase(again_, &source);
    std::ranges::replace(turn_, &source, nullptr);
}

void EventLoop::post(std::function<void()> job) {
    bool first = false;
    {
        const base::MutexLock lock(mutex_);
        first = jobs_.empty();
        jobs_.push_back(std::move(job));
    }
    if (!first) return;
    // Every write is an edge of its own, so nobody needs to read them.
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wakeup_.get(), &one, sizeof one);
}

void EventLoop::run(std::chrono::microseconds tick, const std::function<void()>& on_tick,
                    const std::function<bool()>& over) {
    auto next_tick = Clock::now() + tick;
    while (!over()) {
        wait(next_tick);
        tell_again();
        if (std::exchange(woken_, false)) do_jobs();
        const auto now = Clock::now();
        if (now < next_tick) continue;
        next_tick = now + tick;
        guarded(on_tick);
    }
}

void EventLoop::wait(Clock::time_point until) {
    std::array<epoll_event, 128> events;
    int patience = 0;
    if (again_.empty()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        patience = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    }
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), patience);
    // One who is told again may end itself, and must have no event still to come: those who asked in this round have had theirs.
    const std::size_t asked_before = again_.size();
    auto turn_ends = Clock::time_point::max();
    tells_news_ = true;
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.ptr == nullptr) {
            woken_ = true;
            continue;
        }
        guarded([&] { static_cast<Source*>(event.data.ptr)->on_events(event.events); });
        if (again_.size() <= asked_before) continue;
        const auto now = Clock::now();
        if (turn_ends == Clock::time_point::max()) {
            turn_ends = now + kTurn;
        } else if (now >= turn_ends) {
            tells_news_ = false;
            tell_again(asked_before);
            tells_news_ = true;
            turn_ends = Clock::time_point::max();
        }
    }
    tells_news_ = false;
}

void EventLoop::tell_again(std::size_t from) {
    if (again_.size() <= from) return;
    const auto first = again_.begin() + static_cast<std::ptrdiff_t>(from);
    turn_.assign(first, again_.end());
    again_.erase(first, again_.end());
    for (std::size_t i = 0; i < turn_.size(); ++i) {
        Source* const source = turn_[i];
        if (source == nullptr) continue;
        source->waits_its_turn_ = false;
        guarded([&] { source->on_events(0); });
    }
    turn_.clear();
}

void EventLoop::do_jobs() {
    {
        const base::MutexLock lock(mutex_);
        doing_.swap(jobs_);
    }
    for (auto& job : doing_) guarded(job);
    doing_.clear();
}

}  // namespace attune::http
