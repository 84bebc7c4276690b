#include "store/rocksdb/backup_files.h"
#include "store/rocksdb/files.h"
#include "store/rocksdb/rocksdb_store.h"
#include "tests/contract/store_contract.h"
#include "tests/store/temporary_directory.h"

#include <cstdlib>
#include <fstream>
#include <random>

namespace attune::store {
namespace {

namespace fs = std::filesystem;
using testing_contract::id_of;
constexpr TenantId kTenant{1};

class Backups : public testing::Test {
protected:
    void SetUp() override { open("live"); }
    void open(const std::string& name) {
        store_.reset();
        auto opened = open_rocksdb(
            {.directory = path(name), .disk_reserve_bytes = 16u << 20, .memory_bytes = 16u << 20});
        ASSERT_TRUE(opened) << opened.error().message;
        store_ = *std::move(opened);
    }
    std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
    std::string backups() const { return path("backups"); }

    void append(std::uint64_t person, std::uint64_t first, std::uint64_t count) {
        Append append{.tenant = kTenant, .person = id_of(person), .aliases = {id_of(900 + person)}};
        for (std::uint64_t key = first; key < first + count; ++key)
            append.events.push_back({id_of(key), "payload-" + std::to_string(key)});
        auto ticket = store_->append(std::move(append));
        ASSERT_TRUE(ticket);
        ASSERT_TRUE(ticket->wait());
    }
    std::uint64_t back_up() {
        auto number = store_->backup(backups());
        EXPECT_TRUE(number) << number.error().message;
        return number.value_or(0);
    }
    std::uint64_t events_of(std::uint64_t person) {
        std::uint64_t events = 0;
        EXPECT_TRUE(store_->scan_user(kTenant, id_of(person), {},
                                      [&](const LoggedEvent&) { return ++events, true; }));
        return events;
    }
    void restore_and_open(const std::string& name,
                          std::optional<std::uint64_t> number = std::nullopt) {
        auto report = restore(backups(), number, path(name));
        ASSERT_TRUE(report) << report.error().message;
        EXPECT_EQ(report->problems, std::vector<std::string>{});
        open(name);
    }
    std::vector<std::string> backup_files() const {
        std::vector<std::string> files;
        for (const auto& entry : fs::recursive_directory_iterator(backups()))
            if (entry.is_regular_file() && entry.file_size() > 0)
                files.push_back(entry.path().string());
        std::ranges::sort(files);
        return files;
    }

    const TemporaryDirectory directory_;
    std::unique_ptr<Store> store_;
};

TEST_F(Backups, HoldEverythingAcknowledgedBeforeAndNothingLater) {
    append(1, 100, 20);
    ASSERT_TRUE(store_->put_document(kTenant, "c", "n", "value", 0));
    EXPECT_EQ(back_up(), 1u);
    append(1, 200, 5);
    EXPECT_EQ(back_up(), 2u);
    append(1, 300, 1);
    restore_and_open("second");
    EXPECT_EQ(events_of(1), 25u);
    EXPECT_EQ((*store_->get_document(kTenant, "c", "n"))->value, "value");
    append(1, 400, 1);
    EXPECT_EQ(events_of(1), 26u);
    restore_and_open("first", 1);
    EXPECT_EQ(events_of(1), 20u);
    EXPECT_EQ(**store_->find_person(kTenant, id_of(901)), id_of(1));
}

TEST_F(Backups, ShareTheTablesThatDidNotChange) {
    append(1, 1'000, 5'000);
    back_up();
    std::uint64_t first = 0;
    for (const auto& file : backup_files()) first += fs::file_size(file);
    append(2, 10'000, 1);
    back_up();
    std::uint64_t both = 0;
    for (const auto& file : backup_files()) both += fs::file_size(file);
    EXPECT_LT(both - first, first / 2);
    const auto listed = list_backups(backups());
    ASSERT_EQ(listed->size(), 2u);
    EXPECT_EQ((*listed)[1].events, 5'001u);
}

TEST_F(Backups, AreMadeWhileEventsComeIn) {
    std::vector<base::Ticket> tickets;
    for (std::uint64_t round = 0; round < 4; ++round) {
        for (std::uint64_t i = 0; i < 100; ++i)
            tickets.push_back(*store_->append({.tenant = kTenant,
                                               .person = id_of(1 + i % 9),
                                               .events = {{id_of(1'000 + round * 100 + i), "x"}}}));
        const std::uint64_t acknowledged = store_->stats().events;
        const std::uint64_t number = back_up();
        const auto report = restore(backups(), number, path("copy" + std::to_string(number)));
        ASSERT_TRUE(report) << report.error().message;
        EXPECT_EQ(report->problems, std::vector<std::string>{});
        EXPECT_GE(report->events_checked, acknowledged);
    }
    for (auto& ticket : tickets) EXPECT_TRUE(ticket.wait());
}

TEST_F(Backups, DoNotBringBackWhoWasErasedSince) {
    append(1, 100, 3);
    append(2, 200, 3);
    append(3, 300, 3);
    const std::uint64_t before = back_up();
    ASSERT_TRUE(store_->erase(kTenant, id_of(1)));
    ASSERT_TRUE(
        store_->append({.tenant = kTenant, .person = id_of(3), .merges = {{id_of(2), id_of(3)}}}));
    ASSERT_TRUE(store_->erase(kTenant, id_of(2)));  // and so 3
    append(2, 900, 2);                              // a new start
    back_up();
    restore_and_open("newest");
    EXPECT_EQ(events_of(1), 0u);
    EXPECT_EQ(events_of(2), 2u) << "what came after the erasure stays";
    restore_and_open("older", before);
    EXPECT_EQ(store_->stats().events, 0u);
    EXPECT_FALSE(*store_->person(kTenant, id_of(1)));
    EXPECT_FALSE(*store_->find_person(kTenant, id_of(903)));
}

TEST_F(Backups, AreRestoredIntoEmptyDirectoriesOnly) {
    append(1, 100, 3);
    back_up();
    fs::create_directories(path("full"));
    std::ofstream(path("full") + "/something") << "here";
    EXPECT_EQ(restore(backups(), std::nullopt, path("full")).error().code,
              Code::failed_precondition);
    EXPECT_EQ(restore(backups(), 7, path("new")).error().code, Code::not_found);
    EXPECT_EQ(restore(path("nothing"), std::nullopt, path("new")).has_value(), false);
}

TEST_F(Backups, PrunedKeepTheNewestWhole) {
    for (std::uint64_t i = 0; i < 4; ++i) {
        append(1, 100 * (i + 1), 10);
        back_up();
    }
    EXPECT_EQ(prune_backups(backups(), 0).error().code, Code::invalid_argument);
    ASSERT_TRUE(prune_backups(backups(), 2));
    EXPECT_EQ(list_backups(backups())->size(), 2u);
    EXPECT_EQ(verify_backup(backups())->problems, std::vector<std::string>{});
    restore_and_open("third", 3);
    EXPECT_EQ(events_of(1), 30u);
}

// ATTUNE_FLIPS sets how many flips are tried.
TEST_F(Backups, EveryFlippedBitIsDetected) {
    append(1, 100, 50);
    back_up();
    append(2, 200, 50);
    back_up();
    ASSERT_EQ(verify_backup(backups())->problems, std::vector<std::string>{});
    const auto files = backup_files();
    std::mt19937_64 random(13);
    const char* given = std::getenv("ATTUNE_FLIPS");
    const int flips = given ? std::atoi(given) : 150;
    for (int i = 0; i < flips; ++i) {
        const std::string& file = files[random() % files.size()];
        std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
        const auto at = static_cast<std::streamoff>(random() % fs::file_size(file));
        auto flip = [&, mask = static_cast<char>(1 << random() % 8)] {
            bytes.seekg(at);
            const char byte = static_cast<char>(bytes.get() ^ mask);
            bytes.seekp(at);
            bytes.put(byte).flush();
        };
        flip();
        ASSERT_FALSE(verify_backup(backups())->problems.empty()) << file << " at " << at;
        flip();
    }
    EXPECT_EQ(verify_backup(backups())->problems, std::vector<std::string>{});
    fs::remove(files.back());
    EXPECT_FALSE(verify_backup(backups())->problems.empty());
}

TEST_F(Backups, ManifestsThatLeadOutOfTheirDirectoryAreRefused) {
    rocks::BackupManifest manifest{.number = 1,
                                   .files = {{"../../etc/x", std::string(32, 'a'), 1}}};
    EXPECT_FALSE(rocks::decode_manifest(rocks::encode_manifest(manifest)));
    manifest.files[0].name = "db/CURRENT";
    EXPECT_TRUE(rocks::decode_manifest(rocks::encode_manifest(manifest)));
}

}  // namespace
}  // namespace attune::store
