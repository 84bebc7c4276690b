// Items by the thousand, uploads that break off, and merge patches: what the text tests cannot say.
#include "api/merge_patch.h"
#include "engine/catalogue/catalogue.h"
#include "tests/api/expect_json.h"
#include "tests/api/world.h"

#include <gtest/gtest.h>

namespace attune::api::testing {
namespace {

constexpr std::string_view kLines = "Content-Type: application/x-ndjson\r\n";

std::string line(int n) {
    return R"({"id":"n)" + std::to_string(n) + R"(","title":"Item )" + std::to_string(n) +
           R"(","categories":["c)" + std::to_string(n % 7) + "\"]}\n";
}

std::string chunk(std::string_view bytes) {
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return size + std::string(bytes) + "\r\n";
}

std::size_t count_in(World& world) {
    const auto tenant = *world.engine().tenants().find("default");
    return (*world.engine().catalogue().of(tenant))->count();
}

http::testing::RawPeer uploading(World& world) {
    auto peer = world.peer();
    EXPECT_TRUE(peer.send("POST /api/v1/items HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                          world.key("service") + "\r\nTransfer-Encoding: chunked\r\n" +
                          std::string(kLines) + "\r\n"));
    return peer;
}

TEST(ItemUpload, WhatWasAcknowledgedIsThereAfterARestart) {
    World world(Backend::rocksdb);
    auto peer = uploading(world);
    constexpr int kCount = 3'000;
    std::string piece;
    for (int n = 0; n < kCount; ++n) {
        piece += n % 1000 == 999 ? "this is no item\n" : line(n);
        if (piece.size() < 20'000) continue;
        ASSERT_TRUE(peer.send(chunk(piece)));
        piece.clear();
    }
    const auto answer = peer.ask(chunk(piece) + "0\r\n\r\n");
    EXPECT_EQ(answer.status, 200u) << answer.body;
    EXPECT_EQ(json_difference(R"({"lines":3000,"accepted":2997,"duplicates":0,"rejected_total":3})",
                              answer.body)
                  .value_or(""),
              "");
    EXPECT_EQ(json_at(answer.body, "/rejected/1/line"), "2000");
    world.restart();
    EXPECT_EQ(count_in(world), 2'997u);
    EXPECT_EQ(world.ask({.path = "/api/v1/items/n2998", .as = "analyst"}).status, 200u);
}

TEST(ItemUpload, ThatBreaksOffSaysHowManyLinesAreSafe) {
    World world;
    auto peer = uploading(world);
    constexpr int kCount = 3'250;
    std::string piece;
    for (int n = 0; n < kCount; ++n) {
        piece += line(n);
        if (n % 250 != 249) continue;
        ASSERT_TRUE(peer.send(chunk(piece)));
        piece.clear();
    }
    const auto answer = peer.ask("this is no chunk\r\n");
    EXPECT_EQ(answer.status, 400u);
    int safe = -1;
    const std::string detail = json_at(answer.body, "/detail");
    const std::size_t at = detail.find("The first ");
    ASSERT_NE(at, std::string::npos) << detail;
    ASSERT_EQ(std::sscanf(detail.c_str() + at, "The first %d lines are safe", &safe), 1) << detail;
    EXPECT_GT(safe, 0);
    EXPECT_LT(safe, kCount);
    EXPECT_EQ(count_in(world), static_cast<std::size_t>(safe));
    Ask rest{
        .method = "POST", .path = "/api/v1/items", .as = "service", .headers = std::string(kLines)};
    for (int n = safe; n < kCount; ++n) rest.body += line(n);
    EXPECT_EQ(world.ask(rest).status, 200u);
    EXPECT_EQ(count_in(world), static_cast<std::size_t>(kCount));
}

TEST(ItemUpload, AnswersEachLineToWhoAsksForThat) {
    World world;
    Ask ask{.method = "POST",
            .path = "/api/v1/items",
            .as = "service",
            .headers = std::string(kLines) + "Accept: application/x-ndjson\r\n"};
    ask.body = line(1) + "\n{}\n" + line(1);
    const auto answer = world.ask(ask);
    EXPECT_EQ(answer.status, 200u);
    EXPECT_EQ(answer.body.find(R"({"line":1,"status":"accepted"})"), 0u) << answer.body;
    EXPECT_NE(answer.body.find(R"({"line":2,"status":"blank"})"), std::string::npos);
    EXPECT_NE(answer.body.find(R"({"line":3,"status":"rejected","errors":[{"pointer":"/id")"),
              std::string::npos);
    EXPECT_NE(answer.body.find(R"("accepted":1,"duplicates":1,"rejected_total":1)"),
              std::string::npos);
}

TEST(ItemUpload, CountsInTheMetrics) {
    World world;
    world.ask({.method = "POST",
               .path = "/api/v1/items",
               .as = "service",
               .body = R"([{"id":"a"},{"id":"b"}])"});
    const auto metrics = world.ask({.path = "/metrics", .as = "root"});
    EXPECT_NE(metrics.body.find("attune_items{tenant=\"default\"} 2"), std::string::npos);
}

// The cases of RFC 7396, appendix A.
TEST(MergePatch, DoesWhatItsStandardSays) {
    constexpr std::string_view kCases[][3] = {
        {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
        {R"({"a":"b"})", R"({"a":null})", R"({})"},
        {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
        {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
        {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
        {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
        {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
        {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
        {R"({"a":"foo"})", R"(null)", R"(null)"},
        {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
        {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
        {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
    };
    for (const auto& [target, patch, result] : kCases) {
        const auto from = base::JsonDocument::parse(target);
        const auto change = base::JsonDocument::parse(patch);
        EXPECT_EQ(merge_patch(from->root(), change->root()).text(), result) << target << patch;
    }
}

}  // namespace
}  // namespace attune::api::testing
