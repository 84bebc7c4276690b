// Backups beside a store that is being written: where they may go, and that one asked for is one that can be listed.
#include "engine/backups.h"

#include "base/time.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace attune::engine {
namespace {

namespace fs = std::filesystem;

class BackupsTest : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::path(::testing::TempDir()) / ("attune-backups-" + std::to_string(::getpid()));
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "root");
        store::RocksOptions options;
        options.directory = (folder_ / "store").string();
        auto store = store::open_rocksdb(std::move(options));
        ASSERT_TRUE(store) << store.error().message;
        store_ = std::move(*store);
    }
    void TearDown() override {
        store_.reset();
        fs::remove_all(folder_);
    }
    [[nodiscard]] std::string root() const { return (folder_ / "root").string(); }

    fs::path folder_;
    std::unique_ptr<store::Store> store_;
};

TEST_F(BackupsTest, IsListedWhenItsTicketIsDone) {
    Backups backups(*store_, root());
    EXPECT_TRUE(backups.list({})->empty());
    const auto started = backups.start("nightly");
    ASSERT_TRUE(started) << started.error().message;
    ASSERT_TRUE(started->ticket.wait());
    EXPECT_FALSE(backups.status().running);
    EXPECT_EQ(backups.status().last_number, 1u);
    EXPECT_EQ(backups.list("nightly")->size(), 1u);
    EXPECT_TRUE(store::verify_backup(started->directory)->problems.empty());
}

TEST_F(BackupsTest, NothingIsWrittenOutsideTheConfiguredDirectory) {
    fs::create_directory_symlink(folder_, folder_ / "root" / "link");
    Backups backups(*store_, root());
    for (const char* outside : {"..", "../store", "/", "/tmp", "a/../../b", "link", "link/store"}) {
        const auto started = backups.start(outside);
        ASSERT_FALSE(started) << outside;
        EXPECT_EQ(started.error().code, Code::invalid_argument) << outside;
        EXPECT_EQ(started.error().fields.at(0).pointer, "/directory");
        EXPECT_FALSE(backups.list(outside)) << outside;
    }
    EXPECT_FALSE(backups.start(std::string_view("a\0b", 3)));
}

TEST_F(BackupsTest, WithoutAConfiguredDirectoryThereAreNone) {
    Backups backups(*store_, "");
    EXPECT_EQ(backups.start({}).error().reason, "no_backup_dir");
    EXPECT_EQ(backups.list({}).error().code, Code::failed_precondition);
}

TEST_F(BackupsTest, OneThatFailsSaysWhyAndTheNextMayBegin) {
    Backups backups(*store_, root());
    {
        std::ofstream(folder_ / "root" / "file") << "in the way";
    }
    const auto failed = backups.start("file");
    ASSERT_TRUE(failed);
    EXPECT_FALSE(failed->ticket.wait());
    EXPECT_TRUE(backups.status().last_error.has_value());
    const auto next = backups.start({});
    ASSERT_TRUE(next);
    EXPECT_TRUE(next->ticket.wait());
    EXPECT_FALSE(backups.status().last_error.has_value());
}

}  // namespace
}  // namespace attune::engine
