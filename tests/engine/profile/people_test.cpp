#include "tests/engine/profile/people_world.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using testing::RandomEvents;
using testing::view;
using testing::World;

TEST(People, TheNextReadSeesTheWriteBeforeItIsDurable) {
    World world;
    world.store->hold();
    const Applied applied = world.apply({.user_id = "ann"}, {view("1", "ann", {})});
    EXPECT_EQ(applied.accepted, 1u);
    EXPECT_FALSE(applied.ticket.is_done());
    EXPECT_EQ(world.version("ann"), 1u);
    world.store->release();
    EXPECT_TRUE(applied.ticket.wait());
    EXPECT_EQ(world.version("ann"), 1u);
}

TEST(People, NobodyIsNotFound) {
    World world;
    auto read = world.people->read(world.tenant, "nobody");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::not_found);
    EXPECT_EQ(world.people->recompute(world.tenant, "nobody").error().code, Code::not_found);
    EXPECT_EQ(world.people->erase(world.tenant, "nobody").error().code, Code::not_found);
    EXPECT_EQ(world.people->apply(world.tenant, {}, {}).error().code, Code::invalid_argument);
}

TEST(People, AnEventThatComesAgainCountsOnce) {
    World world;
    world.apply({.user_id = "ann"},
                {view("1", "ann", {}), view("1", "ann", {}), view("2", "ann", {})});
    const Applied again =
        world.apply({.user_id = "ann"}, {view("2", "ann", {}), view("3", "ann", {})});
    EXPECT_EQ(again.accepted, 1u);
    EXPECT_EQ(again.duplicates, 1u);
    EXPECT_EQ(world.version("ann"), 3u);
    world.reopen();
    EXPECT_EQ(world.apply({.user_id = "ann"}, {view("1", "ann", {})}).duplicates, 1u);
    EXPECT_EQ(world.version("ann"), 3u);
}

TEST(People, ADuplicateIsAcknowledgedOnlyWhenTheFirstIsSafe) {
    World world;
    world.store->hold();
    const Applied first = world.apply({.user_id = "ann"}, {view("1", "ann", {})});
    const Applied second = world.apply({.user_id = "ann"}, {view("1", "ann", {})});
    EXPECT_EQ(second.duplicates, 1u);
    EXPECT_FALSE(second.ticket.is_done());
    world.store->release();
    EXPECT_TRUE(second.ticket.wait());
}

// What one call tells of several people stands or falls person by person.
TEST(People, OfAListEachIsTakenOnItsOwn) {
    World world;
    AppliedEach applied =
        world.people->apply(world.tenant, {{{.user_id = "ann"}, {view("1", "ann", {})}},
                                           {{}, {view("2", {}, {})}},
                                           {{.user_id = "bob"}, {view("3", "bob", {})}},
                                           {{.user_id = "ann"}, {view("1", "ann", {})}}});
    ASSERT_EQ(applied.each.size(), 4u);
    EXPECT_EQ(applied.each[0]->accepted, 1u);
    EXPECT_EQ(applied.each[1].error().code, Code::invalid_argument);
    EXPECT_EQ(applied.each[2]->accepted, 1u);
    EXPECT_EQ(applied.each[3]->duplicates, 1u);
    EXPECT_FALSE(applied.full);
    EXPECT_TRUE(applied.ticket.wait());
    EXPECT_EQ(world.version("ann"), 1u);
    EXPECT_EQ(world.version("bob"), 1u);
}

TEST(People, ADuplicateOfWhatWasRefusedIsNotAcknowledged) {
    World world;
    world.store->hold();
    // "2" is on its way with a call that is partly refused, so whoever repeats it meanwhile cannot be told that it is safe.
    const AppliedEach first = world.people->apply(
        world.tenant, {{{.user_id = "ann"}, {view("1", "ann", {})}}, {{}, {view("2", {}, {})}}});
    const Applied again = world.apply({.user_id = "bob"}, {view("2", "bob", {})});
    EXPECT_EQ(again.duplicates, 1u);
    world.store->release();
    EXPECT_TRUE(first.ticket.wait());
    EXPECT_FALSE(again.ticket.wait());
    EXPECT_EQ(world.apply({.user_id = "bob"}, {view("2", "bob", {})}).accepted, 1u);
}

TEST(People, WhatIsMadeOfAProfileIsKeptWithItAndCountsAsMemory) {
    static int made = 0;
    const Derive twice = [](const RenderedProfile& profile) {
        ++made;
        return Derived{std::make_shared<const std::string>(profile.json + profile.json), 100'000};
    };
    World world;
    world.apply({.user_id = "ann"}, {view("1", "ann", {})});
    (void)world.json("ann");
    const std::uint64_t before = world.people->stats().cached_bytes;
    const auto first = world.people->derived(world.tenant, "ann", twice);
    ASSERT_TRUE(first);
    EXPECT_EQ(*std::static_pointer_cast<const std::string>(*first),
              world.json("ann") + world.json("ann"));
    EXPECT_EQ(world.people->derived(world.tenant, "ann", twice), first);
    EXPECT_EQ(made, 1);
    EXPECT_EQ(world.people->stats().cached_bytes, before + 100'000);
    world.apply({.user_id = "ann"}, {view("2", "ann", {})});
    EXPECT_NE(world.people->derived(world.tenant, "ann", twice), first);
    EXPECT_EQ(made, 2);
    EXPECT_EQ(world.people->derived(world.tenant, "bob", twice).error().code, Code::not_found);
}

TEST(People, AFullStoreLeavesNothingBehind) {
    World world;
    world.store->set_disk_full(true);
    auto applied = world.people->apply(world.tenant, {.user_id = "ann"}, {view("1", "ann", {})});
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().reason, "disk_full");
    EXPECT_FALSE(world.people->read(world.tenant, "ann"));
    world.store->set_disk_full(false);
    EXPECT_EQ(world.apply({.user_id = "ann"}, {view("1", "ann", {})}).accepted, 1u);
    world.store->set_disk_full(true);
    EXPECT_FALSE(world.people->apply(world.tenant, {.user_id = "ann"}, {view("2", "ann", {})}));
    EXPECT_EQ(world.version("ann"), 1u);
}

TEST(People, WhatCouldNotBeMadeDurableIsForgotten) {
    World world;
    world.apply({.user_id = "ann"}, {view("1", "ann", {})});
    world.store->hold();
    const Applied lost = world.apply({.user_id = "ann"}, {view("2", "ann", {})});
    const Applied nobody = world.apply({.user_id = "bob"}, {view("3", "bob", {})});
    world.store->fail_syncs();
    world.store->release();
    EXPECT_FALSE(lost.ticket.wait());
    EXPECT_FALSE(nobody.ticket.wait());
    EXPECT_EQ(world.version("ann"), 1u);
    EXPECT_FALSE(world.people->read(world.tenant, "bob"));
}

TEST(People, AReadIsRenderedOncePerVersion) {
    World world;
    world.apply({.user_id = "ann"}, {view("1", "ann", {})});
    const auto first = *world.people->read(world.tenant, "ann");
    EXPECT_EQ(first, *world.people->read(world.tenant, "ann"));
    world.apply({.user_id = "ann"}, {view("2", "ann", {})});
    const auto second = *world.people->read(world.tenant, "ann");
    EXPECT_NE(first->etag, second->etag);
    EXPECT_EQ(first->version, 1u);  // what a reader holds does not change
    world.reopen();
    EXPECT_EQ((*world.people->read(world.tenant, "ann"))->etag, second->etag);
}

TEST(People, RemembersAcrossReopeningWithAndWithoutCheckpoints) {
    for (const bool with_checkpoints : {true, false}) {
        World world;
        RandomEvents random(3);
        for (int i = 0; i < 200; ++i) {
            domain::Event e = random.next();
            e.user_id = "ann";
            e.anonymous_id.reset();
            world.apply(World::identity_of(e), {e});
        }
        const std::string before = world.json("ann");
        world.reopen();
        if (!with_checkpoints) {
            auto id = world.store->find_person(
                world.tenant, world.tenants.hashed_id(world.tenant, "user", "ann"));
            ASSERT_TRUE(world.store->get_checkpoint(world.tenant, **id)->has_value());
            ASSERT_TRUE(world.store->drop_checkpoint(world.tenant, **id));
        }
        EXPECT_EQ(world.json("ann"), before);
        EXPECT_TRUE(world.is_what_the_log_tells("ann"));
    }
}

TEST(People, ATinyBudgetForgetsPeopleButNothingOfThem) {
    World world({.cache_bytes_max = 60'000});
    World roomy;
    RandomEvents random(11);
    for (int i = 0; i < 1500; ++i) {
        domain::Event e = random.next();
        e.user_id = "user" + std::to_string(random.below(60));
        e.anonymous_id.reset();
        world.apply(World::identity_of(e), {e});
        roomy.apply(World::identity_of(e), {e});
    }
    EXPECT_GT(world.people->stats().misses, 100u);
    EXPECT_LE(world.people->stats().cached_bytes, 60'000u);
    for (int i = 0; i < 60; ++i) {
        const std::string user = "user" + std::to_string(i);
        EXPECT_EQ(world.json(user), roomy.json(user));
        EXPECT_TRUE(world.is_what_the_log_tells(user));
    }
    EXPECT_EQ(world.people->stats().anomalies, 0u);
}

TEST(People, SomeoneWithUndurableEventsStaysInMemory) {
    World world({.cache_bytes_max = 1});
    world.store->hold();
    std::vector<Applied> applied;
    for (int i = 0; i < 50; ++i) {
        const std::string user = "user" + std::to_string(i);
        applied.push_back(world.apply({.user_id = user}, {view(user, user, {})}));
    }
    for (int i = 0; i < 50; ++i) EXPECT_EQ(world.version("user" + std::to_string(i)), 1u);
    world.store->release();
    for (const Applied& one : applied) EXPECT_TRUE(one.ticket.wait());
    for (int i = 0; i < 50; ++i) EXPECT_EQ(world.version("user" + std::to_string(i)), 1u);
    EXPECT_LE(world.people->stats().cached_people, 5u);
}

TEST(People, NewWeightsAreFoldedFromTheLog) {
    World world;
    domain::Event e = view("1", "ann", {});
    e.properties = base::JsonText::trusted(R"({"category":"games"})");
    world.apply({.user_id = "ann"}, {e});
    EXPECT_NE(world.json("ann").find(R"("score":1,)"), std::string::npos) << world.json("ann");
    world.tenants.set_weights(
        std::make_shared<const WeightTable>(base::FlatMap<std::string, domain::EventWeight>{
            {"view", {.weight = 7, .half_life_days = 1}}}));
    EXPECT_NE(world.json("ann").find(R"("score":7,)"), std::string::npos) << world.json("ann");
    EXPECT_TRUE(world.is_what_the_log_tells("ann"));
}

TEST(People, ErasingLeavesNothingAndTheIdMayComeAgain) {
    World world;
    world.apply({.user_id = "ann", .anonymous_id = "v"}, {view("1", "ann", "v")});
    world.apply({.user_id = "bob"}, {view("b", "bob", {})});
    ASSERT_TRUE(world.people->erase(world.tenant, "v"));
    EXPECT_FALSE(world.people->read(world.tenant, "ann"));
    EXPECT_FALSE(world.people->read(world.tenant, "v"));
    EXPECT_EQ(world.store->stats().events, 1u);
    EXPECT_EQ(world.apply({.user_id = "ann"}, {view("1", "ann", {})}).accepted, 1u);
    EXPECT_EQ(world.version("ann"), 1u);
    EXPECT_FALSE(world.people->read(world.tenant, "v"));
    EXPECT_EQ(world.version("bob"), 1u);
}

TEST(People, InteractionsThatArrivedLastComeFirstAndPagesMeet) {
    World world;
    std::vector<domain::Event> events;
    for (int i = 0; i < 25; ++i) {
        events.push_back(view("e" + std::to_string(i), "ann", {}, (i * 7) % 25));
        events.back().item_id = "item" + std::to_string(i % 2);
    }
    events[3].event = "click";
    world.apply({.user_id = "ann"}, events);
    InteractionQuery query{.limit = 10};
    std::vector<std::string> seen;
    for (int pages = 0; pages < 5; ++pages) {
        auto page = world.people->interactions(world.tenant, "ann", query);
        ASSERT_TRUE(page) << page.error().message;
        for (const domain::Event& e : page->items) seen.push_back(e.id);
        // What arrives while somebody turns the pages does not move them.
        const std::string late = "late" + std::to_string(pages);
        world.apply({.user_id = "ann"}, {view(late, "ann", {})});
        if (!(query.cursor = page->cursor)) break;
    }
    ASSERT_EQ(seen.size(), 25u);
    for (int i = 0; i < 25; ++i) EXPECT_EQ(seen[i], "e" + std::to_string(24 - i));
}

TEST(People, InteractionsAreFilteredByNameItemAndTime) {
    World world;
    std::vector<domain::Event> events;
    for (int i = 0; i < 25; ++i) {
        events.push_back(view("e" + std::to_string(i), "ann", {}, i));
        events.back().item_id = "item" + std::to_string(i % 2);
    }
    events[3].event = "click";
    world.apply({.user_id = "ann"}, events);
    const auto count = [&](const InteractionQuery& query) {
        return world.people->interactions(world.tenant, "ann", query)->items.size();
    };
    EXPECT_EQ(count({.event = "click"}), 1u);
    EXPECT_EQ(count({.item_id = "item1"}), 12u);
    const base::Time since = view("", {}, {}, 20).time;
    EXPECT_EQ(count({.since = since}), 5u);
    EXPECT_EQ(count({.until = since}), 20u);
}

TEST(People, AMadeUpCursorOfInteractionsIsRefused) {
    World world;
    world.apply({.user_id = "ann"}, {view("1", "ann", {})});
    for (const char* cursor : {"made up", "", "Og", "MTo", "OjE", "MToy_", "MToyMzQ1Njc4OTAxMjM"}) {
        auto wrong = world.people->interactions(world.tenant, "ann", {.cursor = cursor});
        ASSERT_FALSE(wrong) << cursor;
        EXPECT_EQ(wrong.error().code, Code::invalid_argument);
    }
}

TEST(People, AFilterThatFewEventsPassGivesShortPagesThatGoOn) {
    World world;
    for (int batch = 0; batch < 25; ++batch) {
        std::vector<domain::Event> events;
        for (int i = 0; i < 1'000; ++i)
            events.push_back(view(std::to_string(batch * 1'000 + i), "ann", {}));
        if (batch == 0) events.front().event = "rare";
        world.apply({.user_id = "ann"}, std::move(events));
    }
    InteractionQuery query{.event = "rare"};
    std::vector<std::size_t> sizes;
    do {
        auto page = world.people->interactions(world.tenant, "ann", query);
        ASSERT_TRUE(page);
        sizes.push_back(page->items.size());
        query.cursor = page->cursor;
    } while (query.cursor && sizes.size() < 10);
    EXPECT_EQ(sizes, (std::vector<std::size_t>{0, 0, 1}));
}

TEST(People, TheListHasEverybodyOnce) {
    World world;
    for (int i = 0; i < 20; ++i)
        world.apply({.user_id = "user" + std::to_string(i)},
                    {view("e" + std::to_string(i), "user" + std::to_string(i), {})});
    world.apply({.anonymous_id = "v"}, {view("v1", {}, "v")});
    world.apply({.user_id = "user1", .anonymous_id = "v"}, {view("v2", "user1", "v")});
    std::vector<std::string> seen;
    store::Page page{.limit = 7};
    do {
        auto listing = world.people->list(world.tenant, page);
        ASSERT_TRUE(listing) << listing.error().message;
        for (const UserSummary& user : listing->items) seen.push_back(user.user_id);
        page.after = listing->cursor;
    } while (page.after);
    std::ranges::sort(seen);
    EXPECT_EQ(seen.size(), 20u);
    EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
}

TEST(People, TenantsDoNotMeet) {
    World world;
    world.apply({.user_id = "ann"}, {view("1", "ann", {})});
    EXPECT_FALSE(world.people->read({2}, "ann"));
    EXPECT_EQ(world.people->apply({2}, {.user_id = "ann"}, {view("1", "ann", {})})->accepted, 1u);
    ASSERT_TRUE(world.people->erase({2}, "ann"));
    EXPECT_EQ(world.version("ann"), 1u);
}

}  // namespace
}  // namespace attune::engine
