// Slow peers, tickets that take their time, overload, and the end of the server.
#include "raw_peer.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <atomic>
#include <future>
#include <mutex>
#include <thread>

namespace attune::http::testing {
namespace {

// Tickets that the test completes when it likes.
class Writer {
public:
    Answer accept() {
        const std::lock_guard lock(mutex_);
        issuers_.emplace_back();
        return {Response::json(202, "{}"), issuers_.back().ticket()};
    }
    std::size_t waiting() {
        const std::lock_guard lock(mutex_);
        return issuers_.size();
    }
    void complete_all(const Result<void>& outcome = {}) {
        std::vector<base::TicketIssuer> issuers;
        {
            const std::lock_guard lock(mutex_);
            issuers.swap(issuers_);
        }
        for (base::TicketIssuer& issuer : issuers) issuer.complete(outcome);
    }

private:
    std::mutex mutex_;
    std::vector<base::TicketIssuer> issuers_;
};

Router writing_router(Writer& writer) {
    Router router = echo_router();
    add(router, Method::post, "/write", [&](const Request&) { return writer.accept(); });
    EXPECT_TRUE(router.add({.method = Method::post,
                            .pattern = "/erase",
                            .handler = [&](const Request&) { return writer.accept(); },
                            .stream_handler = {},
                            .always = true}));
    return router;
}

ServerOptions hasty_options() {
    ServerOptions options = quick_options();
    options.header_timeout = 150ms;
    options.body_timeout = 150ms;
    options.idle_timeout = 150ms;
    options.write_timeout = 150ms;
    options.request_timeout = 150ms;
    return options;
}

TEST(Deadlines, EndAHeadThatDripsWith408) {
    TestServer server(echo_router(), hasty_options());
    RawPeer peer = server.peer();
    const auto begun = std::chrono::steady_clock::now();
    // Each byte is new, and none of them buys time.
    std::thread dripping([&] {
        for (char c : std::string("GET /echo HTTP/1.1\r\nX-Slow: ") + std::string(200, 'x')) {
            if (!peer.send({&c, 1})) return;
            std::this_thread::sleep_for(5ms);
        }
    });
    EXPECT_EQ(peer.read().status, 408U);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 900ms);
    dripping.join();
    EXPECT_EQ(server->stats().timeouts_total, 1U);
}

TEST(Deadlines, CloseIdleConnectionsWithoutAWord) {
    TestServer server(echo_router(), hasty_options());
    RawPeer silent = server.peer();
    RawPeer served = server.peer();
    EXPECT_EQ(served.ask(get("/echo")).status, 200U);
    EXPECT_TRUE(silent.at_end());
    EXPECT_TRUE(served.at_end());
    EXPECT_TRUE(eventually([&] { return server->stats().connections_open == 0; }));
}

TEST(Deadlines, EndABodyThatStopsOrCrawlsWith408) {
    ServerOptions options = hasty_options();
    TestServer stopping(echo_router(), options);
    RawPeer peer = stopping.peer();
    EXPECT_EQ(peer.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nsome").status,
              408U);

    options.body_timeout = 5s;
    options.body_bytes_per_second_min = 10'000;
    TestServer crawling(echo_router(), options);
    RawPeer slow = crawling.peer();
    slow.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    std::thread dripping([&] {
        for (int i = 0; i < 200 && slow.send("x"); ++i) std::this_thread::sleep_for(5ms);
    });
    const RawAnswer answer = slow.read();
    EXPECT_EQ(answer.status, 408U);
    EXPECT_TRUE(answer.closes());
    dripping.join();
}

TEST(Deadlines, GiveUpOnAPeerThatDoesNotRead) {
    Router router;
    const auto large = std::make_shared<const std::string>(16 << 20, 'x');
    add(router, Method::get, "/large", [large](const Request&) {
        Response response;
        response.shared_body = large;
        return Answer(std::move(response));
    });
    TestServer server(std::move(router), hasty_options());
    RawPeer peer(server.port(), 4096);
    peer.send(get("/large"));
    EXPECT_TRUE(eventually([&] { return server->stats().timeouts_total == 1; }));
    EXPECT_TRUE(eventually([&] { return server->stats().connections_open == 0; }));
}

TEST(Tickets, HoldTheAnswerUntilTheWriteIsDone) {
    Writer writer;
    TestServer server(writing_router(writer));
    RawPeer peer = server.peer();
    peer.send(get("/echo?before") + post("/write", "x") + get("/echo?after"));
    EXPECT_EQ(peer.read().body, "GET /echo?before ");  // does not wait for what came later
    EXPECT_TRUE(eventually([&] { return writer.waiting() == 1; }));
    EXPECT_TRUE(eventually([&] { return server->stats().requests_in_flight == 1; }));
    writer.complete_all();
    EXPECT_EQ(peer.read().status, 202U);
    EXPECT_EQ(peer.read().body, "GET /echo?after ");
    EXPECT_EQ(server->stats().requests_in_flight, 0U);
}

TEST(Tickets, SayWhatFailed) {
    Writer writer;
    Router router = writing_router(writer);
    add(router, Method::post, "/custom", [&](const Request&) {
        Answer answer = writer.accept();
        answer.on_failure = [](const Error&) { return Response::json(418, "{}"); };
        return answer;
    });
    add(router, Method::post, "/done",
        [](const Request&) { return Answer(Response::json(201, "{}"), base::Ticket::done()); });
    TestServer server(std::move(router));
    RawPeer peer = server.peer();
    EXPECT_EQ(peer.ask(post("/done", "")).status, 201U);
    peer.send(post("/write", ""));
    EXPECT_TRUE(eventually([&] { return writer.waiting() == 1; }));
    writer.complete_all(fail(Code::resource_exhausted, "The disk is full.", "disk_full"));
    const RawAnswer full = peer.read();
    EXPECT_EQ(full.status, 507U);
    EXPECT_EQ(full.header("retry-after"), "60");
    EXPECT_NE(full.body.find("urn:attune:problem:disk_full"), std::string::npos);
    peer.send(post("/custom", ""));
    EXPECT_TRUE(eventually([&] { return writer.waiting() == 1; }));
    writer.complete_all(fail(Code::internal, "secret path /x"));
    EXPECT_EQ(peer.read().status, 418U);
    peer.send(post("/write", ""));
    EXPECT_TRUE(eventually([&] { return writer.waiting() == 1; }));
    writer.complete_all(fail(Code::internal, "secret path /x"));
    const RawAnswer inner = peer.read();
    EXPECT_EQ(inner.status, 500U);
    EXPECT_EQ(inner.body.find("secret"), std::string::npos);
}

TEST(Tickets, TurnInto504AndMayCompleteLater) {
    Writer writer;
    TestServer server(writing_router(writer), hasty_options());
    RawPeer peer = server.peer();
    EXPECT_EQ(peer.ask(post("/write", "x")).status, 504U);
    writer.complete_all();
    EXPECT_EQ(peer.ask(get("/echo")).status, 200U);
}

TEST(Tickets, OutliveTheServer) {
    Writer writer;
    {
        TestServer server(writing_router(writer));
        RawPeer peer = server.peer();
        peer.send(post("/write", "x"));
        EXPECT_TRUE(eventually([&] { return writer.waiting() == 1; }));
    }
    writer.complete_all();
}

TEST(Overload, IsAnsweredAtOnceExceptWhereItMustNotBe) {
    Writer writer;
    ServerOptions options = quick_options();
    options.requests_in_flight_max = 2;
    TestServer server(writing_router(writer), options);
    std::vector<RawPeer> waiting;
    for (int i = 0; i < 2; ++i) {
        waiting.push_back(server.peer());
        waiting.back().send(post("/write", "x"));
    }
    EXPECT_TRUE(eventually([&] { return server->stats().requests_in_flight == 2; }));
    RawPeer peer = server.peer();
    const RawAnswer shed = peer.ask(post("/write", "x"));
    EXPECT_EQ(shed.status, 503U);
    EXPECT_EQ(shed.header("retry-after"), "1");
    EXPECT_FALSE(shed.closes());
    EXPECT_EQ(server->stats().requests_shed, 1U);
    peer.send(post("/erase", "x"));
    EXPECT_TRUE(eventually([&] { return writer.waiting() == 3; }));
    writer.complete_all();
    EXPECT_EQ(peer.read().status, 202U);
    for (RawPeer& one : waiting) EXPECT_EQ(one.read().status, 202U);
}

TEST(Overload, RefusesConnectionsBeyondTheLimits) {
    ServerOptions options = quick_options();
    options.connections_per_peer_max = 2;
    TestServer server(echo_router(), options);
    std::vector<RawPeer> open;
    for (int i = 0; i < 2; ++i) {
        open.push_back(server.peer());
        EXPECT_EQ(open.back().ask(get("/echo")).status, 200U);
    }
    RawPeer third = server.peer();
    const RawAnswer refused = third.read();
    EXPECT_EQ(refused.status, 503U);
    EXPECT_EQ(refused.header("retry-after"), "1");
    EXPECT_EQ(refused.body.back(), '}');
    EXPECT_EQ(server->stats().connections_refused, 1U);
    open.pop_back();
    EXPECT_TRUE(eventually([&] { return server->stats().connections_open == 1; }));
    EXPECT_EQ(server.peer().ask(get("/echo")).status, 200U);
}

TEST(Drain, AnswersWhatRunsAndClosesWhatIsIdle) {
    Writer writer;
    ServerOptions options = quick_options();
    options.threads = 2;
    TestServer server(writing_router(writer), options);
    RawPeer idle = server.peer();
    EXPECT_EQ(idle.ask(get("/echo")).status, 200U);
    RawPeer running = server.peer();
    running.send(post("/write", "x"));
    EXPECT_TRUE(eventually([&] { return writer.waiting() == 1; }));
    auto drained = std::async(std::launch::async, [&] { server->drain(10s); });
    EXPECT_TRUE(idle.at_end());
    writer.complete_all();
    const RawAnswer answer = running.read();
    EXPECT_EQ(answer.status, 202U);
    EXPECT_TRUE(answer.closes());
    drained.get();
    EXPECT_EQ(server->stats().connections_open, 0U);
}

TEST(Drain, EndsAfterItsPatience) {
    Writer writer;
    TestServer server(writing_router(writer));
    RawPeer running = server.peer();
    running.send(post("/write", "x"));
    EXPECT_TRUE(eventually([&] { return writer.waiting() == 1; }));
    server->drain(30ms);
    EXPECT_TRUE(running.at_end());
    EXPECT_EQ(server->stats().connections_open, 0U);
}

TEST(Drain, LosesNoAnswerUnderLoad) {
    ServerOptions options = quick_options();
    options.threads = 2;
    std::atomic<int> handled{0};
    Router router;
    add(router, Method::get, "/count", [&](const Request&) {
        ++handled;
        return Answer(Response::json(200, "{}"));
    });
    TestServer server(std::move(router), options);
    std::atomic<int> answered{0};
    std::atomic<bool> wrong{false};
    std::vector<std::thread> callers;
    for (int i = 0; i < 8; ++i) {
        callers.emplace_back([&, peer = server.peer()]() mutable {
            while (true) {
                const RawAnswer answer = peer.ask(get("/count"));
                if (answer.status == 0) return;
                if (answer.status != 200) wrong = true;
                ++answered;
                if (answer.closes()) return;
            }
        });
    }
    EXPECT_TRUE(eventually([&] { return answered > 200; }));
    server->drain(10s);
    for (std::thread& caller : callers) caller.join();
    EXPECT_FALSE(wrong);
    EXPECT_EQ(handled, answered);
}

TEST(Peers, ThatCloseOneHalfAreStillAnswered) {
    Writer writer;
    TestServer server(writing_router(writer));
    RawPeer peer = server.peer();
    peer.send(get("/echo?1") + post("/write", "x"));
    peer.end_output();
    EXPECT_EQ(peer.read().body, "GET /echo?1 ");
    EXPECT_TRUE(eventually([&] { return writer.waiting() == 1; }));
    writer.complete_all();
    EXPECT_EQ(peer.read().status, 202U);
    EXPECT_TRUE(peer.at_end());
}

TEST(Peers, ThatVanishInTheMiddleCostNothing) {
    Writer writer;
    TestServer server(writing_router(writer));
    for (std::string_view part :
         {"GET /ec", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhel",
          "POST /write HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"}) {
        RawPeer peer = server.peer();
        peer.send(part);
        const linger reset{1, 0};
        ::setsockopt(peer.descriptor(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    EXPECT_TRUE(eventually([&] { return server->stats().connections_total == 3; }));
    writer.complete_all();
    EXPECT_TRUE(eventually([&] {
        writer.complete_all();
        return server->stats().connections_open == 0;
    }));
}

}  // namespace
}  // namespace attune::http::testing
