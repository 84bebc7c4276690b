#include "engine/follow/log_follower.h"

#include "base/mutex.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace attune::engine {
namespace {

constexpr TenantId kTenant{1};
constexpr TenantId kOther{2};

// What all readings of a test tell, and what the test lets them do.
struct Trace {
    std::atomic<int> made = 0;
    std::atomic<int> failures_left = 0;
    std::atomic<int> failures = 0;
    std::atomic<bool> is_idle = false;
    std::atomic<bool> is_endless = false;
    std::atomic<int> renewed = 0;  // how many of those that were made are to be renewed
    std::size_t batch = 100;

    void note(const std::string& what) {
        const base::MutexLock lock(mutex);
        words.push_back(what);
        changed.notify_all();
    }
    void wait_for(const std::string& what) {
        base::MutexLock lock(mutex);
        while (std::ranges::find(words, what) == words.end()) changed.wait(lock);
    }
    std::vector<std::string> all() {
        const base::MutexLock lock(mutex);
        return words;
    }

    base::Mutex mutex;
    base::CondVar changed;
    std::vector<std::string> words ATTUNE_GUARDED_BY(mutex);
};

// Counts a tenant's events and notes "tenant:count" whenever it has read them all.
class Counting final : public LogReading {
public:
    Counting(store::Store& store, TenantId tenant, Trace& trace)
        : store_(store), tenant_(tenant), trace_(trace) {
        number_ = ++trace_.made;
    }
    Result<bool> step() override {
        if (trace_.is_endless) return trace_.note("step"), false;
        if (trace_.failures_left > 0) {
            --trace_.failures_left;
            ++trace_.failures;
            trace_.note("failed");
            return fail(Code::unavailable, "not now");
        }
        std::size_t looked_at = 0;
        ATTUNE_TRY_VOID(store_.scan_all(tenant_, {upto_}, [&](const store::LoggedEvent& event) {
            if (++looked_at > trace_.batch) return false;
            upto_ = event.position;
            ++count;
            return true;
        }));
        const bool is_done = looked_at <= trace_.batch;
        if (is_done) trace_.note(std::to_string(tenant_.value) + ":" + std::to_string(count));
        return is_done;
    }
    [[nodiscard]] bool is_idle() const override { return trace_.is_idle; }
    [[nodiscard]] bool is_to_be_renewed() const override { return number_ <= trace_.renewed; }

    int count = 0;

private:
    store::Store& store_;
    const TenantId tenant_;
    Trace& trace_;
    int number_ = 0;
    store::Position upto_;
};

class LogFollowerTest : public testing::Test {
protected:
    using Follower = LogFollower<Counting>;
    std::unique_ptr<Follower> open() {
        return std::make_unique<Follower>(*store_, [this](TenantId tenant) {
            return std::make_unique<Counting>(*store_, tenant, trace_);
        });
    }
    void append(TenantId tenant, int events) {
        for (int i = 0; i < events; ++i) {
            base::Id128 id;
            id.bytes[0] = 1;
            id.bytes[14] = static_cast<std::uint8_t>(next_ >> 8);
            id.bytes[15] = static_cast<std::uint8_t>(next_++);
            ASSERT_TRUE(
                store_->append({.tenant = tenant, .person = id, .events = {{id, "{}"}}})->wait());
        }
    }
    // Makes it known without waking anybody.
    static int looked(Follower& follower, TenantId tenant) {
        int count = 0;
        EXPECT_TRUE(follower.look(tenant, [&](Counting& seen) -> Result<bool> {
            count = seen.count;
            return true;
        }));
        return count;
    }

    Trace trace_;
    std::unique_ptr<store::MemoryStore> store_ = store::open_memory({});
    unsigned next_ = 0;
};

TEST_F(LogFollowerTest, ReadsWhatWasThereAndWhatComes) {
    append(kTenant, 3);
    const auto follower = open();
    follower->watch(kTenant);
    trace_.wait_for("1:3");
    append(kTenant, 2);
    trace_.wait_for("1:5");
    EXPECT_EQ(looked(*follower, kTenant), 5);
    EXPECT_EQ(trace_.made, 1);
}

TEST_F(LogFollowerTest, CatchingUpReadsEverythingThatIsCommitted) {
    trace_.batch = 7;
    append(kTenant, 50);
    const auto follower = open();
    ASSERT_TRUE(follower->catch_up(kTenant));
    EXPECT_EQ(looked(*follower, kTenant), 50);
    trace_.failures_left = 1;
    EXPECT_EQ(follower->catch_up(kTenant).error().code, Code::unavailable);
}

TEST_F(LogFollowerTest, ALongLogKeepsNobodyWaiting) {
    trace_.batch = 1;
    append(kTenant, 200);
    append(kOther, 1);
    const auto follower = open();
    EXPECT_EQ(looked(*follower, kTenant), 0);
    EXPECT_EQ(looked(*follower, kOther), 0);
    append(kOther, 1);  // wakes it for both
    trace_.wait_for("1:200");
    const auto words = trace_.all();
    EXPECT_LT(std::ranges::find(words, "2:2"), std::ranges::find(words, "1:200"));
}

TEST_F(LogFollowerTest, WhatFailedIsTriedAgainAtTheNextCommit) {
    const auto follower = open();
    trace_.failures_left = 1;
    follower->watch(kTenant);
    trace_.wait_for("failed");
    append(kTenant, 1);
    trace_.wait_for("1:1");
    EXPECT_EQ(trace_.failures, 1);
}

TEST_F(LogFollowerTest, ALookThatIsNotCurrentIsFollowedByReading) {
    append(kTenant, 3);
    const auto follower = open();
    ASSERT_TRUE(follower->look(kTenant, [](Counting&) -> Result<bool> { return false; }));
    trace_.wait_for("1:3");
    EXPECT_EQ(
        follower->look(kOther, [](Counting&) -> Result<bool> { return fail(Code::not_found, ""); })
            .error()
            .code,
        Code::not_found);
}

TEST_F(LogFollowerTest, WhoHasNothingToReadForIsLetGoOfUntilWatchedAgain) {
    trace_.is_idle = true;
    const auto follower = open();
    follower->watch(kTenant);
    trace_.wait_for("1:0");
    while (looked(*follower, kTenant) == 0 && trace_.made < 2) {
        follower->watch(kTenant);  // until one of these comes when it was let go of
        std::this_thread::yield();
    }
    EXPECT_GE(trace_.made, 2);
    trace_.is_idle = false;
    append(kTenant, 1);
    follower->watch(kTenant);
    trace_.wait_for("1:1");
}

TEST_F(LogFollowerTest, StopsInTheMiddleOfALogThatNeverEnds) {
    trace_.is_endless = true;
    auto follower = open();
    follower->watch(kTenant);
    trace_.wait_for("step");
    follower.reset();
    const auto words = trace_.all();
    append(kTenant, 3);
    EXPECT_EQ(trace_.all().size(), words.size());
}

TEST_F(LogFollowerTest, MayBeGoneWhileOthersCommit) {
    constexpr int kRounds = 50;
    constexpr int kCommitsOfARound = 10;  // each round reads all of them again
    std::atomic<int> round = 0;
    std::thread writer([&] {
        for (int commits = 0; round < kRounds; std::this_thread::yield())
            for (; commits < (round + 1) * kCommitsOfARound; ++commits) append(kTenant, 1);
    });
    for (; round < kRounds; ++round) {
        const auto follower = open();
        follower->watch(kTenant);
        EXPECT_TRUE(follower->catch_up(kTenant));
    }
    writer.join();
}

TEST_F(LogFollowerTest, ManyLookWhileItReads) {
    trace_.batch = 3;
    const auto follower = open();
    follower->watch(kTenant);
    std::vector<std::thread> lookers;
    for (int t = 0; t < 3; ++t)
        lookers.emplace_back([&] {
            for (int last = 0, i = 0; i < 200; ++i) {
                const int now = looked(*follower, kTenant);
                EXPECT_GE(now, last);
                last = now;
            }
        });
    append(kTenant, 100);
    for (auto& looker : lookers) looker.join();
    ASSERT_TRUE(follower->catch_up(kTenant));
    EXPECT_EQ(looked(*follower, kTenant), 100);
}

TEST_F(LogFollowerTest, OneThatIsToBeRenewedIsAskedUntilAnotherHasReadEverything) {
    trace_.batch = 2;
    append(kTenant, 5);
    const auto follower = open();
    ASSERT_TRUE(follower->catch_up(kTenant));
    trace_.renewed = 1;
    // Both are reached, so that neither is forgotten: the one that is asked, and the one that has begun.
    const auto counts = [&] {
        std::vector<int> all;
        EXPECT_TRUE(follower->with(kTenant, [&](Counting& one) -> Result<void> {
            all.push_back(one.count);
            return {};
        }));
        return all;
    };
    EXPECT_EQ(counts(), std::vector<int>{5});
    ASSERT_TRUE(follower->catch_up(kTenant));
    EXPECT_EQ(trace_.made, 2);
    EXPECT_EQ(counts(), std::vector<int>{5});
    append(kTenant, 1);
    ASSERT_TRUE(follower->catch_up(kTenant));
    EXPECT_EQ(trace_.made, 2);
    EXPECT_EQ(looked(*follower, kTenant), 6);
}

}  // namespace
}  // namespace attune::engine
