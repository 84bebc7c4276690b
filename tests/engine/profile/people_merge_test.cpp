#include "engine/profile/fold_state.h"
#include "engine/profile/render.h"
#include "tests/engine/profile/people_world.h"

#include "base/json.h"
#include "domain/describe.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using testing::RandomEvents;
using testing::view;
using testing::World;

std::string fold_of(const std::vector<domain::Event>& events, const WeightTable& weights,
                    std::string_view user) {
    FoldState state(weights.fingerprint());
    for (const domain::Event& e : events) fold(state, e, weights);
    return base::to_json(render(state, user));
}

TEST(PeopleMerge, AVisitorWhoLogsInBringsTheirHistory) {
    World world;
    world.apply({.user_id = "ann"}, {view("1", "ann", {})});
    world.apply({.anonymous_id = "v"}, {view("2", {}, "v"), view("3", {}, "v")});
    EXPECT_EQ(world.version("v"), 2u);
    world.apply({.user_id = "ann", .anonymous_id = "v"}, {view("4", "ann", "v")});
    EXPECT_EQ(world.version("ann"), 4u);
    EXPECT_EQ(world.version("v"), 4u);
    EXPECT_EQ(world.people->stats().merges, 1u);
    world.reopen();
    EXPECT_EQ(world.version("v"), 4u);
    EXPECT_TRUE(world.is_what_the_log_tells("ann"));
}

TEST(PeopleMerge, AVisitorWhoSignsUpKeepsTheirPerson) {
    World world;
    world.apply({.anonymous_id = "v"}, {view("1", {}, "v")});
    world.apply({.user_id = "ann", .anonymous_id = "v"}, {view("2", "ann", "v")});
    EXPECT_EQ(world.version("ann"), 2u);
    EXPECT_EQ(world.people->stats().merges, 0u);
    EXPECT_EQ(world.store->stats().people, 1u);
}

// The log does not have it, so nobody could tell later who became one, or why.
TEST(PeopleMerge, WhatWasToldBeforeLinksNobody) {
    World world;
    world.apply({.user_id = "cleo"}, {view("1", "cleo", {})});
    world.apply({.user_id = "ann"}, {view("2", "ann", {})});
    world.apply({.user_id = "bob"}, {view("3", "bob", {})});
    EXPECT_EQ(
        world.apply({.user_id = "ann", .previous_id = "bob"}, {view("1", "ann", {})}).duplicates,
        1u);
    EXPECT_EQ(world.people->stats().merges, 0u);
    EXPECT_EQ(world.version("bob"), 1u);
    EXPECT_EQ(world.apply({.user_id = "dan"}, {view("1", "dan", {})}).duplicates, 1u);
    world.reopen();
    EXPECT_EQ(world.store->stats().people, 3u) << "nobody came to be by it";
    EXPECT_FALSE(world.people->read(world.tenant, "dan"));
}

TEST(PeopleMerge, TwoUsersOfOneDeviceStayApart) {
    World world;
    world.apply({.user_id = "ann", .anonymous_id = "tablet"}, {view("1", "ann", "tablet")});
    world.apply({.user_id = "bob", .anonymous_id = "tablet"}, {view("2", "bob", "tablet")});
    world.apply({.user_id = "bob", .anonymous_id = "tablet"}, {view("3", "bob", "tablet")});
    EXPECT_EQ(world.version("ann"), 1u);
    EXPECT_EQ(world.version("bob"), 2u);
    EXPECT_EQ(world.version("tablet"), 1u);  // who had it first
    EXPECT_EQ(world.people->stats().merges, 0u);
}

TEST(PeopleMerge, AnAliasJoinsTwoKnownUsers) {
    World world;
    world.apply({.user_id = "ann"}, {view("1", "ann", {})});
    world.apply({.user_id = "anna"}, {view("2", "anna", {})});
    domain::Event alias = view("3", "anna", {});
    alias.event = "$alias";
    alias.properties = base::JsonText::trusted(R"({"previous_id":"ann"})");
    world.apply({.user_id = "anna", .previous_id = "ann"}, {alias});
    EXPECT_EQ(world.version("ann"), 3u);
    EXPECT_EQ(world.version("anna"), 3u);
    // Said again, and the other way round, it changes nothing.
    world.apply({.user_id = "anna", .previous_id = "ann"}, {view("4", "anna", {})});
    world.apply({.user_id = "ann", .previous_id = "anna"}, {view("5", "ann", {})});
    world.apply({.user_id = "ann", .previous_id = "ann"}, {view("6", "ann", {})});
    EXPECT_EQ(world.people->stats().merges, 1u);
    EXPECT_EQ(world.version("anna"), 6u);
    EXPECT_TRUE(world.is_what_the_log_tells("ann"));
}

// "bob" is a user, and the id of a visitor who is mallory. An alias of "bob" speaks of the user, whoever came first.
TEST(PeopleMerge, AnAliasOfAUsersIdDoesNotFollowTheVisitorWhoHasItToo) {
    for (const bool user_first : {true, false}) {
        SCOPED_TRACE(user_first);
        World world;
        if (user_first) world.apply({.user_id = "bob"}, {view("1", "bob", {})});
        world.apply({.user_id = "mallory", .anonymous_id = "bob"}, {view("2", "mallory", "bob")});
        if (!user_first) world.apply({.user_id = "bob"}, {view("1", "bob", {})});
        world.apply({.user_id = "bobby", .previous_id = "bob"}, {view("3", "bobby", {})});
        EXPECT_EQ(world.version("bobby"), 2u);
        EXPECT_EQ(world.version("bob"), 2u);
        EXPECT_EQ(world.version("mallory"), 1u);
        world.apply({.anonymous_id = "bob"}, {view("4", {}, "bob")});
        EXPECT_EQ(world.version("mallory"), 2u) << "the visitor stays whose it was";
        EXPECT_EQ(world.version("bobby"), 2u);
        EXPECT_TRUE(world.is_what_the_log_tells("bobby"));
    }
}

// Nobody is a user "bob" when the alias speaks of it, so it can mean the visitor alone.
TEST(PeopleMerge, AnAliasOfAVisitorsIdMeansTheVisitorWhereNoUserHasIt) {
    World world;
    world.apply({.user_id = "ann", .anonymous_id = "tab"}, {view("1", "ann", "tab")});
    world.apply({.user_id = "anna", .previous_id = "tab"}, {view("2", "anna", {})});
    EXPECT_EQ(world.version("ann"), 2u);
    EXPECT_EQ(world.version("anna"), 2u);
    world.apply({.user_id = "tab"}, {view("3", "tab", {})});
    EXPECT_EQ(world.version("anna"), 3u)
        << "an id that was said to be theirs before anybody had it";
}

TEST(PeopleMerge, AVisitorsIdThatIsAUsersElsewhereLinksNobody) {
    for (const bool user_first : {true, false}) {
        World world;
        if (user_first) world.apply({.user_id = "bob"}, {view("1", "bob", {})});
        world.apply({.user_id = "mallory", .anonymous_id = "bob"}, {view("2", "mallory", "bob")});
        if (!user_first) world.apply({.user_id = "bob"}, {view("1", "bob", {})});
        EXPECT_EQ(world.version("bob"), 1u);
        EXPECT_EQ(world.version("mallory"), 1u);
        EXPECT_EQ(world.people->stats().merges, 0u);
    }
}

TEST(PeopleMerge, AnAliasNobodyHasYetIsRemembered) {
    World world;
    world.apply({.user_id = "ann", .previous_id = "old"}, {view("1", "ann", {})});
    world.apply({.user_id = "old"}, {view("2", "old", {})});
    world.apply({.anonymous_id = "old"}, {view("3", {}, "old")});
    EXPECT_EQ(world.version("ann"), 3u);
}

TEST(PeopleMerge, ANewNameForAKnownVisitorIsTheSamePerson) {
    World world;
    world.apply({.anonymous_id = "v"}, {view("1", {}, "v")});
    world.apply({.user_id = "ann", .previous_id = "v"}, {view("2", "ann", {})});
    EXPECT_EQ(world.version("ann"), 2u);
    EXPECT_EQ(world.version("v"), 2u);
}

TEST(PeopleMerge, ChainsOfMergesEndInOnePerson) {
    for (const bool reopen : {false, true}) {
        World world;
        for (int i = 0; i < 12; ++i)
            world.apply({.user_id = "u" + std::to_string(i)},
                        {view("a" + std::to_string(i), "u" + std::to_string(i), {})});
        for (int i = 0; i + 1 < 12; ++i) {
            if (reopen) world.reopen();
            const std::string user = "u" + std::to_string((i * 5 + 5) % 12);
            world.apply({.user_id = user, .previous_id = "u" + std::to_string(i * 5 % 12)},
                        {view("b" + std::to_string(i), user, {})});
        }
        for (int i = 0; i < 12; ++i) EXPECT_EQ(world.version("u" + std::to_string(i)), 23u) << i;
        EXPECT_TRUE(world.is_what_the_log_tells("u3"));
    }
}

TEST(PeopleMerge, ThereIsALimitToWhoBecomesOne) {
    World world({.members_max = 3});
    for (int i = 0; i < 8; ++i)
        world.apply({.user_id = "u" + std::to_string(i)},
                    {view("a" + std::to_string(i), "u" + std::to_string(i), {})});
    for (int i = 1; i < 4; ++i)
        world.apply({.user_id = "u0", .previous_id = "u" + std::to_string(i)},
                    {view("b" + std::to_string(i), "u0", {})});
    auto refused = world.people->apply(world.tenant, {.user_id = "u0", .previous_id = "u4"},
                                       {view("b4", "u0", {})});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "members_max");
    EXPECT_EQ(world.version("u4"), 1u);
    // A login goes on all the same.
    world.apply({.anonymous_id = "v"}, {view("v", {}, "v")});
    EXPECT_EQ(world.apply({.user_id = "u0", .anonymous_id = "v"}, {view("w", "u0", "v")}).accepted,
              1u);
    EXPECT_EQ(world.version("v"), 1u);
}

TEST(PeopleMerge, EqualsTheFoldOfAllHistoriesInAnyOrderOfArrival) {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        RandomEvents random(seed);
        std::vector<domain::Event> events = random.many(120);
        const std::string expected = fold_of(events, WeightTable(), "ann");
        World world(
            {.cache_bytes_max = seed % 2 ? 4096u : 64u << 20, .checkpoint_every_events = 8});
        std::mt19937_64 order(seed);
        std::ranges::shuffle(events, order);
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (random.below(40) == 0) world.reopen();
            if (random.below(10) == 0) (void)world.json("v" + std::to_string(random.below(4)));
            world.apply(World::identity_of(events[i]), {events[i]});
        }
        // Whoever did not meet ann by chance does now.
        std::vector<domain::Event> last;
        for (int i = 0; i < 4; ++i) {
            const std::string v = "v" + std::to_string(i);
            world.apply({.user_id = "ann", .previous_id = v}, {});
        }
        EXPECT_EQ(world.json("ann"), expected) << "seed " << seed;
        EXPECT_TRUE(world.is_what_the_log_tells("ann")) << "seed " << seed;
        world.reopen();
        EXPECT_EQ(world.json("ann"), expected) << "seed " << seed;
        EXPECT_EQ(world.people->stats().anomalies, 0u);
    }
}

TEST(PeopleMerge, WhatIsOnTheWayIsMergedToo) {
    World world;
    world.store->hold();
    std::vector<Applied> all;
    all.push_back(world.apply({.user_id = "ann"}, {view("1", "ann", {})}));
    all.push_back(world.apply({.anonymous_id = "v"}, {view("2", {}, "v")}));
    all.push_back(world.apply({.user_id = "ann", .anonymous_id = "v"}, {view("3", "ann", "v")}));
    all.push_back(world.apply({.anonymous_id = "v"}, {view("4", {}, "v")}));
    EXPECT_EQ(world.version("ann"), 4u);
    world.store->release();
    for (const Applied& one : all) EXPECT_TRUE(one.ticket.wait());
    world.reopen();
    EXPECT_EQ(world.version("v"), 4u);
    EXPECT_TRUE(world.is_what_the_log_tells("v"));
}

TEST(PeopleMerge, AMergeThatTheDiskRefusedNeverWas) {
    World world;
    world.apply({.user_id = "ann"}, {view("1", "ann", {})});
    world.apply({.anonymous_id = "v"}, {view("2", {}, "v")});
    world.store->hold();
    const Applied lost =
        world.apply({.user_id = "ann", .anonymous_id = "v"}, {view("3", "ann", "v")});
    EXPECT_EQ(world.version("v"), 3u);
    world.store->fail_syncs();
    world.store->release();
    EXPECT_FALSE(lost.ticket.wait());
    EXPECT_EQ(world.version("ann"), 1u);
    EXPECT_EQ(world.version("v"), 1u);
}

TEST(PeopleMerge, FullMapsAreFoldedInLogOrderAfterAMerge) {
    World world;
    for (int i = 0; i < 700; ++i) {
        const bool visitor = i % 2;
        domain::Event e = visitor ? view("e" + std::to_string(i), {}, "v", i)
                                  : view("e" + std::to_string(i), "ann", {}, -i);
        e.event = "page";
        e.properties = base::JsonText::trusted("{\"path\":\"/" + std::to_string(i % 610) + "\"}");
        world.apply(World::identity_of(e), {e});
    }
    world.apply({.user_id = "ann", .anonymous_id = "v"}, {view("last", "ann", "v")});
    EXPECT_EQ(world.version("ann"), 701u);
    EXPECT_TRUE(world.is_what_the_log_tells("ann"));
    EXPECT_EQ(world.people->stats().anomalies, 0u);
}

}  // namespace
}  // namespace attune::engine
