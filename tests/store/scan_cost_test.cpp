// A page of a long log costs the page: counted in payloads that are opened.
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "tests/store/temporary_directory.h"

#include <gtest/gtest.h>

#include <atomic>

namespace attune::store {
namespace {

class CountingSealer final : public Sealer {
public:
    Result<std::string> seal(const SealContext&, std::string_view plain) const override {
        return std::string(plain);
    }
    Result<std::string> open(const SealContext&, std::string_view sealed) const override {
        ++opened;
        return std::string(sealed);
    }
    Result<void> destroy(TenantId, PersonId) override { return {}; }

    mutable std::atomic<int> opened = 0;
};

PersonId id_of(std::uint64_t number) {
    PersonId id;
    for (std::size_t i = 0; i < 8; ++i)
        id.bytes[7 - i] = static_cast<std::uint8_t>(number >> 8 * i);
    return id;
}

constexpr TenantId kTenant{1};

void fill(Store& store, PersonId person, std::uint64_t first, std::uint64_t appends) {
    for (std::uint64_t i = 0; i < appends; ++i) {
        Append append{.tenant = kTenant, .person = person};
        for (std::uint64_t k = 0; k < 1'000; ++k)
            append.events.push_back({id_of(1'000'000 + first + i * 1'000 + k), "{}"});
        auto ticket = store.append(std::move(append));
        ASSERT_TRUE(ticket && ticket->wait());
    }
}

void expect_cheap_pages(Store& store, const CountingSealer& sealer) {
    fill(store, id_of(1), 0, 60);
    fill(store, id_of(2), 60'000, 40);
    auto merged =
        store.append({.tenant = kTenant, .person = id_of(2), .merges = {{id_of(1), id_of(2)}}});
    ASSERT_TRUE(merged && merged->wait());
    Position before = kLogEnd;
    for (int page = 0; page < 3; ++page) {
        const int opened = sealer.opened;
        int shown = 0;
        ASSERT_TRUE(store.scan_user_back(kTenant, id_of(2), before, [&](const LoggedEvent& event) {
            before = event.position;
            return ++shown < 50;
        }));
        EXPECT_EQ(shown, 50);
        EXPECT_EQ(sealer.opened - opened, 50);
    }
}

TEST(ScanCost, APageOfALongLogOpensNoMoreThanItShowsInMemory) {
    const auto sealer = std::make_shared<CountingSealer>();
    const auto store = open_memory({.sealer = sealer});
    expect_cheap_pages(*store, *sealer);
}

TEST(ScanCost, APageOfALongLogOpensNoMoreThanItShowsInRocksDb) {
    const TemporaryDirectory directory;
    const auto sealer = std::make_shared<CountingSealer>();
    auto store = open_rocksdb({.directory = directory.path(), .sealer = sealer});
    ASSERT_TRUE(store) << store.error().message;
    expect_cheap_pages(**store, *sealer);
}

}  // namespace
}  // namespace attune::store
