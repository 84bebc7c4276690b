// A server that starts with definitions which its rules refuse: it decides by all others, and says so.
#include "engine/refused_definitions.h"
#include "engine/engine_options.h"
#include "engine/flags/flags.h"

#include "base/manual_clock.h"
#include "engine/decide/decider.h"
#include "engine/engine.h"
#include "engine/segment/segments.h"
#include "engine/tenancy/tenants.h"
#include "store/memory/memory_store.h"
#include "tests/base/kept_log.h"
#include "tests/engine/profile/people_world.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

constexpr TenantId kTenant{1};  // the first one that is made

class RefusedDefinitions : public ::testing::Test {
protected:
    void open_engine() {
        auto engine = Engine::open(std::move(store_), clock_, random_, {});
        ASSERT_TRUE(engine) << engine.error().message;
        engine_ = *std::move(engine);
        ASSERT_EQ(engine_->tenants().find("default").value(), kTenant);
    }
    // As a version of the program saved it that took everything.
    void save_as_before(std::string collection, std::string_view id, std::string_view body) {
        Definitions<int> anything(
            *store_, clock_, DefinitionKind{.collection = std::move(collection)},
            [](TenantId, std::span<const Definition>) -> Result<std::shared_ptr<const int>> {
                return std::make_shared<const int>(0);
            });
        const auto saved =
            anything.put(kTenant, id, *base::JsonText::parse(body), {.by = "before"});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    std::string answer_to(const std::string& user) {
        domain::Event event{.id = "e1", .event = "here"};
        event.user_id = user;
        event.time = event.received_at = clock_.now();
        EXPECT_TRUE(engine_->people().apply(kTenant, {.user_id = user}, {event}));
        const auto answer = engine_->decider().config(kTenant, {user, nothing_.root(), false});
        return answer ? answer->json : answer.error().message;
    }

    base::ManualClock clock_{base::Time(1'780'000'000s)};
    testing::SeededIds random_{1};
    std::unique_ptr<store::Store> store_ = store::open_memory({});
    std::unique_ptr<Engine> engine_;
    const base::JsonDocument nothing_ = *base::JsonDocument::parse("{}");
};

constexpr std::string_view kPink =
    R"({"name":"pink","priority":9,"actions":[{"op":"set","path":"ui.theme","value":"pink"}]})";

TEST_F(RefusedDefinitions, StandAsideWhileTheOthersDecide) {
    save_as_before("rules", "pink", kPink);
    save_as_before(
        "rules", "dark",
        R"({"name":"dark","priority":1,"status":"active",)"
        R"("condition":true,"actions":[{"op":"set","path":"ui.theme","value":"dark"}]})");
    save_as_before("segments", "odd", R"({"name":"odd","condition":{"no-such":1}})");
    open_engine();
    const auto refused = refused_definitions(*engine_);
    ASSERT_EQ(refused.size(), 2u);
    EXPECT_EQ(refused[0].kind, "segments");
    EXPECT_EQ(refused[0].id, "odd");
    EXPECT_EQ(refused[1].kind, "rules");
    EXPECT_EQ(refused[1].id, "pink");
    EXPECT_EQ(refused[1].tenant, "default");
    EXPECT_NE(refused[1].reason.find("/actions/0/value"), std::string::npos) << refused[1].reason;
    EXPECT_EQ(engine_->rules().of(kTenant).value()->size(), 1u);
    const std::string answer = answer_to("ann");
    EXPECT_NE(answer.find(R"("theme":"dark")"), std::string::npos) << answer;
}

TEST_F(RefusedDefinitions, AreCountedUntilTheyAreMendedOrGone) {
    save_as_before("rules", "pink", kPink);
    save_as_before("rules", "red", kPink);
    save_as_before("segments", "odd", R"({"name":"odd","condition":{"no-such":1}})");
    open_engine();
    EXPECT_EQ(refused_definitions(*engine_).size(), 3u);
    EXPECT_EQ(count_refused_definitions(*engine_), 3u);
    const auto mended = base::JsonText::parse(
        R"({"name":"pink","actions":[{"op":"set","path":"ui.theme","value":"dark"}]})");
    ASSERT_TRUE(engine_->rules().put(kTenant, "pink", *mended, {}));
    EXPECT_EQ(count_refused_definitions(*engine_), 2u);
    ASSERT_TRUE(engine_->rules().remove(kTenant, "red", {}));
    ASSERT_TRUE(engine_->segments().remove(kTenant, "odd", {}));
    EXPECT_EQ(count_refused_definitions(*engine_), 0u);
}

TEST_F(RefusedDefinitions, AreToldInTheLogWithTheirPlaceAndReason) {
    save_as_before("rules", "pink", kPink);
    open_engine();
    base::testing::KeptLog log;
    log_refused_definitions(*engine_, log);
    ASSERT_EQ(log.lines.size(), 1u);
    const std::string& line = log.lines[0];
    EXPECT_TRUE(
        line.contains("level=warning event=definition.refused tenant=default kind=rules "
                      "id=pink reason="))
        << line;
    EXPECT_TRUE(line.contains("/actions/0/value")) << line;
}

}  // namespace
}  // namespace attune::engine
