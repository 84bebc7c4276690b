// A guarded rollout from end to end: asked for over OFREP, answered by events, halted, and heard of by whoever listens.
#include "engine/decide/flag_exposures.h"
#include "engine/decisions/decision_log.h"
#include "engine/experiment/question_reader.h"
#include "engine/rollout/rollouts.h"
#include "tests/api/expect_json.h"
#include "tests/api/world.h"

#include <gtest/gtest.h>

namespace attune::api::testing {
namespace {

constexpr std::string_view kFlag =
    R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","rollout":{"variant":"on",)"
    R"("steps":[{"at":"1970-01-01T00:00:00Z","share":0.5},{"at":"2100-01-01T00:00:00Z","share":1}],)"
    R"("guardrails":[{"event":"failed","lower_is_better":true}]}})";

class RolloutOverHttp : public ::testing::Test {
protected:
    World world_;

    http::testing::RawAnswer ask(std::string method, std::string path, std::string as,
                                 std::string body = {}) {
        return world_.ask({.method = std::move(method),
                           .path = std::move(path),
                           .as = std::move(as),
                           .body = std::move(body)});
    }
    std::string variant_of(const std::string& user) {
        return json_at(ask("POST", "/ofrep/v1/evaluate/flags/search", "ingest",
                           R"({"context":{"targetingKey":")" + user + R"("}})")
                           .body,
                       "/variant");
    }
    void track(const std::string& user, const std::string& event) {
        const auto answer = ask("POST", "/api/v1/events", "ingest",
                                R"({"user_id":")" + user + R"(","event":")" + event + R"("})");
        ASSERT_LT(answer.status, 300u) << answer.body;
    }
};

TEST_F(RolloutOverHttp, IsHaltedByWhatPeopleDoAndClientsHearOfIt) {
    ASSERT_EQ(ask("PUT", "/api/v1/flags/search", "admin", std::string(kFlag)).status, 201u);
    const auto tenant = *world_.engine().tenants().find("default");
    ASSERT_TRUE(world_.engine().questions().catch_up(tenant));
    int in = 0;
    for (int i = 0; i < 260; ++i) {
        const std::string user = "u" + std::to_string(i);
        track(user, "seen");
        const bool is_in = variant_of(user) == "on";
        in += is_in ? 1 : 0;
        world_.engine().flag_exposures().flush();
        ASSERT_TRUE(world_.engine().decisions().flush());
        world_.clock().advance(std::chrono::seconds(1));
        if (is_in) track(user, "failed");
    }
    EXPECT_GT(in, 100);
    EXPECT_LT(in, 160);
    ASSERT_TRUE(world_.engine().questions().catch_up(tenant));
    const auto before = ask("GET", "/api/v1/flags/search/rollout", "analyst");
    EXPECT_EQ(json_at(before.body, "/guardrails/0/verdict"), "worse") << before.body;
    EXPECT_EQ(json_at(before.body, "/units/in"), std::to_string(in));

    auto listener = world_.peer();
    world_.clock().advance(std::chrono::minutes(5));
    EXPECT_EQ(
        listener
            .ask(request_text({.path = "/ofrep/v1/events", .as = "service"}, world_.key("service")),
                 true)
            .status,
        200u);
    EXPECT_FALSE(listener.read_until(": listening\n\n").empty());
    ASSERT_EQ(*world_.engine().rollouts().check(tenant), 1u);
    EXPECT_NE(listener.read_until("\n\n").find("refetchEvaluation"), std::string::npos);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(variant_of("u" + std::to_string(i)), "off");
    const auto history = ask("GET", "/api/v1/flags/search/history", "analyst");
    EXPECT_EQ(json_at(history.body, "/items/0/by"), "guardrail");
    EXPECT_NE(ask("GET", "/metrics", "root").body.find("attune_rollouts_halted_total 1"),
              std::string::npos);
    EXPECT_EQ(ask("POST", "/api/v1/flags/search:resume", "admin").status, 200u);
}

}  // namespace
}  // namespace attune::api::testing
