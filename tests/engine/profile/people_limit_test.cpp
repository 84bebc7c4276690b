// A tenant has no more people than its limit, whatever comes together.
#include "engine/profile/people_count.h"
#include "tests/engine/profile/people_world.h"

#include <gtest/gtest.h>

#include <thread>

namespace attune::engine {
namespace {

using testing::view;
using testing::World;

std::uint64_t people_in(World& world) { return *world.store->count_people(world.tenant); }

bool is_refused(World& world, const std::string& user) {
    auto applied =
        world.people->apply(world.tenant, {.user_id = user}, {view("e-" + user, user, {})});
    if (applied) return false;
    EXPECT_EQ(applied.error().code, Code::resource_exhausted);
    EXPECT_EQ(applied.error().reason, "people_max");
    EXPECT_NE(applied.error().message.find("people_max"), std::string::npos);
    return true;
}

TEST(PeopleLimit, SomebodyNewIsRefusedAtTheLimitAndWhoIsThereIsNot) {
    World world;
    world.tenants.set_people_max(2);
    EXPECT_FALSE(is_refused(world, "ann"));
    EXPECT_FALSE(is_refused(world, "bob"));
    EXPECT_TRUE(is_refused(world, "cid"));
    EXPECT_FALSE(world.people->read(world.tenant, "cid"));
    EXPECT_EQ(world.apply({.user_id = "ann"}, {view("2", "ann", {})}).accepted, 1u);
    EXPECT_EQ(world.apply({.user_id = "ann", .anonymous_id = "phone"}, {view("3", "ann", "phone")})
                  .accepted,
              1u)
        << "another id of somebody known is nobody new";
    EXPECT_EQ(people_in(world), 2u);
}

TEST(PeopleLimit, WhatIsRefusedMayComeAgainWhenThereIsRoom) {
    World world;
    world.tenants.set_people_max(1);
    EXPECT_FALSE(is_refused(world, "ann"));
    EXPECT_TRUE(is_refused(world, "bob"));
    ASSERT_TRUE(world.people->erase(world.tenant, "ann"));
    EXPECT_FALSE(is_refused(world, "bob"));
    EXPECT_EQ(world.version("bob"), 1u);
    EXPECT_TRUE(is_refused(world, "ann"));
    world.tenants.set_people_max(2);
    EXPECT_FALSE(is_refused(world, "ann"));
    world.tenants.set_people_max(0);
    EXPECT_FALSE(is_refused(world, "cid"));
}

TEST(PeopleLimit, NeighboursInTheListAreNotTouched) {
    World world;
    world.tenants.set_people_max(2);
    std::vector<Told> told;
    for (const std::string user : {"ann", "bob", "cid", "ann"}) {
        const std::string id = std::to_string(told.size());
        told.push_back({{.user_id = user}, {view(id, user, {})}});
    }
    const AppliedEach applied = world.people->apply(world.tenant, std::move(told));
    ASSERT_EQ(applied.each.size(), 4u);
    EXPECT_TRUE(applied.each[0]);
    EXPECT_TRUE(applied.each[1]);
    EXPECT_EQ(applied.each[2].error().reason, "people_max");
    EXPECT_TRUE(applied.each[3]);
    EXPECT_FALSE(applied.full);
    EXPECT_TRUE(applied.ticket.wait());
    EXPECT_EQ(world.version("ann"), 2u);
}

TEST(PeopleLimit, WhoIsOnTheWayCountsAlready) {
    World world;
    world.tenants.set_people_max(2);
    world.store->hold();
    EXPECT_FALSE(is_refused(world, "ann"));
    EXPECT_FALSE(is_refused(world, "bob"));
    EXPECT_EQ(people_in(world), 0u);
    EXPECT_TRUE(is_refused(world, "cid"));
    world.store->release();
    EXPECT_EQ(people_in(world), 2u);
    EXPECT_TRUE(is_refused(world, "cid"));
}

TEST(PeopleLimit, AMergeMakesRoom) {
    World world;
    world.tenants.set_people_max(2);
    world.apply({.anonymous_id = "phone"}, {view("1", {}, "phone")});
    world.apply({.user_id = "ann"}, {view("2", "ann", {})});
    EXPECT_TRUE(is_refused(world, "bob"));
    world.apply({.user_id = "ann", .anonymous_id = "phone"}, {view("3", "ann", "phone")});
    EXPECT_FALSE(is_refused(world, "bob"));
    EXPECT_EQ(people_in(world), 2u);
}

TEST(PeopleLimit, HoldsAfterAReopenAndForEachTenantAlone) {
    World world;
    world.tenants.set_people_max(1);
    EXPECT_FALSE(is_refused(world, "ann"));
    world.reopen();
    EXPECT_TRUE(is_refused(world, "bob"));
    EXPECT_FALSE(is_refused(world, "ann"));
    EXPECT_TRUE(world.people->apply({2}, {.user_id = "ann"}, {view("1", "ann", {})}));
}

TEST(PeopleLimit, AFullStoreCountsNobody) {
    World world;
    world.tenants.set_people_max(1);
    world.store->set_disk_full(true);
    EXPECT_FALSE(world.people->apply(world.tenant, {.user_id = "ann"}, {view("1", "ann", {})}));
    world.store->set_disk_full(false);
    EXPECT_FALSE(is_refused(world, "ann"));
    EXPECT_TRUE(is_refused(world, "bob"));
}

TEST(PeopleCount, AfterAFailureTheStoreIsAskedAgainOnceNothingIsOnTheWay) {
    const auto store = store::open_memory({});
    PeopleCount count(*store);
    const domain::TenantId tenant{1};
    const PeopleChange one{.more = 1};
    ASSERT_TRUE(count.begin(tenant, one, 2));
    ASSERT_TRUE(count.begin(tenant, one, 2));
    EXPECT_FALSE(count.begin(tenant, one, 2));
    count.finish(tenant, one, false);
    EXPECT_FALSE(count.begin(tenant, one, 2)) << "too high while the other is on its way";
    count.finish(tenant, one, false);
    EXPECT_TRUE(count.begin(tenant, one, 2));
    count.cancel(tenant, one);
    EXPECT_TRUE(count.begin(tenant, {.more = 2}, 2));
    EXPECT_EQ(count.begin(tenant, one, 2).error().reason, "people_max");
    EXPECT_TRUE(count.begin(tenant, one, 0));
}

TEST(PeopleLimit, ThreadsTogetherFillItExactly) {
    World world;
    constexpr std::uint64_t kMax = 100;
    world.tenants.set_people_max(kMax);
    std::atomic<std::uint64_t> taken = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < 60; ++i) {
                    const std::string user = std::to_string(t) + "/" + std::to_string(i);
                    taken += is_refused(world, user) ? 0 : 1;
                }
            });
        }
    }
    EXPECT_EQ(taken, kMax);
    ASSERT_TRUE(world.store->flush());
    EXPECT_EQ(people_in(world), kMax);
}

}  // namespace
}  // namespace attune::engine
