// Documents, one at a time and many in one commit.
#include "tests/contract/store_contract.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace attune::store::testing_contract {
namespace {

using Versions = std::vector<std::uint64_t>;

// What a collection holds, as "name@version=value".
std::vector<std::string> contents(Store& store, const std::string& collection = "c") {
    std::vector<std::string> contents;
    const auto listing = store.list_documents(kTenant, collection, {.limit = kPageLimitMax});
    for (const Document& one : listing->items)
        contents.push_back(one.name + "@" + std::to_string(one.version) + "=" + one.value);
    return contents;
}

Result<Versions> write(Store& store, std::vector<DocumentWrite> writes) {
    return store.put_documents(kTenant, writes);
}

std::string pointer_of(const Error& error) {
    return error.fields.size() == 1 ? error.fields[0].pointer : "no field or several";
}

TEST_P(StoreContract, DocumentsCompareAndSetOnTheirVersion) {
    auto& s = store();
    EXPECT_FALSE(*s.get_document(kTenant, "flags", "a"));
    EXPECT_EQ(s.put_document(kTenant, "flags", "a", "1", 1).error().reason, "version_mismatch");
    EXPECT_EQ(*s.put_document(kTenant, "flags", "a", "1", 0), 1u);
    EXPECT_EQ(s.put_document(kTenant, "flags", "a", "2", 0).error().code,
              Code::failed_precondition);
    EXPECT_EQ(*s.put_document(kTenant, "flags", "a", "2", 1), 2u);
    EXPECT_EQ(*s.put_document(kTenant, "flags", "a", "3", std::nullopt), 3u);
    auto document = s.get_document(kTenant, "flags", "a");
    EXPECT_EQ((*document)->value, "3");
    EXPECT_EQ((*document)->version, 3u);
    EXPECT_EQ(s.delete_document(kTenant, "flags", "a", 2).error().reason, "version_mismatch");
    EXPECT_TRUE(s.delete_document(kTenant, "flags", "a", 3));
    EXPECT_FALSE(*s.get_document(kTenant, "flags", "a"));
    EXPECT_EQ(s.delete_document(kTenant, "flags", "a", std::nullopt).error().code, Code::not_found);
    EXPECT_EQ(*s.put_document(kTenant, "flags", "a", "4", 0), 1u);
    EXPECT_EQ(s.put_document(kTenant, std::string(kCollectionBytesMax + 1, 'c'), "a", "", 0)
                  .error()
                  .reason,
              "too_large");
    EXPECT_EQ(
        s.put_document(kTenant, "c", std::string(kNameBytesMax + 1, 'n'), "", 0).error().reason,
        "too_large");
    EXPECT_TRUE(s.put_document(kTenant, std::string(kCollectionBytesMax, 'c'),
                               std::string(kNameBytesMax, 'n'), "", 0));
    expect_sound();
}

TEST_P(StoreContract, OfWritersWhoRaceForOneVersionOneWins) {
    ASSERT_TRUE(store().put_document(kTenant, "c", "counter", "0", 0));
    std::atomic<int> wins = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int done = 0; done < 10;) {
                auto seen = store().get_document(kTenant, "c", "counter");
                const int next = std::stoi((*seen)->value) + 1;
                auto written = store().put_document(kTenant, "c", "counter", std::to_string(next),
                                                    (*seen)->version);
                if (written) ++wins, ++done;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wins, 40);
    auto last = store().get_document(kTenant, "c", "counter");
    EXPECT_EQ((*last)->value, "40");
    EXPECT_EQ((*last)->version, 41u);
}

TEST_P(StoreContract, DocumentsListInNameOrderPageByPage) {
    for (int i = 0; i < 23; ++i)
        ASSERT_TRUE(store().put_document(kTenant, "c", "n" + std::to_string(i * 7 % 23), "v", 0));
    ASSERT_TRUE(store().put_document(kTenant, "b", "z", "v", 0));
    ASSERT_TRUE(store().put_document(kTenant, "cc", "a", "v", 0));
    std::vector<std::string> names;
    Page page{.limit = 5};
    while (true) {
        auto listing = store().list_documents(kTenant, "c", page);
        ASSERT_TRUE(listing);
        for (const auto& document : listing->items) names.push_back(document.name);
        if (!listing->cursor) break;
        page.after = listing->cursor;
    }
    EXPECT_EQ(names.size(), 23u);
    EXPECT_TRUE(std::ranges::is_sorted(names));
}

TEST_P(StoreContract, ManyDocumentsAreWrittenAndDeletedInOneCommit) {
    ASSERT_TRUE(store().put_document(kTenant, "c", "gone", "1", 0));
    ASSERT_TRUE(store().put_document(kTenant, "c", "kept", "1", 0));
    const std::uint64_t commits = store().stats().commits;
    const auto versions = write(store(), {{"c", "new", "n", 0},
                                          {"c", "gone", std::nullopt, 1},
                                          {"c", "kept", "2", 1},
                                          {"d", "kept", "of another collection"}});
    ASSERT_TRUE(versions) << versions.error().message;
    EXPECT_EQ(*versions, (Versions{1, 0, 2, 1}));
    EXPECT_EQ(store().stats().commits, commits + 1);
    EXPECT_EQ(contents(store()), (std::vector<std::string>{"kept@2=2", "new@1=n"}));
    EXPECT_EQ(contents(store(), "d"), (std::vector<std::string>{"kept@1=of another collection"}));
    EXPECT_FALSE(*store().get_document(kOtherTenant, "c", "new"));
    expect_sound();
}

TEST_P(StoreContract, OneLostRaceLeavesAllOfTheDocumentsAsTheyWere) {
    for (const char* name : {"a", "b", "c"})
        ASSERT_TRUE(store().put_document(kTenant, "c", name, "1", 0));
    const auto before = contents(store());
    const std::uint64_t commits = store().stats().commits;
    const auto lost = write(
        store(),
        {{"c", "a", "2", 1}, {"c", "b", std::nullopt}, {"c", "new", "1", 0}, {"c", "c", "2", 7}});
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, Code::failed_precondition);
    EXPECT_EQ(lost.error().reason, "version_mismatch");
    EXPECT_EQ(pointer_of(lost.error()), "/3");
    const auto missing = write(store(), {{"c", "a", "2"}, {"c", "nothing", std::nullopt}});
    EXPECT_EQ(missing.error().code, Code::not_found);
    EXPECT_EQ(pointer_of(missing.error()), "/1");
    EXPECT_EQ(contents(store()), before);
    EXPECT_EQ(store().stats().commits, commits);
    EXPECT_TRUE(store().put_document(kTenant, "c", "one", "1", 7).error().fields.empty())
        << "who writes one document knows which";
    expect_sound();
}

TEST_P(StoreContract, DocumentsThatAreWrittenTogetherHaveBounds) {
    const std::string name(kNameBytesMax + 1, 'n');
    const auto named = write(store(), {{"c", "a", "1"}, {"c", name, "1"}});
    EXPECT_EQ(named.error().reason, "too_large");
    EXPECT_EQ(pointer_of(named.error()), "/1");
    const auto twice = write(
        store(), {{"c", "b", "1"}, {"c", "a", "1"}, {"d", "b", "1"}, {"c", "b", std::nullopt}});
    EXPECT_EQ(twice.error().code, Code::invalid_argument);
    EXPECT_EQ(pointer_of(twice.error()), "/3");

    std::vector<std::string> names(kDocumentWritesMax + 1);
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = std::to_string(i);
    std::vector<DocumentWrite> writes;
    for (const std::string& one : names) writes.push_back({"c", one, "{}"});
    const auto many = write(store(), writes);
    EXPECT_EQ(many.error().code, Code::invalid_argument);
    EXPECT_EQ(many.error().reason, "too_large");
    EXPECT_TRUE(many.error().fields.empty());

    const std::string large(kDocumentBytesMax, 'x');
    const auto heavy = write(
        store(), {{"c", "1", large}, {"c", "2", large}, {"c", "3", large}, {"c", "4", large}});
    EXPECT_EQ(heavy.error().reason, "too_large");
    EXPECT_TRUE(heavy.error().fields.empty());
    EXPECT_TRUE(contents(store()).empty());

    writes.pop_back();
    EXPECT_TRUE(write(store(), writes)) << "as many as there may be";
    EXPECT_EQ(contents(store()).size(), kDocumentWritesMax);
    const std::uint64_t commits = store().stats().commits;
    EXPECT_EQ(*write(store(), {}), Versions{});
    EXPECT_EQ(store().stats().commits, commits) << "nothing to write is no commit";
    expect_sound();
}

TEST_P(StoreContract, AtTheDiskReserveNoneOfManyDocumentsIsWritten) {
    ASSERT_TRUE(store().put_document(kTenant, "c", "a", "1", 0));
    harness().set_disk_full(true);
    const auto refused = write(store(), {{"c", "a", "2", 1}, {"c", "b", "1", 0}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "disk_full");
    EXPECT_TRUE(refused.error().fields.empty());
    EXPECT_EQ(store().delete_document(kTenant, "c", "a", 1).error().reason, "disk_full");
    harness().set_disk_full(false);
    EXPECT_EQ(contents(store()), (std::vector<std::string>{"a@1=1"}));
    expect_sound();
}

TEST_P(StoreContract, ManyDocumentsAreThereAfterReopening) {
    ASSERT_TRUE(store().put_document(kTenant, "c", "gone", "1", 0));
    ASSERT_TRUE(write(store(), {{"c", "a", "1"}, {"c", "gone", std::nullopt}, {"c", "b", "2"}}));
    const auto before = contents(store());
    if (!harness().reopen()) GTEST_SKIP() << GetParam().name << " keeps nothing";
    EXPECT_EQ(contents(store()), before);
    expect_sound();
}

// Each writer moves a unit from one account to another: whoever sees both in one write sees their sum unchanged.
TEST_P(StoreContract, WritersOfTheSameDocumentsTakeTurnsWithAllOfThem) {
    ASSERT_TRUE(write(store(), {{"c", "a", "100"}, {"c", "b", "0"}}));
    std::atomic<int> moved = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int done = 0; done < 10;) {
                const auto a = **store().get_document(kTenant, "c", "a");
                const auto b = **store().get_document(kTenant, "c", "b");
                const std::string less = std::to_string(std::stoi(a.value) - 1);
                const std::string more = std::to_string(std::stoi(b.value) + 1);
                if (write(store(), {{"c", "a", less, a.version}, {"c", "b", more, b.version}}))
                    ++moved, ++done;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(moved, 40);
    EXPECT_EQ(contents(store()), (std::vector<std::string>{"a@41=60", "b@41=40"}));
    expect_sound();
}

}  // namespace
}  // namespace attune::store::testing_contract
