// Uploads of any length, idempotency under concurrency and across a restart: what the text tests cannot say.
#include "api/idempotency.h"
#include "api/line_results.h"
#include "base/manual_clock.h"
#include "engine/profile/people.h"
#include "tests/api/expect_json.h"
#include "tests/api/world.h"

#include <gtest/gtest.h>

#include <thread>

namespace attune::api::testing {
namespace {

constexpr std::string_view kLines = "Content-Type: application/x-ndjson\r\n";

std::string line(int n, std::string_view user = "ann") {
    return R"({"id":"n)" + std::to_string(n) + R"(","user_id":")" + std::string(user) +
           R"(","event":"view"})" + "\n";
}

std::string chunk(std::string_view bytes) {
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return size + std::string(bytes) + "\r\n";
}

class Upload : public ::testing::TestWithParam<Backend> {};

TEST_P(Upload, TakesFarMoreLinesThanMemoryWouldHoldAtOnce) {
    World world(GetParam());
    auto peer = world.peer();
    std::string head = "POST /api/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                       world.key("ingest") + "\r\nTransfer-Encoding: chunked\r\n" +
                       std::string(kLines) + "\r\n";
    ASSERT_TRUE(peer.send(head));
    constexpr int kCount = 12'000;
    std::string piece;
    for (int n = 0; n < kCount; ++n) {
        piece += n % 1000 == 999 ? "this is no event\n" : line(n, "u" + std::to_string(n % 50));
        if (piece.size() > 50'000) {
            ASSERT_TRUE(peer.send(chunk(piece)));
            piece.clear();
        }
    }
    auto answer = peer.ask(chunk(piece) + "0\r\n\r\n");
    EXPECT_EQ(answer.status, 200u) << answer.body;
    EXPECT_EQ(
        json_difference(R"({"lines":12000,"accepted":11988,"duplicates":0,"rejected_total":12})",
                        answer.body)
            .value_or(""),
        "");
    EXPECT_EQ(json_at(answer.body, "/rejected/0/line"), "1000");
    EXPECT_EQ(world.engine().store().stats().events, 11'988u);
}

TEST_P(Upload, ReadsALineThatArrivesByteByByte) {
    World world(GetParam());
    auto peer = world.peer();
    const std::string body = line(1) + line(2);
    peer.send_bytewise(request_text(
        {.method = "POST", .path = "/api/v1/events", .headers = std::string(kLines), .body = body},
        world.key("service")));
    auto answer = peer.read();
    EXPECT_EQ(json_at(answer.body, "/accepted"), "2") << answer.body;
}

TEST_P(Upload, ALineThatIsTooLongCostsOnlyItself) {
    ApiOptions options;
    options.line_bytes_max = 1'000;
    World world(GetParam(), options);
    Ask ask{.method = "POST",
            .path = "/api/v1/events",
            .as = "service",
            .headers = std::string(kLines)};
    ask.body = line(1) + std::string(5'000, 'x') + "\n" + line(2);
    auto answer = world.ask(ask);
    EXPECT_EQ(
        json_difference(
            R"({"lines":3,"accepted":2,"rejected_total":1,"rejected":[{"line":2,"errors":"*"}]})",
            answer.body)
            .value_or(""),
        "");
}

TEST_P(Upload, ListsTheFirstReasonsAndCountsTheRest) {
    ApiOptions options;
    options.rejected_listed_max = 3;
    World world(GetParam(), options);
    Ask ask{.method = "POST",
            .path = "/api/v1/events",
            .as = "service",
            .headers = std::string(kLines)};
    for (int n = 0; n < 10; ++n) ask.body += "{}\n";
    ask.body += line(1);
    auto answer = world.ask(ask);
    EXPECT_EQ(json_difference(R"({"accepted":1,"rejected_total":10,"rejected":["*","*","*"]})",
                              answer.body)
                  .value_or(""),
              "");
}

TEST_P(Upload, SaysNothingWasAcceptedWhenNothingWas) {
    World world(GetParam());
    Ask ask{.method = "POST",
            .path = "/api/v1/events",
            .as = "service",
            .headers = std::string(kLines),
            .body = "{}\n{}\n"};
    EXPECT_EQ(world.ask(ask).status, 400u);
}

TEST_P(Upload, ARetryOfHalfAnUploadCountsOnceWhenItHasAKey) {
    World world(GetParam());
    Ask ask{.method = "POST", .path = "/api/v1/events", .as = "service"};
    ask.headers = std::string(kLines) + "Idempotency-Key: upload-1\r\n";
    const std::string first = R"({"user_id":"ann","event":"view"})"
                              "\n";
    ask.body = first + first;
    EXPECT_EQ(json_at(world.ask(ask).body, "/accepted"), "2");
    ask.body = first + first + first;
    auto answer = world.ask(ask);
    EXPECT_EQ(json_at(answer.body, "/accepted"), "1");
    EXPECT_EQ(json_at(answer.body, "/duplicates"), "2");
}

TEST_P(Upload, ThatBreaksOffSaysHowManyLinesAreSafe) {
    World world(GetParam());
    auto peer = world.peer();
    ASSERT_TRUE(peer.send("POST /api/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                          world.key("service") + "\r\nTransfer-Encoding: chunked\r\n" +
                          std::string(kLines) + "\r\n"));
    constexpr int kCount = 5'000;
    std::string piece;
    for (int n = 0; n < kCount; ++n) {
        piece += line(n);
        if (n % 500 != 499) continue;
        ASSERT_TRUE(peer.send(chunk(piece)));
        piece.clear();
    }
    auto answer = peer.ask("this is no chunk\r\n");
    EXPECT_EQ(answer.status, 400u);
    int safe = -1;
    const std::string detail = json_at(answer.body, "/detail");
    const std::size_t at = detail.find("The first ");
    ASSERT_NE(at, std::string::npos) << detail;
    ASSERT_EQ(std::sscanf(detail.c_str() + at, "The first %d lines are safe", &safe), 1) << detail;
    EXPECT_GT(safe, 0);
    EXPECT_LT(safe, kCount);

    // Who sends what follows them has sent everything.
    Ask rest{.method = "POST",
             .path = "/api/v1/events",
             .as = "service",
             .headers = std::string(kLines)};
    for (int n = safe; n < kCount; ++n) rest.body += line(n);
    EXPECT_EQ(world.ask(rest).status, 200u);
    EXPECT_EQ(world.engine().store().stats().events, static_cast<std::uint64_t>(kCount));
}

// A store that has room for four events until it is released.
class Full : public ::testing::Test {
protected:
    Full() { store().hold(); }

    store::MemoryStore& store() {
        return dynamic_cast<store::MemoryStore&>(world_.engine().store());
    }
    // Sends it, lets the store go on once the request has met it, and reads the answer.
    http::testing::RawAnswer ask_held(const Ask& ask) {
        auto peer = world_.peer();
        EXPECT_TRUE(peer.send(request_text(ask, world_.key(ask.as))));
        while (!world_.engine().people().read(*world_.engine().tenants().find("default"), "u0")) {
            std::this_thread::yield();
        }
        // One thread serves everybody: once it answers this, it is done with the request above.
        EXPECT_EQ(world_.ask({.path = "/healthz"}).status, 200u);
        store().release();
        return peer.read();
    }

    World world_{Backend::memory, {}, {.queue_events_max = 4}};
};

// Two events of each of three people: the third finds no room.
std::string six(std::string_view user, std::string_view id, std::string_view rest) {
    std::string list;
    for (int n = 0; n < 6; ++n) {
        if (n > 0) list += ',';
        list += R"({")" + std::string(user) + R"(":"u)" + std::to_string(n / 2) + R"(",")" +
                std::string(id) + R"(":"f)" + std::to_string(n) + R"(",)" + std::string(rest) + "}";
    }
    return "[" + list + "]";
}

TEST_F(Full, AnArrayHalfTakenAsksToComeBackAndItsRetryIsNotAReplay) {
    Ask ask{.method = "POST", .path = "/api/v1/events", .as = "service"};
    ask.headers = "Idempotency-Key: full-1\r\n";
    ask.body = six("user_id", "id", R"("event":"view")");
    auto answer = ask_held(ask);
    EXPECT_EQ(answer.status, 200u) << answer.body;
    EXPECT_EQ(json_at(answer.body, "/accepted"), "4");
    EXPECT_EQ(json_at(answer.body, "/rejected/0/index"), "4");
    EXPECT_EQ(answer.header("retry-after"), "1");
    auto again = world_.ask(ask);
    EXPECT_EQ(json_at(again.body, "/accepted"), "2") << again.body;
    EXPECT_EQ(json_at(again.body, "/duplicates"), "4");
}

TEST_F(Full, ASegmentBatchIsNotASuccessWhileMessagesFoundNoRoom) {
    Ask ask{.method = "POST", .path = "/v1/batch", .as = "ingest"};
    ask.body = R"({"batch":)" + six("userId", "messageId", R"("type":"track","event":"x")") + "}";
    auto answer = ask_held(ask);
    EXPECT_EQ(answer.status, 503u) << answer.body;
    EXPECT_EQ(json_at(answer.body, "/success"), "false");
    EXPECT_EQ(world_.ask(ask).status, 200u);
    EXPECT_EQ(world_.engine().store().stats().events, 6u);
}

TEST_F(Full, AnUploadEndsWhereThereWasNoRoom) {
    Ask ask{.method = "POST",
            .path = "/api/v1/events",
            .as = "service",
            .headers = std::string(kLines)};
    for (int n = 0; n < 6; ++n) ask.body += line(n, "u" + std::to_string(n / 2));
    auto answer = ask_held(ask);
    EXPECT_EQ(answer.status, 503u) << answer.body;
    EXPECT_NE(json_at(answer.body, "/detail").find("The first 0 lines are safe"),
              std::string::npos);
    EXPECT_EQ(json_at(world_.ask(ask).body, "/accepted"), "2");
}

INSTANTIATE_TEST_SUITE_P(Backends, Upload, ::testing::Values(Backend::memory, Backend::rocksdb),
                         [](const auto& info) { return name_of(info.param); });

TEST(Durability, AnAcknowledgedWriteWithAKeyCountsOnceAcrossARestart) {
    World world(Backend::rocksdb);
    Ask ask{.method = "POST",
            .path = "/api/v1/events",
            .as = "service",
            .headers = "Idempotency-Key: \"k\"\r\n",
            .body = R"({"user_id":"ann","event":"view"})"};
    EXPECT_EQ(json_at(world.ask(ask).body, "/accepted"), "1");
    world.restart();
    auto again = world.ask(ask);
    EXPECT_EQ(again.status, 200u);
    EXPECT_EQ(json_at(again.body, "/duplicates"), "1");
    auto profile = world.ask({.path = "/api/v1/personalization/profile/ann", .as = "service"});
    EXPECT_EQ(json_at(profile.body, "/version"), "1");
}

http::Response answer_of(std::string body) { return http::Response::json(200, std::move(body)); }

TEST(IdempotencyTable, ToldToWaitWhileTheFirstRuns) {
    base::ManualClock clock;
    IdempotencyTable table(clock, {});
    const IdempotencyScope scope{1, "key", http::Method::post, "/a"};
    auto first = table.begin(scope, "k", "body");
    ASSERT_TRUE(first);
    auto second = table.begin(scope, "k", "body");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::aborted);
    first->claim.finish(answer_of("done"));
    auto third = table.begin(scope, "k", "body");
    ASSERT_TRUE(third);
    ASSERT_TRUE(third->replay);
    EXPECT_EQ(third->replay->body, "done");
}

TEST(IdempotencyTable, AWriteThatFailedMayBeTriedAgain) {
    base::ManualClock clock;
    IdempotencyTable table(clock, {});
    const IdempotencyScope scope{1, "key", http::Method::post, "/a"};
    {
        auto lost = table.begin(scope, "k", "body");
    }
    EXPECT_TRUE(table.begin(scope, "k", "body")) << "a claim that died gives the key back";
    auto failed = table.begin(scope, "f", "body");
    failed->claim.finish(http::Response::json(503, "busy"));
    failed->claim = {};
    EXPECT_FALSE(table.begin(scope, "f", "body")->replay);
}

TEST(IdempotencyTable, ScopesNeverMeet) {
    base::ManualClock clock;
    IdempotencyTable table(clock, {});
    const IdempotencyScope scopes[] = {{1, "key", http::Method::post, "/a"},
                                       {2, "key", http::Method::post, "/a"},
                                       {1, "kez", http::Method::post, "/a"},
                                       {1, "key", http::Method::put, "/a"},
                                       {1, "key", http::Method::post, "/b"}};
    for (const auto& scope : scopes) {
        auto begun = table.begin(scope, "k", "body");
        ASSERT_TRUE(begun);
        EXPECT_FALSE(begun->replay);
        begun->claim.finish(answer_of("x"));
    }
}

TEST(IdempotencyTable, KeepsWithinItsBoundsAndLetsTheOldestGo) {
    base::ManualClock clock;
    IdempotencyTable table(clock, {.entries_max = 10, .bytes_max = 1'000});
    const IdempotencyScope scope{1, "key", http::Method::post, "/a"};
    for (int n = 0; n < 100; ++n) {
        auto begun = table.begin(scope, std::to_string(n), "body");
        ASSERT_TRUE(begun);
        begun->claim.finish(answer_of(std::string(200, 'x')));
        EXPECT_LE(table.stats().entries, 11u);
        EXPECT_LE(table.stats().bytes, 1'200u);
    }
    EXPECT_TRUE(table.begin(scope, "99", "body")->replay);
    EXPECT_FALSE(table.begin(scope, "0", "body")->replay);
    EXPECT_GT(table.stats().evicted_early, 0u);
}

TEST(IdempotencyTable, ForgetsAfterItsRetention) {
    base::ManualClock clock;
    IdempotencyTable table(clock, {});
    const IdempotencyScope scope{1, "key", http::Method::post, "/a"};
    table.begin(scope, "k", "body")->claim.finish(answer_of("x"));
    clock.advance(std::chrono::hours(23));
    EXPECT_TRUE(table.begin(scope, "k", "body")->replay);
    clock.advance(std::chrono::hours(2));
    EXPECT_TRUE(table.begin(scope, "k", "another body")) << "the key is free again";
}

TEST(IdempotencyKey, IsAQuotedStringOrAToken) {
    EXPECT_EQ(parse_idempotency_key(R"("a b")").value(), "a b");
    EXPECT_EQ(parse_idempotency_key(R"("a\"b\\")").value(), R"(a"b\)");
    EXPECT_EQ(parse_idempotency_key("3f2a-9").value(), "3f2a-9");
    for (std::string_view bad :
         {"", "\"\"", "\"", "\"a", "a b", "\"a\"b\"", "\"\\x\"", "caf\xc3\xa9"}) {
        EXPECT_FALSE(parse_idempotency_key(bad)) << bad;
    }
    EXPECT_FALSE(parse_idempotency_key(std::string(256, 'a')));
}

TEST(LineResults, RefusesAFileThatAlternatesForEver) {
    LineResults results(10);
    bool refused = false;
    for (int n = 0; n < 600'000 && !refused; ++n) {
        refused = !results.add({n % 2 == 0 ? LineOutcome::accepted : LineOutcome::rejected, {}});
    }
    EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace attune::api::testing
