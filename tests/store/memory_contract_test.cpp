#include "store/memory/memory_store.h"
#include "tests/contract/store_contract.h"

namespace attune::store::testing_contract {
namespace {

class MemoryHarness final : public StoreHarness {
public:
    explicit MemoryHarness(const StoreLimits& limits)
        : store_(open_memory({.queue_events_max = limits.queue_events_max,
                              .queue_bytes_max = limits.queue_bytes_max})) {}
    Store& store() override { return *store_; }
    bool reopen() override { return false; }
    void set_disk_full(bool full) override { store_->set_disk_full(full); }

private:
    std::unique_ptr<MemoryStore> store_;
};

std::unique_ptr<StoreHarness> open_harness(const StoreLimits& limits) {
    return std::make_unique<MemoryHarness>(limits);
}

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         testing::Values(StoreBackend{"memory", open_harness}), name_of_backend);

TEST(MemoryStore, HeldAppendsAreKnownButNotCommitted) {
    auto store = open_memory({});
    store->hold();
    auto ticket =
        store->append({.tenant = kTenant, .person = id_of(1), .events = {{id_of(10), "x"}}});
    ASSERT_TRUE(ticket);
    EXPECT_FALSE(ticket->is_done());
    EXPECT_TRUE(*store->has_event(kTenant, id_of(10)));
    EXPECT_EQ(store->stats().queue_events, 1u);
    auto again =
        store->append({.tenant = kTenant, .person = id_of(2), .events = {{id_of(10), "y"}}});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().reason, "duplicate_event");
    store->release();
    EXPECT_TRUE(ticket->is_done());
    EXPECT_EQ(store->stats().events, 1u);
}

TEST(MemoryStore, AFailedSyncFailsWhatWaitsAndAllThatFollows) {
    auto store = open_memory({});
    store->hold();
    auto ticket =
        store->append({.tenant = kTenant, .person = id_of(1), .events = {{id_of(10), "x"}}});
    store->fail_syncs();
    EXPECT_EQ(ticket->wait().error().reason, "outcome_unknown");
    EXPECT_EQ(store->append({.tenant = kTenant, .person = id_of(1)}).error().code,
              Code::unavailable);
    EXPECT_EQ(store->flush().error().code, Code::unavailable);
}

}  // namespace
}  // namespace attune::store::testing_contract
