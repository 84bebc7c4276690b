#include "raw_peer.h"

#include <gtest/gtest.h>

namespace attune::http::testing {
namespace {

TEST(Server, AnswersAGetAndKeepsTheConnection) {
    TestServer server(echo_router());
    RawPeer peer = server.peer();
    for (int i = 0; i < 3; ++i) {
        const RawAnswer answer = peer.ask(get("/echo?x=1"));
        EXPECT_EQ(answer.status, 200U);
        EXPECT_EQ(answer.body, "GET /echo?x=1 ");
        EXPECT_FALSE(answer.closes());
        EXPECT_EQ(answer.header("server"), "attune");
        EXPECT_EQ(answer.header("date").size(), 29U);
    }
    EXPECT_EQ(server->stats().requests_total, 3U);
    EXPECT_EQ(server->stats().connections_total, 1U);
}

TEST(Server, GivesABodyToItsHandlerHoweverItComes) {
    TestServer server(echo_router());
    const std::string body(200'000, 'x');
    RawPeer peer = server.peer();
    EXPECT_EQ(peer.ask(post("/echo", "hello")).body, "POST /echo hello");
    EXPECT_EQ(peer.ask(post("/echo", body)).body, "POST /echo " + body);
    EXPECT_EQ(peer.ask(post("/echo", gzipped("hello again"), "Content-Encoding: gzip\r\n")).body,
              "POST /echo hello again");
    EXPECT_EQ(peer.ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "5;ext=\"1\"\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n")
                  .body,
              "POST /echo hello world");
    EXPECT_EQ(peer.ask(get("/echo")).body, "GET /echo ");
}

TEST(Server, SaysWhatIsWrongInAProblemBody) {
    TestServer server(echo_router());
    RawPeer peer = server.peer();
    const RawAnswer none = peer.ask(get("/nothing", "X-Request-Id: abc\r\n"));
    EXPECT_EQ(none.status, 404U);
    EXPECT_EQ(none.header("content-type"), "application/problem+json");
    EXPECT_EQ(
        none.body,
        R"({"type":"about:blank","title":"Not Found","status":404,"detail":"There is nothing at this path.","request_id":"abc"})");
    const RawAnswer method = peer.ask("PATCH /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(method.status, 405U);
    EXPECT_EQ(method.header("allow"), "GET, HEAD, POST, PUT, DELETE, OPTIONS");
    EXPECT_EQ(peer.ask(get("/items/%zz")).status, 400U);
    EXPECT_EQ(peer.ask(get("/items/a%2Fb")).body, "GET /items/a%2Fb id=a/b ");
}

TEST(Server, AnswersAPipelineOfAHundredInOrder) {
    TestServer server(echo_router());
    RawPeer peer = server.peer();
    std::string all;
    for (int i = 0; i < 100; ++i)
        all += i % 3 == 0 ? post("/echo", std::to_string(i)) : get("/echo?" + std::to_string(i));
    peer.send(all);
    for (int i = 0; i < 100; ++i) {
        const std::string number = std::to_string(i);
        EXPECT_EQ(peer.read().body,
                  i % 3 == 0 ? "POST /echo " + number : "GET /echo?" + number + " ");
    }
}

// What was sent and the goodbye may be told as one change.
TEST(Server, AnswersAPeerThatHasSaidAllItWill) {
    TestServer server(echo_router());
    for (int i = 0; i < 50; ++i) {
        RawPeer peer = server.peer();
        EXPECT_EQ(peer.ask(get("/echo")).status, 200U);
        peer.send(get("/echo?last") + post("/echo", "very last"));
        peer.end_output();
        EXPECT_EQ(peer.read().body, "GET /echo?last ");
        EXPECT_EQ(peer.read().body, "POST /echo very last");
        EXPECT_TRUE(peer.at_end());
    }
}

// Requests that fill what is read at a time leave more behind, of which no change will tell.
TEST(Server, AnswersAPipelineThatIsLongerThanItReadsAtOnce) {
    TestServer server(echo_router());
    RawPeer peer = server.peer();
    std::string all;
    for (int i = 0; i < 40; ++i)
        all += get("/echo?" + std::to_string(i), "X-Long: " + std::string(5'000, 'x') + "\r\n");
    peer.send(all);
    for (int i = 0; i < 40; ++i)
        EXPECT_EQ(peer.read().body, "GET /echo?" + std::to_string(i) + " ");
}

TEST(Server, LetsOthersInBetweenWhatAGreedyPeerAsks) {
    TestServer server(echo_router());
    RawPeer greedy = server.peer();
    RawPeer modest = server.peer();
    std::string all;
    for (int i = 0; i < 4'000; ++i) all += get("/echo");
    greedy.send(all);
    EXPECT_EQ(modest.ask(get("/echo")).status, 200U);
    for (int i = 0; i < 4'000; ++i) ASSERT_EQ(greedy.read().status, 200U);
}

}  // namespace
}  // namespace attune::http::testing
