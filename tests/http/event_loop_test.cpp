#include "http/event_loop.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace attune::http {
namespace {

using namespace std::chrono_literals;

class Pipe {
public:
    Pipe() { EXPECT_EQ(::pipe2(ends_.data(), O_NONBLOCK | O_CLOEXEC), 0); }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    [[nodiscard]] int reading() const { return ends_[0]; }
    void say(std::string_view text) const {
        EXPECT_EQ(::write(ends_[1], text.data(), text.size()), std::ssize(text));
    }

private:
    std::array<int, 2> ends_{};
};

class Heard final : public EventLoop::Source {
public:
    using Then = std::function<void(Heard&, std::uint32_t)>;
    explicit Heard(Then then) : then_(std::move(then)) {}
    void on_events(std::uint32_t events) override {
        ++times;
        then_(*this, events);
    }
    int times = 0;

private:
    Then then_;
};

struct Loop : EventLoop {
    bool over = false;
    int ticks = 0;
    void go(std::chrono::microseconds tick = 1s) {
        run(tick, [this] { ++ticks; }, [this] { return over; });
    }
};

TEST(EventLoop, TellsAChangeOnceEvenWhenNobodyTakesTheBytes) {
    Loop loop;
    const Pipe pipe;
    Heard source([](Heard&, std::uint32_t) {});
    ASSERT_TRUE(loop.watch(source, pipe.reading(), EventLoop::Mode::changes));
    pipe.say("a");
    loop.post([&] { loop.post([&] { loop.over = true; }); });
    loop.go();
    EXPECT_EQ(source.times, 1);
}

TEST(EventLoop, TellsAStateAgainUntilItEndsOrIsPaused) {
    Loop loop;
    const Pipe pipe;
    Heard source([&](Heard& self, std::uint32_t) {
        if (self.times < 3) return;
        loop.pause(self, pipe.reading(), true);
        loop.post([&] { loop.over = true; });
    });
    ASSERT_TRUE(loop.watch(source, pipe.reading(), EventLoop::Mode::state));
    pipe.say("a");
    loop.go();
    EXPECT_EQ(source.times, 3);

    loop.pause(source, pipe.reading(), false);
    loop.over = false;
    loop.go();
    EXPECT_EQ(source.times, 4);
}

TEST(EventLoop, WhoAsksToBeCalledAgainLetsOthersGoFirst) {
    Loop loop;
    const Pipe pipe;
    std::string order;
    Heard greedy([&](Heard& self, std::uint32_t events) {
        order += events == 0 ? 'g' : 'G';
        if (self.times < 3) loop.call_again(self);
        if (self.times == 2) pipe.say("x");
        if (self.times == 3) loop.over = true;
    });
    Heard modest([&](Heard&, std::uint32_t) { order += 'm'; });
    ASSERT_TRUE(loop.watch(modest, pipe.reading(), EventLoop::Mode::changes));
    loop.call_again(greedy);
    loop.go();
    EXPECT_EQ(order, "ggmg");
}

// In which order three are told who ask again, of whom the second takes long; beside somebody who asked before, and always does.
std::string turns_beside_a_greedy_one(bool is_there) {
    Loop loop;
    std::string order;
    Heard greedy([&](Heard& self, std::uint32_t) {
        order += 'g';
        loop.call_again(self);
    });
    if (is_there) loop.call_again(greedy);
    std::array<Pipe, 3> pipes;
    std::vector<std::unique_ptr<Heard>> sources;
    for (std::size_t i = 0; i < pipes.size(); ++i) {
        const char name = static_cast<char>('a' + i);
        sources.push_back(std::make_unique<Heard>([&, i, name](Heard& self, std::uint32_t events) {
            order += events == 0 ? name : static_cast<char>(name - 'a' + 'A');
            if (events != 0) {
                loop.call_again(self);
                if (i == 1) std::this_thread::sleep_for(2ms);  // others waited long enough then
            } else {
                loop.over = i == 2;
                sources[i].reset();
            }
        }));
        EXPECT_TRUE(loop.watch(*sources[i], pipes[i].reading(), EventLoop::Mode::changes));
        pipes[i].say("x");
    }
    loop.go();
    return order;
}

TEST(EventLoop, ASecondTurnDoesNotWaitForAllWhoHaveTheirFirst) {
    EXPECT_EQ(turns_beside_a_greedy_one(false), "ABabCc");
    EXPECT_EQ(turns_beside_a_greedy_one(true), "ABabCgc");
}

TEST(EventLoop, ASourceThatEndsIsNotCalledAgain) {
    Loop loop;
    auto doomed = std::make_unique<Heard>([](Heard&, std::uint32_t) { ADD_FAILURE(); });
    Heard killer([&](Heard&, std::uint32_t) {
        if (!doomed) return;
        loop.forget(*doomed);
        doomed.reset();
        loop.post([&] { loop.over = true; });
    });
    loop.call_again(killer);
    loop.call_again(*doomed);
    loop.go();
    EXPECT_EQ(killer.times, 1);
}

TEST(EventLoop, JobsFromOtherThreadsRunInTheirOrderAndNoneIsLost) {
    Loop loop;
    std::vector<std::vector<int>> seen(4);
    int left = 4 * 500;
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < seen.size(); ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 500; ++i)
                loop.post([&, t, i] {
                    seen[t].push_back(i);
                    if (--left == 0) loop.over = true;
                });
        });
    loop.go();
    for (std::thread& thread : threads) thread.join();
    for (const auto& of_one : seen) {
        ASSERT_EQ(of_one.size(), 500U);
        EXPECT_TRUE(std::ranges::is_sorted(of_one));
    }
}

TEST(EventLoop, TicksWhileNothingElseHappens) {
    Loop loop;
    loop.run(1ms, [&] { ++loop.ticks; }, [&] { return loop.ticks == 3; });
    EXPECT_EQ(loop.ticks, 3);
}

TEST(EventLoop, AJobThatThrowsDoesNotEndTheOthers) {
    Loop loop;
    loop.post([] { throw std::bad_alloc(); });
    loop.post([&] { loop.over = true; });
    loop.go();
    EXPECT_TRUE(loop.over);
}

}  // namespace
}  // namespace attune::http
