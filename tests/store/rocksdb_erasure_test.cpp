// Erasing somebody who did much: gone for every reader at once, deleted in slices, finished whatever comes in between.
#include "store/rocksdb/open_store.h"
#include "store/rocksdb/unerased.h"
#include "tests/contract/store_contract.h"
#include "tests/store/temporary_directory.h"

#include <atomic>
#include <set>
#include <thread>

namespace attune::store {
namespace {

using testing_contract::id_of;
constexpr TenantId kTenant{1};
const PersonId kLong = id_of(1);
const PersonId kOther = id_of(2);
constexpr std::uint64_t kOfOthers = 10'000'000;  // their keys begin here
constexpr std::size_t kBlocks[] = {500, 500, 500, 2 * rocks::kSliceEvents + 500, 1, 1, 1};
constexpr std::uint64_t kFirstOfLargeBlock = 1'500;

// The disk runs full after so many writes of the mark, each of which is the end of a commit.
class ErasureTest : public testing::Test {
protected:
    void open() {
        store_.reset();
        rocks::Injected injected;
        injected.mark_sync = [this](int) {
            if (marks_left_ > 0 && --marks_left_ == 0) free_bytes_ = 0;
            return 0;
        };
        auto store = rocks::open_store({.directory = directory_.path() + "/store",
                                        .disk_reserve_bytes = 16u << 20,
                                        .free_bytes = [this] { return free_bytes_.load(); },
                                        .memory_bytes = 16u << 20},
                                       injected);
        ASSERT_TRUE(store) << store.error().message;
        store_ = *std::move(store);
    }
    void SetUp() override { open(); }

    void append(PersonId person, std::uint64_t first, std::size_t count) {
        Append append{.tenant = kTenant, .person = person, .aliases = {id_of(kOfOthers * 2)}};
        if (person != kLong) append.aliases.clear();
        for (std::size_t i = 0; i < count; ++i)
            append.events.push_back({id_of(first + i), "payload"});
        ASSERT_TRUE(store_->append(std::move(append))->wait());
    }
    // The long history in blocks of all sizes, and another's between them.
    void live() {
        std::uint64_t key = 0;
        for (const std::size_t size : kBlocks) {
            append(kLong, key, size);
            append(kOther, kOfOthers + key, 2);
            key += size;
        }
        of_long_ = key;
        of_others_ = 2 * std::size(kBlocks);
    }
    void fill_disk_after(int marks) { marks_left_ = marks; }
    void empty_disk() {
        marks_left_ = 0;
        free_bytes_ = 1u << 30;
    }

    std::vector<EventKey> keys_of(PersonId person) {
        std::vector<EventKey> keys;
        const auto note = [&](const LoggedEvent& event) {
            keys.push_back(event.key);
            return true;
        };
        EXPECT_TRUE(store_->scan_user(kTenant, person, {}, note));
        std::vector<EventKey> backwards;
        const auto note_back = [&](const LoggedEvent& event) {
            backwards.insert(backwards.begin(), event.key);
            return true;
        };
        EXPECT_TRUE(store_->scan_user_back(kTenant, person, kLogEnd, note_back));
        EXPECT_EQ(keys, backwards);
        return keys;
    }
    std::size_t logged_of(PersonId person) {
        std::size_t events = 0;
        const auto scanned = store_->scan_all(kTenant, {}, [&](const LoggedEvent& event) {
            events += event.person == person ? 1 : 0;
            return true;
        });
        EXPECT_TRUE(scanned) << scanned.error().message;
        return events;
    }
    void expect_unreadable() {
        EXPECT_TRUE(keys_of(kLong).empty());
        EXPECT_EQ(logged_of(kLong), 0u);
        EXPECT_FALSE(*store_->person(kTenant, kLong));
        EXPECT_FALSE(*store_->find_person(kTenant, id_of(kOfOthers * 2)));
        EXPECT_EQ(*store_->count_people(kTenant), 1u);
        expect_others_and_soundness();
    }
    void expect_others_and_soundness() {
        EXPECT_EQ(keys_of(kOther).size(), of_others_);
        EXPECT_EQ(logged_of(kOther), of_others_);
        EXPECT_EQ(store_->verify()->problems, std::vector<std::string>{});
    }
    void expect_deleted() {
        expect_unreadable();
        for (std::uint64_t key = 0; key < of_long_; key += 97)
            EXPECT_FALSE(*store_->has_event(kTenant, id_of(key))) << key;
        EXPECT_EQ(store_->stats().events, of_others_);
    }

    const TemporaryDirectory directory_;
    std::atomic<std::uint64_t> free_bytes_ = 1u << 30;
    std::atomic<int> marks_left_ = 0;
    std::uint64_t of_long_ = 0;
    std::size_t of_others_ = 0;
    std::unique_ptr<Store> store_;
};

TEST_F(ErasureTest, DeletesNoMoreThanASliceInOneCommit) {
    live();
    const Stats before = store_->stats();
    ASSERT_TRUE(store_->erase(kTenant, kLong));
    expect_deleted();
    EXPECT_GE(store_->stats().commits, before.commits + 1 + of_long_ / rocks::kSliceEvents);
}

TEST_F(ErasureTest, OfAShortHistoryIsOneCommit) {
    live();
    append(id_of(3), 5'000'000, rocks::kSliceEvents);
    const Stats before = store_->stats();
    ASSERT_TRUE(store_->erase(kTenant, id_of(3)));
    EXPECT_EQ(store_->stats().commits, before.commits + 1);
    EXPECT_FALSE(*store_->has_event(kTenant, id_of(5'000'000)));
    EXPECT_EQ(keys_of(kLong).size(), of_long_);
    EXPECT_EQ(store_->verify()->problems, std::vector<std::string>{});
}

// Cut short after each of its commits in turn, by the disk, by the end of the process, or both.
class CutShort : public ErasureTest, public testing::WithParamInterface<int> {};

INSTANTIATE_TEST_SUITE_P(After, CutShort, testing::Values(1, 2, 3, 4, 6));

TEST_P(CutShort, NobodyReadsAnythingAndItGoesOnByItself) {
    live();
    fill_disk_after(GetParam());
    const auto begun = store_->begin_erase(kTenant, kLong);
    ASSERT_TRUE(begun) << begun.error().message;
    if (const Result<void> done = begun->wait(); !done) {
        EXPECT_EQ(done.error().reason, "disk_full");
        EXPECT_NE(done.error().message.find("tried again"), std::string::npos);
        EXPECT_GT(store_->stats().events, of_others_);
        expect_unreadable();
    }
    empty_disk();
    while (store_->stats().events > of_others_) std::this_thread::yield();
    expect_deleted();
}

TEST_P(CutShort, TheNextProcessEndsIt) {
    live();
    fill_disk_after(GetParam());
    const auto begun = store_->begin_erase(kTenant, kLong);
    ASSERT_TRUE(begun);
    (void)begun->wait();
    store_.reset();
    const std::string directory = directory_.path() + "/store";
    EXPECT_EQ(verify_directory(directory)->problems, std::vector<std::string>{});
    open();
    expect_unreadable();  // the disk is full still, or nothing is left
    empty_disk();
    ASSERT_TRUE(store_->erase(kTenant, kLong)) << "asked again, it waits for the rest";
    expect_deleted();
    open();
    expect_deleted();
}

// A block of many events goes bit by bit. What becomes somebody else's meanwhile is theirs.
TEST_P(CutShort, KeysThatAreFreeAgainAreNotTakenFromWhoeverUsesThemNext) {
    live();
    fill_disk_after(GetParam());
    const auto begun = store_->begin_erase(kTenant, kLong);
    ASSERT_TRUE(begun);
    (void)begun->wait();
    const bool was_free = !*store_->has_event(kTenant, id_of(kFirstOfLargeBlock));
    store_.reset();
    free_bytes_ = 64u << 20;
    open();
    if (was_free) {
        append(kOther, kFirstOfLargeBlock, 1);
        ++of_others_;
    }
    ASSERT_TRUE(store_->erase(kTenant, kLong));
    EXPECT_EQ(*store_->has_event(kTenant, id_of(kFirstOfLargeBlock)), was_free);
    expect_others_and_soundness();
    EXPECT_EQ(store_->stats().events, of_others_);
}

TEST_P(CutShort, WhatThePersonDoesFromThenOnStays) {
    live();
    fill_disk_after(GetParam());
    const auto begun = store_->begin_erase(kTenant, kLong);
    ASSERT_TRUE(begun);
    (void)begun->wait();
    empty_disk();
    append(kLong, 6'000'000, 3);
    const std::vector<EventKey> anew{id_of(6'000'000), id_of(6'000'001), id_of(6'000'002)};
    EXPECT_EQ(keys_of(kLong), anew);
    EXPECT_EQ(logged_of(kLong), anew.size());
    expect_others_and_soundness();
    while (store_->stats().events > of_others_ + anew.size()) std::this_thread::yield();
    EXPECT_EQ(keys_of(kLong), anew);
    EXPECT_EQ(logged_of(kLong), anew.size());
    open();
    EXPECT_EQ(keys_of(kLong), anew);
    expect_others_and_soundness();
}

TEST_P(CutShort, ErasedOnceMoreAllOfItGoes) {
    live();
    fill_disk_after(GetParam());
    const auto begun = store_->begin_erase(kTenant, kLong);
    ASSERT_TRUE(begun);
    (void)begun->wait();
    empty_disk();
    append(kLong, 6'000'000, rocks::kSliceEvents + 1);
    ASSERT_TRUE(store_->erase(kTenant, kLong));
    EXPECT_FALSE(*store_->has_event(kTenant, id_of(6'000'000)));
    expect_deleted();
}

TEST_P(CutShort, ABackupOfThatMomentIsSoundAndBringsNothingBack) {
    live();
    fill_disk_after(GetParam());
    const auto begun = store_->begin_erase(kTenant, kLong);
    ASSERT_TRUE(begun);
    (void)begun->wait();
    const std::string backups = directory_.path() + "/backups";
    const auto made = store_->backup(backups);
    ASSERT_TRUE(made) << made.error().message;
    const std::string restored = directory_.path() + "/restored";
    const auto report = restore(backups, std::nullopt, restored);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->problems, std::vector<std::string>{});
    empty_disk();
    store_.reset();
    auto again = open_rocksdb({.directory = restored});
    ASSERT_TRUE(again) << again.error().message;
    store_ = *std::move(again);
    expect_unreadable();
    ASSERT_TRUE(store_->erase(kTenant, kLong));
    expect_deleted();
}

TEST_F(ErasureTest, WhoWasMergedIntoSomebodyGoesWithThem) {
    live();
    for (std::uint64_t member = 10; member < 14; ++member) {
        append(id_of(member), member * 1'000'000 / 2, rocks::kSliceEvents / 2 + 100);
        ASSERT_TRUE(store_
                        ->append({.tenant = kTenant,
                                  .person = kLong,
                                  .merges = {{.from = id_of(member), .into = kLong}}})
                        ->wait());
    }
    ASSERT_TRUE(store_->erase(kTenant, id_of(11)));
    expect_deleted();
    for (std::uint64_t member = 10; member < 14; ++member) {
        EXPECT_EQ(logged_of(id_of(member)), 0u);
        EXPECT_FALSE(*store_->has_event(kTenant, id_of(member * 1'000'000 / 2)));
    }
}

TEST_F(ErasureTest, ShortHistoriesDoNotWaitForLongOnes) {
    live();
    append(id_of(3), 5'000'000, rocks::kSliceEvents + 1);
    const auto begun = store_->begin_erase(kTenant, kLong);
    ASSERT_TRUE(begun);
    ASSERT_TRUE(store_->erase(kTenant, id_of(3)));
    EXPECT_FALSE(*store_->has_event(kTenant, id_of(5'000'000)));
    ASSERT_TRUE(begun->wait());
    expect_deleted();
}

TEST_F(ErasureTest, ManyAtOnceEndAndOthersWriteOn) {
    constexpr std::uint64_t kPeople = 6;
    of_others_ = 0;
    for (std::uint64_t i = 0; i < kPeople; ++i)
        append(id_of(100 + i), 1'000'000 * (1 + i), 2 * rocks::kSliceEvents);
    std::atomic<bool> stop = false;
    std::uint64_t written = 0;
    std::thread others([&] {
        while (!stop) append(kOther, kOfOthers + written++, 1);
    });
    std::vector<std::thread> erasures;
    for (std::uint64_t i = 0; i < kPeople; ++i)
        erasures.emplace_back([&, i] { EXPECT_TRUE(store_->erase(kTenant, id_of(100 + i))); });
    for (auto& erasure : erasures) erasure.join();
    stop = true;
    others.join();
    of_others_ = written;
    expect_others_and_soundness();
    EXPECT_EQ(store_->stats().events, written);
    for (std::uint64_t i = 0; i < kPeople; ++i) EXPECT_EQ(logged_of(id_of(100 + i)), 0u);
}

}  // namespace
}  // namespace attune::store
