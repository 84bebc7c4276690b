// Answers that go on: what happens reaches whoever listens, and the stream ends with the peer, the feed or the server.
#include "raw_peer.h"

#include "base/mutex.h"

#include <gtest/gtest.h>
#include <atomic>
#include <stdexcept>
#include <utility>

namespace attune::http::testing {
namespace {

// What a test says to all who listen.
class Newsroom {
public:
    void say(std::string news) {
        base::TicketIssuer due;
        {
            const base::MutexLock lock(mutex_);
            news_ += news;
            due = std::exchange(issuer_, {});
        }
        due.complete({});
    }
    void close() {
        closed = true;
        say({});
    }
    [[nodiscard]] std::string take(std::size_t& from) {
        const base::MutexLock lock(mutex_);
        return news_.substr(std::exchange(from, news_.size()));
    }
    [[nodiscard]] base::Ticket more(std::size_t from) {
        const base::MutexLock lock(mutex_);
        return from < news_.size() || closed ? base::Ticket::done() : issuer_.ticket();
    }

    std::atomic<int> listeners{0};
    std::atomic<int> signs{0};
    std::atomic<bool> closed{false};
    std::atomic<bool> throws{false};
    std::chrono::milliseconds sign_every{60'000};

private:
    base::Mutex mutex_;
    std::string news_ ATTUNE_GUARDED_BY(mutex_);
    base::TicketIssuer issuer_ ATTUNE_GUARDED_BY(mutex_);
};

class Listener final : public Feed {
public:
    explicit Listener(Newsroom& room) : room_(room) { ++room_.listeners; }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() override { --room_.listeners; }

    std::optional<std::string> next() override {
        if (room_.throws) throw std::runtime_error("broken feed");
        std::string news = room_.take(at_);
        if (news.empty() && room_.closed) return std::nullopt;
        return news;
    }
    base::Ticket news() override { return room_.more(at_); }
    std::string_view sign_of_life() const override {
        ++room_.signs;
        return ":\n\n";
    }
    base::Duration sign_every() const override { return room_.sign_every; }

private:
    Newsroom& room_;
    std::size_t at_ = 0;
};

Router feed_router(Newsroom& room) {
    Router router = echo_router();
    add(router, Method::get, "/feed", [&room](const Request&) {
        Response response;
        response.content_type = "text/event-stream";
        response.feed = std::make_unique<Listener>(room);
        return Answer(std::move(response));
    });
    return router;
}

TEST(Feeds, TellEverybodyWhatHappensAsItDoes) {
    Newsroom room;
    TestServer server(feed_router(room));
    RawPeer ann = server.peer();
    RawPeer eve = server.peer();
    EXPECT_EQ(ann.ask(get("/feed"), true).header("transfer-encoding"), "chunked");
    const RawAnswer head = eve.ask(get("/feed"), true);
    EXPECT_EQ(head.header("content-type"), "text/event-stream");
    EXPECT_TRUE(head.closes());
    room.say("first\n");
    EXPECT_EQ(ann.read_until("first\n\r\n"), "6\r\nfirst\n\r\n");
    EXPECT_EQ(eve.read_until("first\n\r\n"), "6\r\nfirst\n\r\n");
    for (int i = 0; i < 200; ++i) room.say("n" + std::to_string(i) + "\n");
    EXPECT_FALSE(ann.read_until("n199\n\r\n").empty());
    EXPECT_FALSE(eve.read_until("n199\n\r\n").empty());
    // A core that tells news still answers everybody else.
    EXPECT_EQ(server.peer().ask(get("/echo")).status, 200U);
}

TEST(Feeds, EndWithTheirFeed) {
    Newsroom room;
    TestServer server(feed_router(room));
    RawPeer peer = server.peer();
    EXPECT_EQ(peer.ask(get("/feed"), true).status, 200U);
    room.close();
    EXPECT_EQ(peer.read_all(), "0\r\n\r\n");
    EXPECT_TRUE(peer.at_end());
    EXPECT_TRUE(eventually([&] { return room.listeners == 0; }));
}

TEST(Feeds, AreGivenUpWhenThePeerLeavesOrSpeaks) {
    Newsroom room;
    TestServer server(feed_router(room));
    {
        RawPeer leaves = server.peer();
        EXPECT_EQ(leaves.ask(get("/feed"), true).status, 200U);
        EXPECT_EQ(room.listeners, 1);
    }
    EXPECT_TRUE(eventually([&] { return room.listeners == 0; }));
    RawPeer speaks = server.peer();
    EXPECT_EQ(speaks.ask(get("/feed"), true).status, 200U);
    speaks.send(get("/echo"));
    EXPECT_EQ(speaks.read_all(), "0\r\n\r\n");
    EXPECT_EQ(room.listeners, 0);
    EXPECT_TRUE(eventually([&] { return server->stats().connections_open == 0; }));
}

TEST(Feeds, ShowSignsOfLifeAndOutliveEveryDeadlineOfARequest) {
    Newsroom room;
    room.sign_every = 30ms;
    ServerOptions options = quick_options();
    options.idle_timeout = options.request_timeout = options.header_timeout =
        options.write_timeout = 40ms;
    TestServer server(feed_router(room), options);
    RawPeer peer = server.peer();
    EXPECT_EQ(peer.ask(get("/feed"), true).status, 200U);
    EXPECT_TRUE(eventually([&] { return room.signs >= 5; }));
    room.say("still here\n");
    EXPECT_TRUE(peer.read_until("still here\n\r\n").starts_with("3\r\n:\n\n\r\n3\r\n:\n\n\r\n"));
}

TEST(Feeds, EndWhenTheServerDrains) {
    Newsroom room;
    TestServer server(feed_router(room));
    RawPeer peer = server.peer();
    EXPECT_EQ(peer.ask(get("/feed"), true).status, 200U);
    server->drain(5s);
    EXPECT_EQ(server->stats().connections_open, 0U);
    EXPECT_EQ(peer.read_all(), "0\r\n\r\n");
}

TEST(Feeds, EndWhenThePeerTakesNothing) {
    Newsroom room;
    ServerOptions options = quick_options();
    options.write_timeout = 100ms;
    TestServer server(feed_router(room), options);
    RawPeer deaf(server.port(), 4096);
    deaf.send(get("/feed"));
    EXPECT_TRUE(eventually([&] { return room.listeners == 1; }));
    room.say(std::string(16 << 20, 'x'));
    EXPECT_TRUE(eventually([&] { return room.listeners == 0; }));
}

TEST(Feeds, ThatBreakAreSeenToBeIncomplete) {
    Newsroom room;
    TestServer server(feed_router(room));
    RawPeer peer = server.peer();
    EXPECT_EQ(peer.ask(get("/feed"), true).status, 200U);
    room.throws = true;
    room.say("x");
    EXPECT_EQ(peer.read_all(), "");
    EXPECT_EQ(room.listeners, 0);
}

TEST(Feeds, ReachOldPeersAndShowTheirHeadAlone) {
    Newsroom room;
    TestServer server(feed_router(room));
    RawPeer old = server.peer();
    EXPECT_EQ(old.ask("GET /feed HTTP/1.0\r\n\r\n", true).header("transfer-encoding"), "");
    room.say("plain\n");
    room.close();
    EXPECT_EQ(old.read_all(), "plain\n");
    RawPeer peer = server.peer();
    EXPECT_EQ(peer.ask("HEAD /feed HTTP/1.1\r\nHost: a\r\n\r\n", true).status, 200U);
    EXPECT_TRUE(peer.at_end());
}

}  // namespace
}  // namespace attune::http::testing
