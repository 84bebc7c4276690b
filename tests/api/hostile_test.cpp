// What bad input gets: the right 4xx with the field's name, the same over both stores, and a server that goes on.
#include "tests/api/expect_json.h"
#include "tests/api/world.h"

#include <gtest/gtest.h>

namespace attune::api::testing {
namespace {

class Hostile : public ::testing::TestWithParam<Backend> {
protected:
    http::testing::RawAnswer post(std::string body, std::string path = "/api/v1/events") {
        return world_.ask(
            {.method = "POST", .path = std::move(path), .as = "service", .body = std::move(body)});
    }
    void save_new(std::string path, std::string body) {
        const auto saved = world_.ask(
            {.method = "PUT", .path = std::move(path), .as = "admin", .body = std::move(body)});
        ASSERT_EQ(saved.status, 201u) << saved.body;
    }
    static std::string event_with(std::string_view member) {
        return R"({"user_id":"ann","event":"view",)" + std::string(member) + "}";
    }

    World world_{GetParam()};
};

TEST_P(Hostile, MalformedJsonIsRefused) {
    const std::string texts[] = {
        "",
        " ",
        "nonsense",
        "{",
        "[",
        "{}}",
        "[1,2",
        "{'user_id':'ann'}",
        "{\"user_id\":\"ann\",}",
        event_with(R"("properties":{"a":1,"a":2})"),
        event_with(R"("value":NaN)"),
        event_with(R"("value":1e400)"),
        event_with(R"("value":-Infinity)"),
        event_with(R"("value":01)"),
        event_with(R"("properties":{"a":"\ud800"})"),
        event_with(R"("properties":{"a":"\u0000"})"),
        event_with("\"properties\":{\"a\":\"\xff\xfe\"}"),
        event_with("\"properties\":{\"a\":\"\x01\"}"),
        std::string("\xef\xbb\xbf") + "{",
        std::string(20, '\0'),
        event_with("\"properties\":" + std::string(100'000, '[') + std::string(100'000, ']')),
        event_with("\"properties\":{\"a\":" + std::string(64, '[') + std::string(64, ']') + "}"),
    };
    for (const std::string& text : texts) {
        auto answer = post(text);
        EXPECT_EQ(answer.status, 400u) << text.substr(0, 80) << "\n" << answer.body;
        EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    }
    EXPECT_EQ(post(event_with(R"("value":1)")).status, 200u) << "the server goes on";
}

TEST_P(Hostile, NumbersAndTimesOutOfRangeNameTheirField) {
    const std::pair<std::string_view, std::string_view> members[] = {
        {R"("time":"9999-12-31T23:59:59Z")", "/time"},
        {R"("time":"1970-01-01T00:00:00Z")", "/time"},
        {R"("time":"10000-01-01T00:00:00Z")", "/time"},
        {R"("time":-9223372036854775808)", "/time"},
        {R"("time":9223372036854775807)", "/time"},
        {R"("time":"2026-02-30T00:00:00Z")", "/time"},
        {R"("value":"1")", "/value"},
        {R"("user_id":7)", "/user_id"},
        {R"("properties":[])", "/properties"},
        {R"("context":"x")", "/context"},
        {R"("item_id":"")", "/item_id"},
        {R"("id":{})", "/id"},
    };
    for (const auto& [member, pointer] : members) {
        std::string body = event_with(member);
        if (pointer == "/user_id") body = R"({"user_id":7,"event":"view"})";
        auto answer = post(body);
        EXPECT_TRUE(answer.status == 400 || answer.status == 422) << member << " " << answer.status;
        EXPECT_EQ(json_at(answer.body, "/errors/0/pointer"), pointer) << answer.body;
    }
}

// Takes some two fifths of what an answer's conditions may.
std::string costly_condition() {
    std::string list = "[1";
    for (int i = 1; i < 880; ++i) list += ",1";
    list += ']';
    return R"({"all":[)" + list + R"(,{"all":[)" + list + R"(,1]}]})";
}

TEST_P(Hostile, ManyFlagsThatTakeAsLongAsOneMayShareWhatOneRequestMay) {
    const std::string flag =
        R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":)"
        R"({"if":[)" +
        costly_condition() + R"(,"on"]}})";
    for (int i = 0; i < 6; ++i)
        ASSERT_NO_FATAL_FAILURE(save_new("/api/v1/flags/f" + std::to_string(i), flag));
    const auto answer = post(R"({"context":{"targetingKey":"ann"}})", "/ofrep/v1/evaluate/flags");
    EXPECT_EQ(answer.status, 200u);
    EXPECT_EQ(json_at(answer.body, "/flags/1/variant"), "on");
    for (int i = 2; i < 6; ++i) {
        const std::string at = "/flags/" + std::to_string(i);
        EXPECT_EQ(json_at(answer.body, at + "/errorCode"), "GENERAL") << answer.body;
        EXPECT_NE(json_at(answer.body, at + "/errorDetails").find("\"f" + std::to_string(i)),
                  std::string::npos);
    }
    const auto alone = post("{}", "/ofrep/v1/evaluate/flags/f5");
    EXPECT_EQ(alone.status, 200u) << "each by itself is within its bound" << alone.body;
    const auto metrics = world_.ask({.path = "/metrics", .as = "root"});
    EXPECT_NE(metrics.body.find("attune_expression_budgets_spent_total 1\n"), std::string::npos);
}

TEST_P(Hostile, ARecommendationSaysWhichConditionsWereNotTried) {
    ASSERT_EQ(post(R"({"user_id":"ann","event":"view"})").status, 200u);
    const std::string segment = R"({"name":"costly","condition":{"and":[)" + costly_condition() +
                                R"(,{">=":[{"var":"time.hour"},0]}]}})";
    for (int i = 0; i < 4; ++i)
        ASSERT_NO_FATAL_FAILURE(save_new("/api/v1/segments/s" + std::to_string(i), segment));
    const auto answer = post(R"({"user_id":"ann"})", "/api/v1/recommendations");
    EXPECT_EQ(answer.status, 200u);
    EXPECT_NE(answer.body.find("segments_too_costly"), std::string::npos) << answer.body;
    const auto metrics = world_.ask({.path = "/metrics", .as = "root"});
    EXPECT_NE(metrics.body.find("attune_expression_budgets_spent_total 1\n"), std::string::npos);
}

TEST_P(Hostile, ATimeThatIsOneButCannotBeIs422) {
    EXPECT_EQ(post(event_with(R"("time":"1970-01-01T00:00:00Z")")).status, 422u);
    EXPECT_EQ(post(event_with(R"("time":"2036-01-01T00:00:00Z")")).status, 422u);
    EXPECT_EQ(post(event_with(R"("time":"2026-03-02T11:59:00Z")")).status, 200u)
        << "a day ahead is a clock";
}

TEST_P(Hostile, LargeIntegersAndNegativeZeroSurvive) {
    EXPECT_EQ(
        post(event_with(R"("properties":{"a":9007199254740993,"b":-0.0,"c":18446744073709551615})"))
            .status,
        200u);
    auto page = world_.ask({.path = "/api/v1/personalization/interactions/ann", .as = "service"});
    EXPECT_EQ(json_at(page.body, "/items/0/properties/a"), "9007199254740993");
    EXPECT_EQ(json_at(page.body, "/items/0/properties/c"), "18446744073709551615");
}

TEST_P(Hostile, WhatIsTooLargeIsToldSo) {
    EXPECT_EQ(post("[" + std::string(9u << 20, ' ') + "]").status, 413u);
    EXPECT_EQ(post(std::string(2u << 20, ' '), "/api/v1/personalization/track-interaction").status,
              413u);
    std::string list = "[";
    for (int n = 0; n < 10'001; ++n)
        list += (n ? "," : "") + std::string(R"({"user_id":"a","event":"v"})");
    auto answer = post(list + "]");
    EXPECT_EQ(answer.status, 413u);
    EXPECT_EQ(json_at(answer.body, "/type"), "urn:attune:problem:too_large");
    EXPECT_EQ(world_.engine().store().stats().events, 0u) << "nothing is half applied";
}

TEST_P(Hostile, IdsOfAnyUnicodeStayApart) {
    const std::string composed = "caf\xc3\xa9";
    const std::string decomposed = "cafe\xcc\x81";
    for (const std::string& id : {composed, decomposed}) {
        EXPECT_EQ(post(R"({"user_id":")" + id + R"(","event":"view"})").status, 200u);
    }
    auto users = world_.ask({.path = "/api/v1/users", .as = "service"});
    EXPECT_EQ(json_at(users.body, "/items/2/user_id"), "");
    EXPECT_EQ(
        world_.ask({.path = "/api/v1/personalization/profile/caf%C3%A9", .as = "service"}).status,
        200u);
    EXPECT_EQ(world_
                  .ask({.path = "/api/v1/personalization/profile/..%2F..%2Fetc%2Fpasswd",
                        .as = "service"})
                  .status,
              404u);
    EXPECT_EQ(world_.ask({.path = "/api/v1/personalization/profile/%FF", .as = "service"}).status,
              400u);
    EXPECT_EQ(world_.ask({.path = "/api/v1/personalization/profile/a%00b", .as = "service"}).status,
              400u);
}

TEST_P(Hostile, SegmentsErrorsKeepTheirShape) {
    for (const std::string& body :
         {std::string("{"), std::string("[]"), std::string("7"), std::string(),
          R"({"batch":[)" + std::string(600 * 1024, ' ') + "]}", std::string(2u << 20, 'x')}) {
        auto answer =
            world_.ask({.method = "POST", .path = "/v1/batch", .as = "ingest", .body = body});
        EXPECT_EQ(answer.status, 400u) << body.substr(0, 20);
        EXPECT_EQ(json_at(answer.body, "/success"), "false") << answer.body;
        EXPECT_FALSE(json_at(answer.body, "/code").empty()) << answer.body;
        EXPECT_FALSE(json_at(answer.body, "/message").empty()) << answer.body;
    }
}

TEST_P(Hostile, ASegmentMessageThatIsTooLargeCostsOnlyItself) {
    const std::string big(40 * 1024, 'x');
    std::string body =
        R"({"batch":[{"type":"track","userId":"seg","event":"Big","properties":{"x":")" + big +
        R"("}},{"type":"track","userId":"seg","event":"Small"}]})";
    auto answer = world_.ask({.method = "POST", .path = "/v1/batch", .as = "ingest", .body = body});
    EXPECT_EQ(answer.status, 200u) << answer.body;
    auto page = world_.ask({.path = "/api/v1/personalization/interactions/seg", .as = "service"});
    EXPECT_EQ(json_at(page.body, "/items/0/event"), "Small");
    EXPECT_EQ(json_at(page.body, "/items/1/event"), "");
    std::string many = R"({"batch":[)";
    for (int n = 0; n < 2'501; ++n) many += (n ? ",7" : "7");
    EXPECT_EQ(
        world_.ask({.method = "POST", .path = "/v1/batch", .as = "ingest", .body = many + "]}"})
            .status,
        400u);
}

INSTANTIATE_TEST_SUITE_P(Backends, Hostile, ::testing::Values(Backend::memory, Backend::rocksdb),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace attune::api::testing
