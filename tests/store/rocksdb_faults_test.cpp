// Syncs that fail, disks that fill, directories of older versions: what the store does when its ground gives way.
#include "store/rocksdb/files.h"
#include "store/rocksdb/migrations.h"
#include "store/rocksdb/open_store.h"
#include "tests/contract/store_contract.h"
#include "tests/store/temporary_directory.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <cerrno>

namespace attune::store {
namespace {

using testing_contract::id_of;
constexpr TenantId kTenant{1};

// A log file whose syncs fail on command.
class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    FaultyFile(std::unique_ptr<rocksdb::FSWritableFile> file, const std::atomic<bool>& fails)
        : FSWritableFileOwnerWrapper(std::move(file)), fails_(fails) {}
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
        if (fails_) return rocksdb::IOStatus::IOError("injected EIO");
        return FSWritableFileOwnerWrapper::Sync(options, context);
    }

private:
    const std::atomic<bool>& fails_;
};

class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
public:
    explicit FaultyFileSystem(const std::atomic<bool>& fails)
        : FileSystemWrapper(rocksdb::FileSystem::Default()), fails_(fails) {}
    const char* Name() const override { return "FaultyFileSystem"; }
    rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* context) override {
        rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(path, options, file, context);
        if (status.ok() && path.ends_with(".log"))
            *file = std::make_unique<FaultyFile>(std::move(*file), fails_);
        return status;
    }

private:
    const std::atomic<bool>& fails_;
};

class FailingSyncs : public testing::TestWithParam<const char*> {
protected:
    bool log_is_what_fails() const { return GetParam() == std::string_view("log"); }
    void break_disk() { (log_is_what_fails() ? log_fails_ : mark_fails_) = true; }

    Result<std::unique_ptr<Store>> open(Durability durability = Durability::fsync) {
        rocks::Injected injected;
        injected.env = env_.get();
        injected.mark_sync = [this](int) {
            if (!mark_fails_) return 0;
            errno = EIO;
            return -1;
        };
        RocksOptions options{.directory = directory_.path(), .durability = durability};
        options.disk_reserve_bytes = 16u << 20;
        options.on_fatal = [this](const Error& error) {
            ++fatal_;
            fatal_error_ = error;
        };
        return rocks::open_store(std::move(options), injected);
    }

    const TemporaryDirectory directory_;
    std::atomic<bool> log_fails_ = false;
    std::atomic<bool> mark_fails_ = false;
    std::atomic<int> fatal_ = 0;
    Error fatal_error_;
    std::unique_ptr<rocksdb::Env> env_ =
        rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(log_fails_));
};

INSTANTIATE_TEST_SUITE_P(Of, FailingSyncs, testing::Values("log", "mark"),
                         [](const auto& parameter) { return std::string(parameter.param); });

TEST_P(FailingSyncs, EndTheStoreOnceAndAcknowledgeNothingMore) {
    auto store = open();
    ASSERT_TRUE(store) << store.error().message;
    auto append = [&](std::uint64_t key) {
        return (*store)->append(
            {.tenant = kTenant, .person = id_of(1), .events = {{id_of(key), "x"}}});
    };
    ASSERT_TRUE(append(10)->wait());
    break_disk();
    auto failed = append(11);
    ASSERT_TRUE(failed);
    const Result<void> outcome = failed->wait();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::unavailable);
    EXPECT_EQ(outcome.error().reason, "outcome_unknown");
    log_fails_ = mark_fails_ = false;  // a later success means nothing: a sync is never tried again
    while (fatal_ == 0) std::this_thread::yield();
    auto later = append(12);
    EXPECT_EQ(later ? later->wait().error().code : later.error().code, Code::unavailable);
    EXPECT_EQ((*store)->flush().error().code, Code::unavailable);
    EXPECT_EQ((*store)->put_document(kTenant, "c", "n", "v", 0).error().code, Code::unavailable);
    EXPECT_TRUE((*store)->stats().read_only);
    store->reset();
    EXPECT_EQ(fatal_, 1);
    EXPECT_EQ(fatal_error_.reason, "outcome_unknown");

    auto again = open();
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(*(*again)->has_event(kTenant, id_of(10))) << "it was acknowledged";
    EXPECT_FALSE(*(*again)->has_event(kTenant, id_of(12)));
    EXPECT_EQ((*again)->verify()->problems, std::vector<std::string>{});
}

TEST_P(FailingSyncs, StopABatchingStoreToo) {
    auto store = open(Durability::batch);
    ASSERT_TRUE(store);
    break_disk();
    ASSERT_TRUE(
        (*store)->append({.tenant = kTenant, .person = id_of(1), .events = {{id_of(10), "x"}}}));
    EXPECT_EQ((*store)->flush().error().reason, "outcome_unknown");
    store->reset();
    EXPECT_EQ(fatal_, 1);
}

TEST(Migrations, RunInOrderFromWhereTheDirectoryStands) {
    const TemporaryDirectory directory;
    auto database = rocks::Database::open({.path = directory.path() + "/db", .create = true});
    ASSERT_TRUE(database) << database.error().message;
    std::vector<std::uint32_t> ran;
    bool third_fails = true;
    auto step = [&](std::uint32_t to) {
        return rocks::Migration{to, [&, to](rocks::Database&) -> Result<void> {
                                    ran.push_back(to);
                                    if (to == 3 && third_fails)
                                        return fail(Code::unavailable, "cut short");
                                    return {};
                                }};
    };
    const std::vector<rocks::Migration> steps{step(2), step(3), step(4)};
    ASSERT_TRUE(rocks::migrate(**database, {}, 1));  // new
    EXPECT_EQ(*rocks::format_of(**database), 1u);
    EXPECT_FALSE(rocks::migrate(**database, steps, 4));
    EXPECT_EQ(*rocks::format_of(**database), 2u) << "what is done is noted";
    third_fails = false;
    EXPECT_TRUE(rocks::migrate(**database, steps, 4));
    EXPECT_EQ(ran, (std::vector<std::uint32_t>{2, 3, 3, 4}));
    EXPECT_TRUE(rocks::migrate(**database, steps, 4));
    EXPECT_EQ(ran.size(), 4u);
    EXPECT_EQ(rocks::migrate(**database, {}, 3).error().code, Code::failed_precondition);
    EXPECT_EQ(rocks::migrate(**database, {}, 5).error().code, Code::failed_precondition);
}

// A directory of format 1 is one of format 2 without the counts.
TEST(Migrations, ADirectoryOfFormatOneIsCountedOnceWhenItIsOpened) {
    const TemporaryDirectory directory;
    {
        auto store = open_rocksdb({.directory = directory.path()});
        ASSERT_TRUE(store) << store.error().message;
        for (std::uint64_t i = 1; i <= 5; ++i) {
            const TenantId tenant{i < 4 ? 1u : 2u};
            ASSERT_TRUE((*store)->append({.tenant = tenant, .person = id_of(i)})->wait());
        }
        ASSERT_TRUE(
            (*store)
                ->append({.tenant = {1}, .person = id_of(1), .merges = {{id_of(2), id_of(1)}}})
                ->wait());
    }
    {
        auto database = rocks::Database::open({.path = rocks::database_path(directory.path())});
        ASSERT_TRUE(database) << database.error().message;
        std::vector<std::string> counts;
        const auto note = [&](std::string_view key, std::string_view) -> Result<bool> {
            counts.emplace_back(key);
            return true;
        };
        ASSERT_TRUE((*database)->walk(rocks::Family::meta, "people/", "people/", nullptr, note));
        EXPECT_EQ(counts.size(), 2u);
        for (const std::string& key : counts)
            ASSERT_TRUE(
                (*database)->db().Delete({}, (*database)->family(rocks::Family::meta), key).ok());
        ASSERT_TRUE(rocks::set_format(**database, 1));
    }
    const std::string mark_path = rocks::mark_path(directory.path());
    rocks::Mark mark = *rocks::MarkFile::read(mark_path);
    mark.format = 1;
    ASSERT_TRUE(rocks::MarkFile::create(mark_path, mark));
    EXPECT_TRUE(verify_directory(directory.path())->problems.empty());
    auto store = open_rocksdb({.directory = directory.path()});
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(*(*store)->count_people({1}), 2u);
    EXPECT_EQ(*(*store)->count_people({2}), 2u);
    EXPECT_TRUE((*store)->verify()->problems.empty());
    store->reset();
    EXPECT_EQ(rocks::MarkFile::read(mark_path)->format, rocks::kFormat);
}

TEST(SealedStore, GivesThePlainPayloadToNobodyButTheSealer) {
    // Seals by turning bits over, and binds the payload to its place.
    struct Turner final : Sealer {
        Result<std::string> seal(const SealContext& context,
                                 std::string_view plain) const override {
            std::string sealed = std::string(context.record) + "|" + std::string(plain);
            for (char& c : sealed) c = static_cast<char>(~c);
            return sealed;
        }
        Result<std::string> open(const SealContext& context,
                                 std::string_view sealed) const override {
            std::string plain(sealed);
            for (char& c : plain) c = static_cast<char>(~c);
            const std::string prefix = std::string(context.record) + "|";
            if (!plain.starts_with(prefix))
                return fail(Code::data_loss, "sealed for another place");
            return plain.substr(prefix.size());
        }
        Result<void> destroy(TenantId, base::Id128 person) override {
            destroyed.push_back(person);
            return {};
        }
        std::vector<base::Id128> destroyed;
    };
    const TemporaryDirectory directory;
    auto sealer = std::make_shared<Turner>();
    auto store = open_rocksdb({.directory = directory.path(), .sealer = sealer});
    ASSERT_TRUE(store);
    const std::string canary = "canary-canary-canary";
    ASSERT_TRUE(
        (*store)
            ->append({.tenant = kTenant, .person = id_of(1), .events = {{id_of(10), canary}}})
            ->wait());
    std::string seen;
    ASSERT_TRUE((*store)->scan_user(kTenant, id_of(1), {}, [&](const LoggedEvent& event) {
        seen = event.payload;
        return true;
    }));
    EXPECT_EQ(seen, canary);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path()))
        if (entry.is_regular_file())
            EXPECT_EQ(rocks::read_file(entry.path().string())->find(canary), std::string::npos)
                << entry.path();
    ASSERT_TRUE((*store)->erase(kTenant, id_of(1)));
    EXPECT_EQ(sealer->destroyed, std::vector{id_of(1)});
}

}  // namespace
}  // namespace attune::store
