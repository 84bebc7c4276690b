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

}  // namespace
}  // namespace attune::http::testing
