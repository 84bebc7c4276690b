#include "tests/engine/profile/people_world.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

namespace attune::engine {
namespace {

using testing::RandomEvents;
using testing::view;
using testing::World;

void in_threads(int count, const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
    for (std::thread& thread : threads) thread.join();
}

TEST(PeopleThreads, AFirstEventThatComesTwiceAtOnceMakesOnePersonAndCountsOnce) {
    World world;
    std::atomic<unsigned> accepted = 0;
    in_threads(4, [&](int) {
        for (int i = 0; i < 100; ++i) {
            const std::string n = std::to_string(i);
            accepted += world
                            .apply({.user_id = "u" + n, .anonymous_id = "v" + n},
                                   {view("e" + n, "u" + n, "v" + n)})
                            .accepted;
        }
    });
    EXPECT_EQ(accepted, 100u);
    EXPECT_EQ(world.store->stats().people, 100u);
    EXPECT_EQ(world.people->stats().duplicates, 300u);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(world.version("v" + std::to_string(i)), 1u);
}

TEST(PeopleThreads, ManyHandsOnFewPeopleLoseNothing) {
    World world({.cache_bytes_max = 20'000, .checkpoint_every_events = 5});
    std::atomic<bool> done = false;
    std::thread reader([&] {
        RandomEvents random(1);
        while (!done) {
            const std::string who = "u" + std::to_string(random.below(10));
            (void)world.people->read(world.tenant, who);
            if (random.chance(5)) (void)world.people->recompute(world.tenant, who);
            if (random.chance(2)) (void)world.people->checkpoint_all();
            if (random.chance(2)) (void)world.people->list(world.tenant, {});
        }
    });
    std::atomic<unsigned> accepted = 0;
    in_threads(4, [&](int thread) {
        RandomEvents random(static_cast<std::uint64_t>(thread) + 100);
        random.prefix =
            "t" + std::to_string(thread / 2) + "-";  // pairs of threads send the same ids
        for (int i = 0; i < 300; ++i) {
            domain::Event e = random.next();
            e.user_id = "u" + std::to_string(i % 10);
            e.anonymous_id.reset();
            accepted += world.apply(World::identity_of(e), {e}).accepted;
        }
    });
    done = true;
    reader.join();
    EXPECT_EQ(accepted, 600u);
    std::uint64_t versions = 0;
    for (int i = 0; i < 10; ++i) {
        const std::string who = "u" + std::to_string(i);
        versions += world.version(who);
        EXPECT_TRUE(world.is_what_the_log_tells(who));
    }
    EXPECT_EQ(versions, 600u);
    EXPECT_EQ(world.people->stats().anomalies, 0u);
}

TEST(PeopleThreads, MergesFromAllSidesEndInOnePersonWithEverything) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        World world({.cache_bytes_max = 20'000});
        in_threads(4, [&](int thread) {
            RandomEvents random(seed * 100 + static_cast<std::uint64_t>(thread));
            random.prefix = std::to_string(thread) + "-";
            for (int i = 0; i < 60; ++i) {
                const std::string a = "u" + std::to_string(random.below(12));
                const std::string b = "u" + std::to_string(random.below(12));
                domain::Event e = random.next();
                e.user_id = a;
                e.anonymous_id.reset();
                Identity who{.user_id = a};
                if (random.chance(20)) who.previous_id = b;
                world.apply(who, {e});
                if (random.chance(30)) (void)world.people->read(world.tenant, b);
            }
        });
        for (int i = 0; i < 12; ++i)
            world.apply({.user_id = "u0", .previous_id = "u" + std::to_string(i)}, {});
        EXPECT_EQ(world.version("u0"), 240u);
        EXPECT_TRUE(world.is_what_the_log_tells("u5"));
        EXPECT_EQ(world.people->stats().anomalies, 0u);
    }
}

TEST(PeopleThreads, ErasingWhileOthersWriteLeavesWholePeople) {
    World world;
    in_threads(4, [&](int thread) {
        for (int i = 0; i < 200; ++i) {
            const std::string n = std::to_string(thread) + "-" + std::to_string(i);
            if (thread == 0)
                (void)world.people->erase(world.tenant, i % 2 ? "ann" : "v");
            else
                world.apply({.user_id = "ann", .anonymous_id = "v"}, {view(n, "ann", "v")});
        }
    });
    world.apply({.user_id = "ann", .anonymous_id = "v"}, {view("last", "ann", "v")});
    EXPECT_TRUE(world.is_what_the_log_tells("ann"));
    EXPECT_EQ(world.version("v"), world.version("ann"));
    EXPECT_EQ(world.store->stats().events, world.version("ann"));
}

}  // namespace
}  // namespace attune::engine
