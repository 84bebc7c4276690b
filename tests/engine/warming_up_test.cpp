// What is answered after a start, while what everybody did is still being read from the log.
#include "base/json.h"
#include "base/manual_clock.h"
#include "engine/activity/activity.h"
#include "engine/catalogue/catalogue.h"
#include "engine/engine.h"
#include "engine/engine_options.h"
#include "engine/follow/log_batch.h"
#include "engine/profile/people.h"
#include "engine/recommend/recommendations.h"
#include "engine/tenancy/tenants.h"
#include "store/memory/memory_store.h"
#include "tests/store/forwarding_store.h"

#include <gtest/gtest.h>

#include <atomic>

namespace attune::engine {
namespace {

// While it is not open, what lies beyond the first of the log cannot be read.
class SlowLog final : public store::testing::ForwardingStore {
public:
    SlowLog(std::shared_ptr<store::Store> inner, std::shared_ptr<std::atomic<bool>> is_open)
        : ForwardingStore(std::move(inner)), is_open_(std::move(is_open)) {}

    [[nodiscard]] Result<store::Position> scan_all(TenantId tenant, store::Stretch stretch,
                                                   const Visit& visit) override {
        if (stretch.after != store::Position{} && !*is_open_)
            return fail(Code::unavailable, "the disk is slow");
        return ForwardingStore::scan_all(tenant, stretch, visit);
    }

private:
    const std::shared_ptr<std::atomic<bool>> is_open_;
};

class WarmingUpTest : public ::testing::Test {
protected:
    void open() {
        engine_.reset();
        auto engine =
            Engine::open(std::make_unique<SlowLog>(store_, is_log_open_), clock_, random_, {});
        ASSERT_TRUE(engine) << engine.error().message;
        engine_ = *std::move(engine);
        tenant_ = engine_->tenants().find("default").value();
    }
    // More than is read at once.
    void live() {
        for (const char* item : {"chess", "go"})
            ASSERT_TRUE(engine_->catalogue().put(tenant_, {.item = {.id = item}}));
        constexpr std::size_t kPeople = 30;
        for (std::size_t person = 0; person < kPeople; ++person) {
            std::vector<domain::Event> events;
            for (std::size_t i = 0; i < kBatchEvents / kPeople + 1; ++i) {
                domain::Event event{.id = "e" + std::to_string(person) + "-" + std::to_string(i),
                                    .event = "view"};
                event.user_id = "u" + std::to_string(person);
                event.item_id = i % 2 == 0 ? "chess" : "go";
                event.time = event.received_at = clock_.now();
                events.push_back(std::move(event));
            }
            ASSERT_TRUE(engine_->people().apply(tenant_, {.user_id = *events[0].user_id}, events));
        }
    }
    // What the answer says it could not do, as it is sent.
    std::string fallback(std::string_view kind) {
        const auto answer =
            engine_->recommendations().recommend(tenant_, {.user_id = "u1", .limit = 2});
        EXPECT_TRUE(answer);
        const auto json = base::JsonDocument::parse(answer->json);
        for (const base::JsonView one : json->root().find("fallbacks")->elements())
            if (one.find("kind")->as_string() == kind)
                return std::string(*one.find("detail")->as_string());
        return {};
    }

    base::ManualClock clock_{*base::parse_time("2026-03-01T12:00:00Z")};
    base::SeededRandom random_{7};
    const std::shared_ptr<store::Store> store_ = store::open_memory({});
    const std::shared_ptr<std::atomic<bool>> is_log_open_ =
        std::make_shared<std::atomic<bool>>(true);
    std::unique_ptr<Engine> engine_;
    TenantId tenant_;
};

TEST_F(WarmingUpTest, IsSaidWhileTheLogIsReadAndNoLonger) {
    open();
    live();
    ASSERT_TRUE(engine_->activity().catch_up(tenant_));
    EXPECT_EQ(fallback("warming_up"), "");

    *is_log_open_ = false;
    open();
    (void)engine_->activity().catch_up(tenant_);
    EXPECT_EQ(fallback("warming_up").find("What everybody did is still being read from the log, "),
              0U)
        << fallback("warming_up");
    EXPECT_EQ(fallback("warming_up").find(", 0 touches"), std::string::npos)
        << "what was read so far is used";
    EXPECT_EQ(engine_->activity().warming_up(), 1U);

    *is_log_open_ = true;
    ASSERT_TRUE(engine_->activity().catch_up(tenant_));
    EXPECT_EQ(fallback("warming_up"), "");
    EXPECT_EQ(engine_->activity().warming_up(), 0U);
}

}  // namespace
}  // namespace attune::engine
