// What threads share: tickets, snapshots, queues, task groups and schedulers. Runs under ThreadSanitizer too.
#include "base/bounded_queue.h"
#include "base/manual_clock.h"
#include "base/scheduler.h"
#include "base/snapshot.h"
#include "base/task_group.h"
#include "base/ticket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <thread>

namespace attune::base {
namespace {

TEST(Ticket, IsDoneWhenThereIsNothingToWaitFor) {
    EXPECT_TRUE(Ticket::done().is_done());
    EXPECT_TRUE(Ticket::done().wait());
    int calls = 0;
    Ticket::done().then([&](const Result<void>& outcome) { calls += outcome.has_value(); });
    EXPECT_EQ(calls, 1);
}

TEST(Ticket, EveryCopySeesTheOneOutcome) {
    TicketIssuer issuer;
    const Ticket a = issuer.ticket();
    const Ticket b = a;
    EXPECT_FALSE(b.is_done());
    std::vector<Code> codes;
    a.then([&](const Result<void>& outcome) { codes.push_back(outcome.error().code); });
    issuer.complete(fail(Code::unavailable, "no"));
    b.then([&](const Result<void>& outcome) { codes.push_back(outcome.error().code); });
    EXPECT_EQ(codes, (std::vector<Code>{Code::unavailable, Code::unavailable}));
    EXPECT_EQ(b.wait().error().message, "no");
}

TEST(Ticket, AnIssuerThatDiesCancels) {
    Ticket ticket = Ticket::done();
    {
        TicketIssuer issuer;
        ticket = issuer.ticket();
        TicketIssuer moved = std::move(issuer);
        EXPECT_FALSE(ticket.is_done());
    }
    EXPECT_EQ(ticket.wait().error().code, Code::cancelled);
    TicketIssuer first;
    const Ticket replaced = first.ticket();
    first = TicketIssuer();
    EXPECT_EQ(replaced.wait().error().code, Code::cancelled);
}

TEST(TicketDeathTest, CompletingTwiceIsABug) {
    TicketIssuer issuer;
    issuer.complete({});
    EXPECT_DEATH(issuer.complete({}), "check failed");
}

TEST(Ticket, OfSeveralIssuersCompletesWithTheLastAndKeepsTheFirstError) {
    TicketIssuer own;
    const Ticket ticket = own.ticket();
    TicketIssuer a = own.another();
    TicketIssuer b = own.another();
    own.complete({});
    b.complete(fail(Code::aborted, "first"));
    EXPECT_FALSE(ticket.is_done());
    {
        const TicketIssuer dying = std::move(a);
    }
    EXPECT_EQ(ticket.wait().error().message, "first");

    TicketIssuer fine;
    const Ticket done = fine.ticket();
    std::vector<std::thread> threads;
    std::atomic<int> calls = 0;
    done.then([&](const Result<void>& outcome) { calls += outcome.has_value(); });
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([part = fine.another()]() mutable { part.complete({}); });
    fine.complete({});
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(calls, 1);
}

TEST(Ticket, BothWaitForBothAndKeepTheFirstError) {
    TicketIssuer a;
    TicketIssuer b;
    const Ticket joined = Ticket::both(a.ticket(), b.ticket());
    b.complete(fail(Code::aborted, "first"));
    EXPECT_FALSE(joined.is_done());
    a.complete(fail(Code::internal, "second"));
    EXPECT_EQ(joined.wait().error().message, "first");

    TicketIssuer c;
    const Ticket half = Ticket::both(Ticket::done(), c.ticket());
    EXPECT_FALSE(half.is_done());
    c.complete({});
    EXPECT_TRUE(half.wait());
    EXPECT_TRUE(Ticket::both(Ticket::done(), Ticket::done()).is_done());
}

TEST(Ticket, CallbacksRunOnceWhicheverThreadIsFirst) {
    for (int round = 0; round < 200; ++round) {
        TicketIssuer issuer;
        const Ticket ticket = issuer.ticket();
        std::atomic<int> calls{0};
        std::thread completer([&] { issuer.complete({}); });
        std::thread waiter([&] { EXPECT_TRUE(ticket.wait()); });
        ticket.then([&](const Result<void>&) { ++calls; });
        completer.join();
        waiter.join();
        EXPECT_EQ(calls, 1);
    }
}

TEST(Ticket, ACallbackMayDestroyItsIssuer) {
    auto issuer = std::make_unique<TicketIssuer>();
    issuer->ticket().then([&](const Result<void>&) { issuer.reset(); });
    TicketIssuer* raw = issuer.get();
    raw->complete({});
    EXPECT_EQ(issuer, nullptr);
}

TEST(Snapshot, ReadersSeeWholeValuesAndNeverGoBack) {
    struct Pair {
        int a = 0;
        int b = 0;
    };
    Snapshot<Pair> snapshot(std::make_shared<const Pair>());
    std::atomic<bool> stop{false};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            Snapshot<Pair>::Reader reader(snapshot);
            int last = 0;
            while (!stop) {
                const Pair& pair = reader.get();
                ASSERT_EQ(pair.a, pair.b);
                ASSERT_GE(pair.a, last);
                last = pair.a;
            }
        });
    }
    for (int i = 1; i <= 5000; ++i) snapshot.set(std::make_shared<const Pair>(Pair{i, i}));
    Snapshot<Pair>::Reader late(snapshot);
    EXPECT_EQ(late.get().a, 5000);
    EXPECT_EQ(snapshot.get()->b, 5000);
    stop = true;
    for (auto& reader : readers) reader.join();
}

TEST(Snapshot, AReaderKeepsWhatItSawAlive) {
    Snapshot<std::string> snapshot(std::make_shared<const std::string>("old"));
    Snapshot<std::string>::Reader reader(snapshot);
    const std::string& seen = reader.get();
    snapshot.set(std::make_shared<const std::string>("new"));
    EXPECT_EQ(seen, "old");
    EXPECT_EQ(reader.get(), "new");
}

TEST(BoundedQueue, RefusesWhatIsTooMuchAndLeavesItUntouched) {
    BoundedQueue<std::string> queue({.items_max = 2, .bytes_max = 10});
    EXPECT_TRUE(queue.try_push("large, alone", 100));
    std::string item = "kept";
    const auto full = queue.try_push(std::move(item), 1);
    EXPECT_EQ(full.error().reason, "queue_full");
    EXPECT_EQ(item, "kept");
    EXPECT_EQ(queue.try_pop(), "large, alone");
    EXPECT_EQ(queue.bytes(), 0u);
    EXPECT_TRUE(queue.try_push("a", 5));
    EXPECT_FALSE(queue.try_push("b", 6));
    EXPECT_TRUE(queue.try_push("b", 5));
    EXPECT_FALSE(queue.try_push("c", 0));
    EXPECT_EQ(queue.pop_all(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(queue.try_pop(), std::nullopt);
}

TEST(BoundedQueue, IsDrainedAfterItIsClosed) {
    BoundedQueue<int> queue({});
    EXPECT_TRUE(queue.try_push(1));
    EXPECT_TRUE(queue.try_push(2));
    queue.close();
    EXPECT_EQ(queue.try_push(3).error().code, Code::cancelled);
    EXPECT_EQ(queue.pop_all(1), std::vector<int>{1});
    EXPECT_EQ(queue.pop(), 2);
    EXPECT_EQ(queue.pop(), std::nullopt);
    EXPECT_TRUE(queue.pop_all().empty());
}

TEST(BoundedQueue, NothingIsLostOrDoubledBetweenThreads) {
    BoundedQueue<int> queue({.items_max = 16});
    std::atomic<long> sum{0};
    std::vector<std::thread> threads;
    for (int consumer = 0; consumer < 2; ++consumer) {
        threads.emplace_back([&, consumer] {
            if (consumer == 0) {
                while (const auto item = queue.pop()) sum += *item;
            } else {
                for (auto items = queue.pop_all(3); !items.empty(); items = queue.pop_all(3)) {
                    for (const int item : items) sum += item;
                }
            }
        });
    }
    std::vector<std::thread> producers;
    for (int producer = 0; producer < 2; ++producer) {
        producers.emplace_back([&] {
            for (int i = 1; i <= 2000; ++i) {
                while (!queue.try_push(int{i})) std::this_thread::yield();
            }
        });
    }
    for (auto& thread : producers) thread.join();
    queue.close();
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(sum, 2 * 2000L * 2001 / 2);
}

TEST(TaskGroup, WaitsForAllAndTellsTheFirstFailure) {
    NullLog log;
    std::atomic<int> told{0};
    TaskGroup tasks(log, [&](std::string_view task, const Error&) {
        told += task == "fails" || task == "throws";
    });
    std::atomic<int> ended{0};
    std::latch failed(1);
    ASSERT_TRUE(tasks.spawn("waits", [&](std::stop_token stop) -> Result<void> {
        while (!stop.stop_requested()) std::this_thread::yield();
        ++ended;
        return {};
    }));
    ASSERT_TRUE(tasks.spawn("fails", [&](std::stop_token) -> Result<void> {
        failed.count_down();
        return fail(Code::data_loss, "gone");
    }));
    failed.wait();
    while (told < 1) std::this_thread::yield();
    ASSERT_TRUE(tasks.spawn(
        "throws", [](std::stop_token) -> Result<void> { throw std::runtime_error("oh"); }));
    tasks.stop();
    EXPECT_EQ(tasks.spawn("late", [](std::stop_token) -> Result<void> { return {}; }).error().code,
              Code::cancelled);
    EXPECT_EQ(tasks.join().error().message, "gone");
    EXPECT_EQ(ended, 1);
    EXPECT_EQ(told, 2);
    EXPECT_EQ(tasks.running(), 0u);
}

TEST(TaskGroup, IsBoundedAndForgetsTasksThatEnded) {
    NullLog log;
    TaskGroup tasks(log, {}, 2);
    for (int i = 0; i < 50; ++i) {
        while (!tasks.spawn("short", [](std::stop_token) -> Result<void> { return {}; }))
            std::this_thread::yield();
    }
    while (tasks.running() > 0) std::this_thread::yield();
    const auto until_stop = [](std::stop_token stop) -> Result<void> {
        while (!stop.stop_requested()) std::this_thread::yield();
        return {};
    };
    EXPECT_TRUE(tasks.spawn("one", until_stop));
    EXPECT_TRUE(tasks.spawn("two", until_stop));
    EXPECT_EQ(tasks.spawn("three", until_stop).error().reason, "tasks_full");
}

TEST(ManualScheduler, RunsWhatIsDueInOrderAtItsTime) {
    ManualClock clock;
    ManualScheduler scheduler(clock);
    std::vector<std::string> ran;
    const auto note = [&](std::string what) {
        ran.push_back(what + "@" + std::to_string(clock.steady_now().time_since_epoch().count()));
    };
    const ScheduledJob b = scheduler.after(Duration(20), [&] { note("b"); });
    const ScheduledJob a = scheduler.after(Duration(10), [&] { note("a"); });
    const ScheduledJob tick = scheduler.every(Duration(15), [&] { note("t"); });
    ScheduledJob never = scheduler.after(Duration(5), [&] { note("never"); });
    never.cancel();
    scheduler.advance(Duration(9));
    EXPECT_TRUE(ran.empty());
    scheduler.advance(Duration(36));
    EXPECT_EQ(ran, (std::vector<std::string>{"a@10", "t@15", "b@20", "t@30", "t@45"}));
    EXPECT_EQ(clock.steady_now().time_since_epoch(), Duration(45));
}

TEST(ManualScheduler, AJobMayCancelItselfAndMakeOthers) {
    ManualClock clock;
    ManualScheduler scheduler(clock);
    int runs = 0;
    ScheduledJob job;
    job = scheduler.every(Duration(10), [&] {
        if (++runs == 2) {
            scheduler.after(Duration(1), [&] { runs += 100; }).detach();
            job.cancel();
        }
    });
    scheduler.advance(Duration(1000));
    EXPECT_EQ(runs, 102);
}

TEST(ThreadScheduler, RunsJobsAndNoneAfterItIsCancelled) {
    const SystemClock clock;
    ThreadScheduler scheduler(clock);
    std::latch ran(3);
    std::atomic<int> ticks{0};
    ScheduledJob job = scheduler.every(std::chrono::milliseconds(1), [&] {
        if (++ticks <= 3) ran.count_down();
    });
    ran.wait();
    job.cancel();
    const int then = ticks;
    std::latch later(1);
    const ScheduledJob after =
        scheduler.after(std::chrono::milliseconds(5), [&] { later.count_down(); });
    later.wait();
    EXPECT_EQ(ticks, then);
    const ScheduledJob far = scheduler.after(std::chrono::hours(100'000), [] {});
}

}  // namespace
}  // namespace attune::base
