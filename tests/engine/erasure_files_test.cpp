// Who was erased is in no checkpoint of the data directory, not even by what only they did.
#include "engine/activity/activity.h"
#include "engine/engine.h"
#include "engine/engine_options.h"
#include "engine/profile/people.h"
#include "engine/tenancy/tenants.h"
#include "engine/track/tracker.h"
#include "store/rocksdb/rocksdb_store.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace attune::engine {
namespace {

namespace fs = std::filesystem;

class ErasureFilesTest : public ::testing::Test {
protected:
    ErasureFilesTest() { fs::remove_all(folder_); }
    ~ErasureFilesTest() override {
        engine_.reset();
        fs::remove_all(folder_);
    }
    void open() {
        engine_.reset();
        auto store = store::open_rocksdb(
            {.directory = store_directory(folder_), .durability = store::Durability::none});
        ASSERT_TRUE(store) << store.error().message;
        EngineOptions options;
        options.checkpoint_dir = checkpoint_directory(folder_);
        auto engine = Engine::open(std::move(*store), clock_, random_, std::move(options));
        ASSERT_TRUE(engine) << engine.error().message;
        engine_ = *std::move(engine);
        tenant_ = *engine_->tenants().find("default");
    }
    void view(const std::string& user, const std::string& item, int times) {
        std::vector<domain::IncomingEvent> events(static_cast<std::size_t>(times));
        for (domain::IncomingEvent& event : events) {
            event.user_id = user;
            event.event = "view";
            event.item_id = item;
        }
        auto tracked = engine_->tracker().track(tenant_, std::move(events), {.source = "test"});
        ASSERT_TRUE(tracked) << tracked.error().message;
    }
    std::vector<std::string> checkpoints_with(std::string_view text) {
        std::vector<std::string> names;
        for (const auto& entry : fs::recursive_directory_iterator(checkpoint_directory(folder_))) {
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(in), {}};
            if (bytes.find(text) != std::string::npos) names.push_back(entry.path().filename());
        }
        return names;
    }

    const std::string folder_ =
        ::testing::TempDir() + "attune-erasure-files-" + std::to_string(::getpid());
    base::SystemClock clock_;
    base::SystemRandom random_;
    std::unique_ptr<Engine> engine_;
    TenantId tenant_{};
};

TEST_F(ErasureFilesTest, NoCheckpointNamesThemOrWhatTheyAloneTouchedWhenItReturns) {
    open();
    for (int i = 0; i < 11; ++i) view("u" + std::to_string(i), "everybody's", 1'000);
    view("ann", "canary-7d1f", 1);
    ASSERT_TRUE(engine_->store().flush());
    ASSERT_TRUE(engine_->activity().catch_up(tenant_));
    open();
    EXPECT_EQ(checkpoints_with("canary-7d1f"), std::vector<std::string>{"activity-1"});
    ASSERT_TRUE(engine_->people().erase(tenant_, "ann"));
    EXPECT_TRUE(checkpoints_with("").empty());
    open();
    EXPECT_EQ(checkpoints_with("everybody's"), std::vector<std::string>{"activity-1"});
    EXPECT_TRUE(checkpoints_with("canary-7d1f").empty());
}

TEST_F(ErasureFilesTest, LookingAtSomebodysInteractionsRemovesNone) {
    open();
    for (int i = 0; i < 11; ++i) view("u" + std::to_string(i), "everybody's", 1'000);
    ASSERT_TRUE(engine_->store().flush());
    ASSERT_TRUE(engine_->activity().catch_up(tenant_));
    open();
    ASSERT_FALSE(checkpoints_with("").empty());
    ASSERT_TRUE(engine_->people().interactions(tenant_, "u1", {}));
    EXPECT_FALSE(checkpoints_with("").empty());
}

}  // namespace
}  // namespace attune::engine
