// What the transport does beside moving bytes: HEAD and OPTIONS, CORS, compression, ids, proxies, streams.
#include "raw_peer.h"

#include "http/gzip.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace attune::http::testing {
namespace {

std::string decoded(const std::string& gzip) {
    Inflater inflater(Coding::gzip, 10'000);
    std::string_view input = gzip;
    std::string out;
    std::vector<char> room(1 << 16);
    while (true) {
        const auto made = inflater.next(input, room);
        if (!made || *made == 0) break;
        out.append(room.data(), *made);
    }
    EXPECT_TRUE(inflater.finish().has_value());
    return out;
}

TEST(Features, AnswerHeadWithoutABody) {
    TestServer server(echo_router());
    RawPeer peer = server.peer();
    const RawAnswer answer = peer.ask("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n", true);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.header("content-length"), "11");
    EXPECT_EQ(peer.ask(get("/echo")).body, "GET /echo ");
}

TEST(Features, SayWhichMethodsAPathHas) {
    TestServer server(echo_router());
    RawPeer peer = server.peer();
    const RawAnswer answer = peer.ask("OPTIONS /items/1 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(answer.status, 204U);
    EXPECT_EQ(answer.header("allow"), "GET, HEAD, POST, PUT, DELETE, OPTIONS");
    EXPECT_EQ(answer.header("content-length"), "");
    EXPECT_EQ(peer.ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").status, 204U);
    EXPECT_EQ(peer.ask("OPTIONS /none HTTP/1.1\r\nHost: a\r\n\r\n").status, 404U);
    EXPECT_EQ(peer.ask("TRACE /echo HTTP/1.1\r\nHost: a\r\n\r\n").status, 405U);
    EXPECT_EQ(peer.ask("BREW /echo HTTP/1.1\r\nHost: a\r\n\r\n").status, 405U);
}

TEST(Cors, AllowsListedOriginsAndOpenRoutesAndNeverCredentials) {
    ServerOptions options = quick_options();
    options.cors_origins = {"https://app.example"};
    Router router = echo_router();
    EXPECT_TRUE(router.add({.method = Method::post,
                            .pattern = "/track",
                            .handler = echo,
                            .stream_handler = {},
                            .any_origin = true}));
    TestServer server(std::move(router), options);
    RawPeer peer = server.peer();
    const RawAnswer listed = peer.ask(get("/echo", "Origin: https://app.example\r\n"));
    EXPECT_EQ(listed.header("access-control-allow-origin"), "https://app.example");
    EXPECT_EQ(listed.header("vary"), "Origin");
    EXPECT_EQ(listed.header("access-control-allow-credentials"), "");
    EXPECT_EQ(listed.header("access-control-expose-headers"),
              "ETag, Idempotency-Replayed, Link, Location, Retry-After, WWW-Authenticate, "
              "X-RateLimit-Reset, X-Request-Id");
    const RawAnswer foreign = peer.ask(get("/echo", "Origin: https://evil.example\r\n"));
    EXPECT_EQ(foreign.header("access-control-allow-origin"), "");
    EXPECT_EQ(foreign.header("vary"), "Origin");
    EXPECT_EQ(peer.ask(get("/echo")).header("vary"), "Origin");
    EXPECT_EQ(peer.ask(post("/track", "", "Origin: https://any.example\r\n"))
                  .header("access-control-allow-origin"),
              "*");

    const RawAnswer preflight = peer.ask(
        "OPTIONS /track HTTP/1.1\r\nHost: a\r\nOrigin: https://any.example\r\n"
        "Access-Control-Request-Method: POST\r\n"
        "Access-Control-Request-Headers: authorization, content-type, b\xC3\xA4\r\n\r\n");
    EXPECT_EQ(preflight.status, 204U);
    EXPECT_EQ(preflight.header("access-control-allow-origin"), "*");
    EXPECT_EQ(preflight.header("access-control-allow-methods"), "POST, OPTIONS");
    EXPECT_EQ(preflight.header("access-control-allow-headers"), "authorization, content-type");
    const RawAnswer refused = peer.ask(
        "OPTIONS /echo HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\n"
        "Access-Control-Request-Method: GET\r\n\r\n");
    EXPECT_EQ(refused.header("access-control-allow-origin"), "");
    EXPECT_EQ(refused.header("access-control-allow-methods"), "");
}

TEST(Compression, IsForLargeTextThatNamesNoBytes) {
    const std::string text(5'000, 'x');
    Router router;
    add(router, Method::get, "/text",
        [&](const Request&) { return Answer(Response::json(200, text)); });
    add(router, Method::get, "/small",
        [&](const Request&) { return Answer(Response::json(200, "{}")); });
    add(router, Method::get, "/tagged",
        [&](const Request&) { return Answer(Response::json(200, text).with("ETag", "\"1\"")); });
    TestServer server(std::move(router));
    RawPeer peer = server.peer();
    const RawAnswer packed = peer.ask(get("/text", "Accept-Encoding: br;q=1, gzip;q=0.5\r\n"));
    EXPECT_EQ(packed.header("content-encoding"), "gzip");
    EXPECT_EQ(packed.header("vary"), "Accept-Encoding");
    EXPECT_LT(packed.body.size(), 200U);
    EXPECT_EQ(decoded(packed.body), text);
    const RawAnswer plain = peer.ask(get("/text"));
    EXPECT_EQ(plain.body, text);
    EXPECT_EQ(plain.header("vary"), "Accept-Encoding");
    EXPECT_EQ(peer.ask(get("/text", "Accept-Encoding: gzip;q=0\r\n")).header("content-encoding"),
              "");
    EXPECT_EQ(peer.ask(get("/small", "Accept-Encoding: gzip\r\n")).header("content-encoding"), "");
    EXPECT_EQ(peer.ask(get("/tagged", "Accept-Encoding: gzip\r\n")).header("content-encoding"), "");
}

TEST(Ids, AreKeptWhenSaneAndMadeOtherwise) {
    TestServer server(echo_router());
    RawPeer peer = server.peer();
    EXPECT_EQ(peer.ask(get("/echo", "X-Request-Id: my-id_1\r\n")).header("x-request-id"),
              "my-id_1");
    for (const std::string& insane : {std::string("has space"), std::string(129, 'x'),
                                      std::string("caf\xC3\xA9"), std::string()}) {
        const std::string made =
            peer.ask(get("/echo", "X-Request-Id: " + insane + "\r\n")).header("x-request-id");
        EXPECT_EQ(made.size(), 32U) << insane;
        EXPECT_NE(made, peer.ask(get("/echo")).header("x-request-id"));
    }
}

TEST(Ids, TakeTheTraceFromAValidTraceparentOnly) {
    Router router;
    add(router, Method::get, "/trace", [](const Request& request) {
        return Answer(Response::json(200, std::string(request.trace_id)));
    });
    TestServer server(std::move(router));
    RawPeer peer = server.peer();
    const std::string trace = "0af7651916cd43dd8448eb211c80319c";
    const std::string parent = "b7ad6b7169203331";
    const std::vector<std::pair<std::string, bool>> cases{
        {"00-" + trace + "-" + parent + "-01", true},
        {" \t00-" + trace + "-" + parent + "-00 ", true},
        {"00-" + trace + "-" + parent + "-ff", true},
        {"cc-" + trace + "-" + parent + "-01", true},
        {"cc-" + trace + "-" + parent + "-01-what-comes-later", true},
        {"cc-" + trace + "-" + parent + "-01.what", false},
        {"00-" + trace + "-" + parent + "-01-more", false},
        {"ff-" + trace + "-" + parent + "-01", false},
        {"0g-" + trace + "-" + parent + "-01", false},
        {"00-0AF7651916CD43DD8448EB211C80319C-" + parent + "-01", false},
        {"00-" + std::string(32, '0') + "-" + parent + "-01", false},
        {"00-" + trace + "-" + std::string(16, '0') + "-01", false},
        {"00-" + trace + "-" + parent + "-0G", false},
        {"00-" + trace + "-" + parent + "-0", false},
        {"00_" + trace + "-" + parent + "-01", false},
        {"", false},
    };
    for (const auto& [text, valid] : cases) {
        const std::string used = peer.ask(get("/trace", "traceparent: " + text + "\r\n")).body;
        EXPECT_EQ(used.size(), 32U) << text;
        EXPECT_EQ(used == trace, valid) << text;
    }
    const std::string twice = "traceparent: 00-" + trace + "-" + parent + "-01\r\n";
    EXPECT_NE(peer.ask(get("/trace", twice + twice)).body, trace);
}

TEST(Proxies, AreBelievedOnlyWhenTrusted) {
    Router router;
    add(router, Method::get, "/peer", [](const Request& request) {
        return Answer(Response::json(200, std::string(request.peer) + (request.tls ? " tls" : "")));
    });
    ServerOptions options = quick_options();
    options.trusted_proxies = {"127.0.0.0/8", "10.0.0.1"};
    TestServer trusting(std::move(router), options);
    RawPeer peer = trusting.peer();
    EXPECT_EQ(peer.ask(get("/peer")).body, "127.0.0.1");
    EXPECT_EQ(
        peer.ask(get("/peer", "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n")).body,
        "203.0.113.9 tls");
    // Only what stands to the right of the first stranger is known to be true.
    EXPECT_EQ(peer.ask(get("/peer", "X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.1\r\n")).body,
              "203.0.113.9");
    EXPECT_EQ(
        peer.ask(get("/peer", "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2001:db8::1\r\n")).body,
        "2001:db8::1");
    EXPECT_EQ(peer.ask(get("/peer", "X-Forwarded-For: nonsense\r\n")).body, "127.0.0.1");

    Router other;
    add(other, Method::get, "/peer", [](const Request& request) {
        return Answer(Response::json(200, std::string(request.peer)));
    });
    TestServer suspicious(std::move(other));
    EXPECT_EQ(suspicious.peer().ask(get("/peer", "X-Forwarded-For: 203.0.113.9\r\n")).body,
              "127.0.0.1");
}

TEST(Handlers, ThatThrowAnswer500AndCostNothingElse) {
    Router router = echo_router();
    add(router, Method::get, "/throw",
        [](const Request&) -> Answer { throw std::runtime_error("secret"); });
    TestServer server(std::move(router));
    RawPeer peer = server.peer();
    const RawAnswer answer = peer.ask(get("/throw"));
    EXPECT_EQ(answer.status, 500U);
    EXPECT_EQ(answer.body.find("secret"), std::string::npos);
    EXPECT_EQ(peer.ask(get("/echo")).status, 200U);
}

TEST(Handlers, CannotBreakTheHead) {
    Router router;
    add(router, Method::get, "/inject", [](const Request&) {
        return Answer(Response::json(200, "{}")
                          .with("X-A", "1\r\nX-Evil: 1")
                          .with("Bad name", "1")
                          .with("Content-Length", "999"));
    });
    TestServer server(std::move(router));
    const RawAnswer answer = server.peer().ask(get("/inject"));
    EXPECT_EQ(answer.header("x-a"), "1  X-Evil: 1");
    EXPECT_EQ(answer.header("x-evil"), "");
    EXPECT_EQ(answer.header("content-length"), "2");
}

TEST(Handlers, KeepWhatTheyLikeOnTheirConnection) {
    Router router;
    add(router, Method::get, "/count", [](const Request& request) {
        const int count = request.slot->has_value() ? std::any_cast<int>(*request.slot) + 1 : 1;
        *request.slot = count;
        return Answer(Response::json(200, std::to_string(count)));
    });
    TestServer server(std::move(router));
    RawPeer peer = server.peer();
    EXPECT_EQ(peer.ask(get("/count")).body, "1");
    EXPECT_EQ(peer.ask(get("/count")).body, "2");
    EXPECT_EQ(server.peer().ask(get("/count")).body, "1");
}

TEST(Continue, IsSentOnlyWhenTheBodyIsWanted) {
    TestServer server(echo_router());
    RawPeer peer = server.peer();
    peer.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    EXPECT_EQ(peer.read().status, 100U);
    EXPECT_EQ(peer.ask("hello").body, "POST /echo hello");
    EXPECT_EQ(peer.ask("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: "
                       "9999999\r\n\r\n")
                  .status,
              413U);
    RawPeer other = server.peer();
    EXPECT_EQ(other
                  .ask("POST /none HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: "
                       "5\r\n\r\n")
                  .status,
              404U);
}

TEST(Responses, OfEverySizeArriveWhole) {
    Router router;
    add(router, Method::get, "/size", [](const Request& request) {
        const std::size_t size = std::stoul(*request.query_param("n"));
        Response response;
        response.content_type = "application/octet-stream";
        if (request.query_param("shared"))
            response.shared_body = std::make_shared<const std::string>(size, 's');
        else
            response.body = std::string(size, 'b');
        return Answer(std::move(response));
    });
    TestServer server(std::move(router));
    RawPeer peer = server.peer();
    std::string pipeline;
    const std::vector<std::size_t> sizes{0, 1, 16'000, 65'535, 65'536, 65'537, 3'000'000, 10};
    for (const std::size_t size : sizes)
        pipeline +=
            get("/size?n=" + std::to_string(size)) + get("/size?shared&n=" + std::to_string(size));
    peer.send(pipeline);
    for (const std::size_t size : sizes) {
        EXPECT_EQ(peer.read().body, std::string(size, 'b')) << size;
        EXPECT_EQ(peer.read().body, std::string(size, 's')) << size;
    }
}

class Numbers final : public BodySource {
public:
    explicit Numbers(int count, int throw_at = -1) : count_(count), throw_at_(throw_at) {}
    std::optional<std::string> next() override {
        if (at_ == throw_at_) throw std::runtime_error("broken source");
        if (at_ == count_) return std::nullopt;
        ++at_;
        return at_ % 10 == 0 ? std::string() : std::to_string(at_) + "\n";
    }

private:
    int count_;
    int throw_at_;
    int at_ = 0;
};

Router number_router() {
    Router router = echo_router();
    for (const int throw_at : {-1, 5'000}) {
        add(router, Method::get, throw_at < 0 ? "/numbers" : "/broken", [throw_at](const Request&) {
            Response response;
            response.content_type = "application/x-ndjson";
            response.stream = std::make_unique<Numbers>(100'000, throw_at);
            return Answer(std::move(response));
        });
    }
    return router;
}

TEST(Streams, GoOutInChunksAndToOldPeersUntilTheEnd) {
    TestServer server(number_router());
    std::string expected;
    for (int i = 1; i <= 100'000; ++i)
        if (i % 10 != 0) expected += std::to_string(i) + "\n";
    RawPeer peer = server.peer();
    const RawAnswer chunked = peer.ask(get("/numbers"));
    EXPECT_EQ(chunked.header("transfer-encoding"), "chunked");
    EXPECT_EQ(chunked.body, expected);
    EXPECT_EQ(peer.ask(get("/echo")).status, 200U);
    const RawAnswer old = server.peer().ask("GET /numbers HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.header("transfer-encoding"), "");
    EXPECT_EQ(old.body, expected);
    EXPECT_EQ(peer.ask("HEAD /numbers HTTP/1.1\r\nHost: a\r\n\r\n", true).status, 200U);
    EXPECT_EQ(peer.ask(get("/echo")).status, 200U);
}

TEST(Streams, ThatBreakAreSeenToBeIncomplete) {
    TestServer server(number_router());
    RawPeer peer = server.peer();
    peer.send(get("/broken"));
    EXPECT_FALSE(peer.read_all().ends_with("0\r\n\r\n"));
}

// Counts bytes; waits for a ticket of its own after each piece; refuses what holds "bad".
class CountingSink final : public BodySink {
public:
    explicit CountingSink(std::vector<base::TicketIssuer>& issuers) : issuers_(issuers) {}
    Result<std::optional<base::Ticket>> write(std::string_view piece) override {
        if (piece.find("bad") != std::string_view::npos) return fail_field("/1", "bad");
        bytes_ += piece.size();
        issuers_.emplace_back();
        const base::Ticket ticket = issuers_.back().ticket();
        issuers_.back().complete({});
        return ticket;
    }
    Answer finish() override { return Answer(Response::json(200, std::to_string(bytes_))); }

private:
    std::vector<base::TicketIssuer>& issuers_;
    std::size_t bytes_ = 0;
};

TEST(Uploads, AreTakenPieceByPiece) {
    std::vector<base::TicketIssuer> issuers;
    Router router = echo_router();
    EXPECT_TRUE(router.add(
        {.method = Method::post,
         .pattern = "/import",
         .handler = {},
         .stream_handler = [&](const Request& request) -> Result<std::unique_ptr<BodySink>> {
             if (request.header("x-refuse")) return fail(Code::permission_denied, "no");
             return std::make_unique<CountingSink>(issuers);
         },
         .body_bytes_max = 8 << 20}));
    TestServer server(std::move(router));
    RawPeer peer = server.peer();
    EXPECT_EQ(peer.ask(post("/import", std::string(4'000'000, 'x'))).body, "4000000");
    EXPECT_EQ(peer.ask(post("/import", "")).body, "0");
    std::string lines;
    for (int i = 0; lines.size() < 3'000'000; ++i) lines += std::to_string(i * 2654435761U) + "\n";
    EXPECT_EQ(peer.ask(post("/import", gzipped(lines), "Content-Encoding: gzip\r\n")).body,
              std::to_string(lines.size()));
    peer.send("POST /import HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 100; ++i) peer.send("3e8\r\n" + std::string(1'000, 'x') + "\r\n");
    peer.send("0\r\n\r\n" + get("/echo?behind"));
    EXPECT_EQ(peer.read().body, "100000");
    EXPECT_EQ(peer.read().body, "GET /echo?behind ");

    EXPECT_EQ(server.peer().ask(post("/import", "x", "X-Refuse: 1\r\n")).status, 403U);
    const RawAnswer bad = server.peer().ask(post("/import", "bad" + std::string(1'000'000, 'x')));
    EXPECT_EQ(bad.status, 400U);
    EXPECT_TRUE(bad.closes());
    EXPECT_NE(bad.body.find(R"("errors":[{"pointer":"/1","detail":"bad"}])"), std::string::npos);
    EXPECT_EQ(server.peer().ask(post("/import", std::string(9 << 20, 'x'))).status, 413U);
    EXPECT_EQ(server->stats().requests_in_flight, 0U);
}

TEST(Observer, SeesEachExchange) {
    std::vector<std::string> seen;
    ServerOptions options = quick_options();
    options.observe = [&](const ServerOptions::Exchange& exchange) {
        seen.push_back(std::string(exchange.request.path) + " " + std::to_string(exchange.status) +
                       " " + (exchange.route != nullptr ? exchange.route->pattern : "-"));
    };
    {
        TestServer server(echo_router(), options);
        RawPeer peer = server.peer();
        static_cast<void>(peer.ask(get("/items/7")));
        static_cast<void>(peer.ask(get("/none")));
        static_cast<void>(peer.ask(post("/echo", std::string(100'000, 'x'))));
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"/items/7 200 /items/{id}", "/none 404 -",
                                              "/echo 200 /echo"}));
}

}  // namespace
}  // namespace attune::http::testing
