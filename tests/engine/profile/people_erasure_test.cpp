// Erasing somebody whose history takes long to delete.
#include "tests/engine/profile/people_world.h"
#include "tests/store/forwarding_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace attune::engine {
namespace {

using testing::view;
using testing::World;

// Deletes what it has to delete when it is told to.
class SlowErasures final : public store::testing::ForwardingStore {
public:
    using ForwardingStore::ForwardingStore;
    Result<base::Ticket> begin_erase(TenantId tenant, store::PersonId person) override {
        ATTUNE_TRY_VOID(ForwardingStore::begin_erase(tenant, person));
        begun.complete({});
        return gone;
    }
    base::TicketIssuer begun;
    base::TicketIssuer deleted;
    const base::Ticket gone = deleted.ticket();
};

TEST(People, WhoeverAsksForSomebodyOrWritesOfThemDoesNotWaitForTheirLongHistoryToBeDeleted) {
    World world;
    SlowErasures slow(std::shared_ptr<store::Store>(std::shared_ptr<void>(), world.store.get()));
    world.people =
        std::make_unique<People>(slow, world.tenants, world.clock, world.ids, world.options);
    world.apply({.user_id = "ann", .anonymous_id = "v"}, {view("1", "ann", "v")});
    const base::Ticket begun = slow.begun.ticket();
    std::atomic<bool> is_over = false;
    std::thread erasing([&] {
        EXPECT_TRUE(world.people->erase(world.tenant, "ann"));
        is_over = true;
    });
    ASSERT_TRUE(begun.wait());
    EXPECT_FALSE(world.people->read(world.tenant, "ann"));
    EXPECT_FALSE(world.people->read(world.tenant, "v"));
    EXPECT_EQ(world.apply({.user_id = "ann"}, {view("2", "ann", {})}).accepted, 1u);
    EXPECT_EQ(world.version("ann"), 1u);
    EXPECT_FALSE(is_over);
    slow.deleted.complete({});
    erasing.join();
    EXPECT_EQ(world.version("ann"), 1u);
    world.reopen();
    EXPECT_EQ(world.version("ann"), 1u);
}

TEST(People, AnErasureThatCouldNotDeleteEverythingSaysSoAndNobodyReadsItAllTheSame) {
    World world;
    SlowErasures slow(std::shared_ptr<store::Store>(std::shared_ptr<void>(), world.store.get()));
    world.people =
        std::make_unique<People>(slow, world.tenants, world.clock, world.ids, world.options);
    world.apply({.user_id = "ann"}, {view("1", "ann", {})});
    slow.deleted.complete(fail(Code::resource_exhausted, "the disk is full", "disk_full"));
    EXPECT_EQ(world.people->erase(world.tenant, "ann").error().reason, "disk_full");
    EXPECT_FALSE(world.people->read(world.tenant, "ann"));
    world.reopen();
}

}  // namespace
}  // namespace attune::engine
