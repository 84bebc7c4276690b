// Routes whose handlers wait: the core's thread serves on meanwhile.
#include "raw_peer.h"

#include <gtest/gtest.h>
#include <atomic>
#include <latch>
#include <thread>

namespace attune::http::testing {
namespace {

// A route whose handler waits until the test lets it go on.
class Slow {
public:
    Router router() {
        Router router = echo_router();
        EXPECT_TRUE(router.add({.method = Method::post,
                                .pattern = "/slow",
                                .handler =
                                    [this](const Request& request) {
                                        ++inside;
                                        go_on.wait();
                                        return echo(request);
                                    },
                                .stream_handler = {},
                                .waits = true}));
        return router;
    }

    std::atomic<int> inside = 0;
    std::latch go_on{1};
};

std::string slow(std::string_view body) {
    return "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string(body);
}

TEST(WaitingRoutes, LeaveTheirCoreToOthers) {
    Slow route;
    TestServer server(route.router());
    RawPeer waiting = server.peer();
    RawPeer other = server.peer();
    waiting.send(slow("one") + get("/echo?after"));
    ASSERT_TRUE(eventually([&] { return route.inside == 1; }));
    EXPECT_EQ(other.ask(get("/echo")).status, 200U);
    EXPECT_EQ(server->stats().requests_in_flight, 1U);
    route.go_on.count_down();
    EXPECT_EQ(waiting.read().body, "POST /slow one");
    EXPECT_EQ(waiting.read().status, 200U) << "what came behind it in the pipeline";
    EXPECT_TRUE(eventually([&] { return server->stats().requests_in_flight == 0; }));
}

TEST(WaitingRoutes, OutliveTheTimeOfARequest) {
    Slow route;
    ServerOptions options = quick_options();
    options.request_timeout = 50ms;
    TestServer server(route.router(), options);
    RawPeer peer = server.peer();
    peer.send(slow(std::string(100'000, 'x')));
    ASSERT_TRUE(eventually([&] { return route.inside == 1; }));
    std::this_thread::sleep_for(120ms);
    route.go_on.count_down();
    EXPECT_EQ(peer.read().body.size(), 100'000 + sizeof "POST /slow");
}

TEST(WaitingRoutes, AreFinishedBeforeTheServerEnds) {
    Slow route;
    TestServer server(route.router());
    RawPeer peer = server.peer();
    peer.send(slow("last"));
    ASSERT_TRUE(eventually([&] { return route.inside == 1; }));
    std::thread ending([&] { server->drain(10ms); });
    std::this_thread::sleep_for(50ms);
    route.go_on.count_down();
    EXPECT_EQ(peer.read().body, "POST /slow last");
    ending.join();
}

// Counts what comes, and waits with its first piece until the test lets it go on.
class SlowSink final : public BodySink {
public:
    explicit SlowSink(Slow& slow) : slow_(slow) {}
    Result<std::optional<base::Ticket>> write(std::string_view piece) override {
        if (bytes_ == 0 && ++slow_.inside == 1) slow_.go_on.wait();
        bytes_ += piece.size();
        if (piece.starts_with("throw")) throw 1;
        return std::nullopt;
    }
    Answer finish() override {
        return Response::json(200, std::to_string(bytes_) +
                                       (std::this_thread::get_id() == core_ ? " on the core" : ""));
    }

private:
    Slow& slow_;
    const std::thread::id core_ = std::this_thread::get_id();
    std::size_t bytes_ = 0;
};

TEST(WaitingRoutes, TakeABodyPieceByPieceWhileTheirCoreServesOthers) {
    Slow route;
    Router router = echo_router();
    ASSERT_TRUE(
        router.add({.method = Method::post,
                    .pattern = "/import",
                    .handler = {},
                    .stream_handler = [&](const Request&) -> Result<std::unique_ptr<BodySink>> {
                        return std::make_unique<SlowSink>(route);
                    },
                    .body_bytes_max = 8 << 20,
                    .waits = true}));
    TestServer server(std::move(router));
    RawPeer waiting = server.peer();
    RawPeer other = server.peer();
    waiting.send("POST /import HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 20; ++i) waiting.send("3e8\r\n" + std::string(1'000, 'x') + "\r\n");
    waiting.send("0\r\n\r\n" + get("/echo?behind"));
    ASSERT_TRUE(eventually([&] { return route.inside == 1; }));
    EXPECT_EQ(other.ask(get("/echo")).status, 200U);
    EXPECT_EQ(server->stats().requests_in_flight, 1U);
    route.go_on.count_down();
    EXPECT_EQ(waiting.read().body, "20000");
    EXPECT_EQ(waiting.read().body, "GET /echo?behind ");
    EXPECT_EQ(server.peer().ask(post("/import", "throw")).status, 500U);
    EXPECT_EQ(server.peer().ask(post("/import", std::string(3'000'000, 'x'))).body, "3000000");
    EXPECT_TRUE(eventually([&] { return server->stats().requests_in_flight == 0; }));
}

}  // namespace
}  // namespace attune::http::testing
