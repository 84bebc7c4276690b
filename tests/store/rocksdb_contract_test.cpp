#include "store/rocksdb/rocksdb_store.h"
#include "tests/contract/store_contract.h"
#include "tests/store/temporary_directory.h"

#include <atomic>

namespace attune::store::testing_contract {
namespace {

class RocksHarness final : public StoreHarness {
public:
    RocksHarness(Durability durability, const StoreLimits& limits)
        : durability_(durability), limits_(limits) {
        open();
    }
    Store& store() override { return *store_; }
    bool reopen() override {
        store_.reset();
        open();
        return true;
    }
    void set_disk_full(bool full) override { *free_bytes_ = full ? 10u << 20 : 1u << 30; }

private:
    void open() {
        auto opened = open_rocksdb({.directory = directory_.path() + "/store",
                                    .durability = durability_,
                                    .queue_events_max = limits_.queue_events_max,
                                    .queue_bytes_max = limits_.queue_bytes_max,
                                    .disk_reserve_bytes = 16u << 20,
                                    .free_bytes = [free = free_bytes_] { return free->load(); },
                                    .memory_bytes = 16u << 20});
        ASSERT_TRUE(opened) << opened.error().message;
        store_ = *std::move(opened);
    }

    const TemporaryDirectory directory_;
    const Durability durability_;
    const StoreLimits limits_;
    const std::shared_ptr<std::atomic<std::uint64_t>> free_bytes_ =
        std::make_shared<std::atomic<std::uint64_t>>(1u << 30);
    std::unique_ptr<Store> store_;
};

StoreBackend backend(std::string name, Durability durability) {
    return {std::move(name),
            [durability](const StoreLimits& limits) -> std::unique_ptr<StoreHarness> {
                return std::make_unique<RocksHarness>(durability, limits);
            }};
}

INSTANTIATE_TEST_SUITE_P(Rocks, StoreContract,
                         testing::Values(backend("fsync", Durability::fsync),
                                         backend("batch", Durability::batch)),
                         name_of_backend);

}  // namespace
}  // namespace attune::store::testing_contract
