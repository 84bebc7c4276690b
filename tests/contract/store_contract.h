// The meaning of store/store.h, as tests. A backend joins by describing itself:
//
//     INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(StoreBackend{"memory",
//     open_harness}), …);
//
// tests/contract/store_*_contract.cpp hold the laws one by one, store_model_contract.cpp walks at
// random beside a naive model of them.
#pragma once

#include "store/store.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace attune::store::testing_contract {

// One store under test and the handles by which a test brings it into a state.
class StoreHarness {
public:
    virtual ~StoreHarness() = default;
    [[nodiscard]] virtual Store& store() = 0;
    // Closes the store and opens it again on what it kept. False: this backend keeps nothing.
    [[nodiscard]] virtual bool reopen() = 0;
    virtual void set_disk_full(bool full) = 0;
};

struct StoreLimits {
    std::size_t queue_events_max = 100'000;
    std::size_t queue_bytes_max = 64u << 20;
};

struct StoreBackend {
    std::string name;
    std::function<std::unique_ptr<StoreHarness>(const StoreLimits&)> open;
};

inline void PrintTo(const StoreBackend& backend, std::ostream* out) { *out << backend.name; }
inline std::string name_of_backend(const testing::TestParamInfo<StoreBackend>& info) {
    return info.param.name;
}

inline constexpr TenantId kTenant{1};
inline constexpr TenantId kOtherTenant{2};

// Ids that are easy to tell apart and ordered by their number.
[[nodiscard]] base::Id128 id_of(std::uint64_t number);
[[nodiscard]] std::uint64_t number_of(base::Id128 id);
// Events with the given keys, each with the payload "payload-<key>".
[[nodiscard]] StoredEvent event_of(std::uint64_t key);
[[nodiscard]] Append append_of(PersonId person, const std::vector<std::uint64_t>& keys,
                               TenantId tenant = kTenant);

struct Seen {
    PersonId person;
    EventKey key;
    std::string payload;
    bool operator==(const Seen&) const = default;
};

class StoreContract : public testing::TestWithParam<StoreBackend> {
public:
    void open(const StoreLimits& limits = {}) { harness_ = GetParam().open(limits); }
    [[nodiscard]] Store& store() { return harness_->store(); }
    [[nodiscard]] StoreHarness& harness() { return *harness_; }

    // Appends these events and waits.
    void append(PersonId person, const std::vector<std::uint64_t>& keys, TenantId tenant = kTenant);
    void append_all(Append append);
    void merge(PersonId from, PersonId into, TenantId tenant = kTenant);

    [[nodiscard]] std::vector<std::uint64_t> keys_of(PersonId person, Position after = {},
                                                     TenantId tenant = kTenant);
    [[nodiscard]] std::vector<LoggedEvent> events_of(PersonId person, Position after = {},
                                                     TenantId tenant = kTenant);
    // Newest first, as the scan backwards has them.
    [[nodiscard]] std::vector<LoggedEvent> events_back(PersonId person, Position before = kLogEnd,
                                                       TenantId tenant = kTenant);
    [[nodiscard]] std::vector<LoggedEvent> everything(Position after = {},
                                                      TenantId tenant = kTenant);
    void expect_sound();

protected:
    void SetUp() override { open(); }

private:
    std::unique_ptr<StoreHarness> harness_;
};

}  // namespace attune::store::testing_contract
