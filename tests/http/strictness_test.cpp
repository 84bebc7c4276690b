// What no request may look like, what is too large, and that none of it depends on how the bytes were cut.
#include "raw_peer.h"

#include <gtest/gtest.h>

namespace attune::http::testing {
namespace {

std::string raw(std::string_view middle, std::string_view body = "") {
    return "POST /echo HTTP/1.1\r\nHost: a\r\n" + std::string(middle) + "\r\n" + std::string(body);
}

struct Case {
    std::string name;
    std::string bytes;
    unsigned status;
};

// Every one is answered so and the connection closed: where the next request starts cannot be known.
std::vector<Case> hostile_cases() {
    const std::string nul("\0", 1);
    std::vector<Case> cases{
        {"length and chunked",
         raw("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
        {"chunked and length",
         raw("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400},
        {"two lengths that differ", raw("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"),
         400},
        {"two lengths that agree", raw("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400},
        {"a list of lengths", raw("Content-Length: 5, 5\r\n", "hello"), 400},
        {"a signed length", raw("Content-Length: +5\r\n", "hello"), 400},
        {"a negative length", raw("Content-Length: -1\r\n"), 400},
        {"an empty length", raw("Content-Length: \r\n"), 400},
        {"a hexadecimal length", raw("Content-Length: 0x5\r\n", "hello"), 400},
        {"a length beyond 64 bits", raw("Content-Length: 18446744073709551616\r\n"), 400},
        {"an unknown transfer coding", raw("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400},
        {"two transfer codings", raw("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400},
        {"chunked twice",
         raw("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
        {"identity transfer coding", raw("Transfer-Encoding: identity\r\n"), 400},
        {"chunked with a vertical tab", raw("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n"), 400},
        {"a space before the colon", raw("Content-Length : 5\r\n", "hello"), 400},
        {"a tab before the colon", raw("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n"), 400},
        {"a folded header", raw("X-A: 1\r\n 2\r\n"), 400},
        {"a folded first header", "GET /echo HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        {"line feeds alone", "GET /echo HTTP/1.1\nHost: a\n\n", 400},
        {"a line feed alone later", "GET /echo HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n", 400},
        {"a carriage return alone", "GET /echo HTTP/1.1\r\nHost: a\rX: 1\r\n\r\n", 400},
        {"a NUL in a value", raw("X-A: 1" + nul + "2\r\n"), 400},
        {"a NUL in a name", raw("X-" + nul + "A: 1\r\n"), 400},
        {"a NUL in the target", "GET /ec" + nul + "ho HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"a control character in a value", raw("X-A: 1\x01\r\n"), 400},
        {"a header without a colon", raw("Nonsense\r\n"), 400},
        {"a header without a name", raw(": 1\r\n"), 400},
        {"no host", "GET /echo HTTP/1.1\r\n\r\n", 400},
        {"two hosts", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
        {"a host that is none", "GET /echo HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
        {"a host with a path", "GET /echo HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"an absolute target for another host", "GET http://b/echo HTTP/1.1\r\nHost: a\r\n\r\n",
         400},
        {"an absolute target with a user", "GET http://u@a/echo HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"a tunnel", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"a method that is no token", "GE(T /echo HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"two spaces", "GET  /echo HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"a tab between", "GET\t/echo HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"a space in the target", "GET /e cho HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"a backslash in the target", "GET /e\\cho HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"a fragment", "GET /echo#x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"a byte beyond ASCII in the target", "GET /ech\xC3\xB6 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"no version", "GET /echo\r\nHost: a\r\n\r\n", 400},
        {"a lower-case version", "GET /echo http/1.1\r\nHost: a\r\n\r\n", 400},
        {"another version", "GET /echo HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"a greeting of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"a TLS greeting", "\x16\x03\x01\x02\x01", 400},
        {"chunked from HTTP/1.0",
         "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"an unmet expectation", raw("Expect: 200-maybe\r\nContent-Length: 1\r\n", "x"), 417},
        {"an unknown content coding", raw("Content-Encoding: br\r\nContent-Length: 1\r\n", "x"),
         415},
        {"a nested content coding",
         raw("Content-Encoding: gzip, gzip\r\nContent-Length: 1\r\n", "x"), 415},
        {"two content codings",
         raw("Content-Encoding: gzip\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n", "x"),
         415},
        {"a body that is no gzip", raw("Content-Encoding: gzip\r\nContent-Length: 5\r\n", "hello"),
         400},
    };
    for (const auto& [name, chunks] : std::vector<std::pair<std::string, std::string>>{
             {"no size", "\r\nhello\r\n0\r\n\r\n"},
             {"a size that is no number", "g\r\nhello\r\n0\r\n\r\n"},
             {"a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"},
             {"a signed size", "+5\r\nhello\r\n0\r\n\r\n"},
             {"a size of 2^64", "10000000000000000\r\nhello\r\n0\r\n\r\n"},
             {"a size that wraps round to 5",
              "FFFFFFFFFFFFFFFF0000000000000005\r\nhello\r\n0\r\n\r\n"},
             {"two sizes", "5 5\r\nhello\r\n0\r\n\r\n"},
             {"a size before a line feed", "5\nhello\r\n0\r\n\r\n"},
             {"a longer chunk", "5\r\nhello!\r\n0\r\n\r\n"},
             {"a chunk before a line feed", "5\r\nhello\n0\r\n\r\n"},
             {"an extension with a line feed", "5;a\nb\r\nhello\r\n0\r\n\r\n"},
             {"an extension with a NUL", "5;a" + nul + "\r\nhello\r\n0\r\n\r\n"},
             {"a trailer with a space before its colon", "0\r\nX-A : 1\r\n\r\n"},
             {"a folded trailer", "0\r\nX-A: 1\r\n 2\r\n\r\n"},
             {"a last chunk before a line feed", "0\r\n\n"},
             {"endless extensions", "5;" + std::string(10'000, 'x') + "\r\nhello\r\n0\r\n\r\n"},
             {"endless trailers", "0\r\nX: " + std::string(10'000, 'x') + "\r\n\r\n"},
         })
        cases.push_back({"chunks: " + name, raw("Transfer-Encoding: chunked\r\n", chunks), 400});
    return cases;
}

TEST(Strictness, RefusesWhatTwoReadersCouldReadDifferently) {
    TestServer server(echo_router());
    for (const Case& hostile : hostile_cases()) {
        RawPeer peer = server.peer();
        // What is smuggled behind must never be answered.
        peer.send(hostile.bytes + get("/echo?smuggled"));
        const RawAnswer answer = peer.read();
        EXPECT_EQ(answer.status, hostile.status) << hostile.name;
        EXPECT_TRUE(answer.closes()) << hostile.name;
        EXPECT_EQ(answer.body.find("smuggled"), std::string::npos) << hostile.name;
        peer.end_output();
        EXPECT_TRUE(peer.at_end()) << hostile.name;
    }
}

// Without what differs from one answer to the next: the date and the ids made here.
std::string comparable(const RawAnswer& answer) {
    std::string text = answer.head + "\n" + answer.body;
    for (std::string_view varying : {"Date: ", "X-Request-Id: ", "\"request_id\":\""}) {
        const std::size_t at = text.find(varying);
        if (at != std::string::npos)
            text.erase(at, varying.size() + (varying == "Date: " ? 29 : 32));
    }
    return text;
}

TEST(Strictness, AnswersTheSameHoweverTheBytesAreCut) {
    TestServer server(echo_router());
    std::vector<Case> cases = hostile_cases();
    cases.push_back({"a get", get("/echo?a=1"), 200});
    cases.push_back({"a post", post("/echo", "hello"), 200});
    cases.push_back({"chunks",
                     raw("Transfer-Encoding: chunked\r\n",
                         "5;e=\"v\"\r\nhello\r\n00A\r\n, world!!!\r\n0\r\nX-T: 1\r\n\r\n"),
                     200});
    cases.push_back({"gzip", post("/echo", gzipped("hello"), "Content-Encoding: gzip\r\n"), 200});
    cases.push_back({"none there", get("/none"), 404});
    cases.push_back({"a body for nobody", post("/none", "hello"), 404});
    cases.push_back(
        {"a bomb",
         post("/echo", gzipped(std::string(20'000'000, 'x')), "Content-Encoding: gzip\r\n"), 413});
    for (const Case& one : cases) {
        RawPeer whole = server.peer();
        const RawAnswer expected = whole.ask(one.bytes);
        EXPECT_EQ(expected.status, one.status) << one.name;
        RawPeer bytewise = server.peer();
        bytewise.send_bytewise(one.bytes);
        EXPECT_EQ(comparable(bytewise.read()), comparable(expected)) << one.name;
    }
}

TEST(Strictness, HoldsItsLimits) {
    TestServer server(echo_router());
    std::string many;
    for (int i = 0; i < 100; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    std::string chunks;
    for (int i = 0; i < 17; ++i) chunks += chunk;
    const std::vector<Case> cases{
        {"a target of 8 KB", get("/" + std::string(8 * 1024 - 1, 'x')), 404},
        {"a target beyond 8 KB", get("/" + std::string(8 * 1024, 'x')), 414},
        {"a target of 1 MB", get("/" + std::string(1 << 20, 'x')), 414},
        {"a line without end", "GET /" + std::string(9 * 1024, 'x'), 414},
        {"99 headers beside the host",
         "GET /echo HTTP/1.1\r\nHost: a\r\n" + many.substr(0, many.rfind("X-99")) + "\r\n", 200},
        {"101 headers", get("/echo", many), 431},
        {"100,000 headers",
         get("/echo",
             [] {
                 std::string all;
                 for (int i = 0; i < 100'000; ++i) all += "A: b\r\n";
                 return all;
             }()),
         431},
        {"a header of 17 KB", get("/echo", "X: " + std::string(17 * 1024, 'x') + "\r\n"), 431},
        {"a header without end",
         "GET /echo HTTP/1.1\r\nHost: a\r\nX: " + std::string(17 * 1024, 'x'), 431},
        {"a body of 1 MB", post("/echo", std::string(1 << 20, 'x')), 200},
        {"a body beyond 1 MB", post("/echo", std::string((1 << 20) + 1, 'x')), 413},
        {"a body of 10 EB announced", raw("Content-Length: 10000000000000000000\r\n", "x"), 413},
        {"chunks beyond 1 MB", raw("Transfer-Encoding: chunked\r\n", chunks + "0\r\n\r\n"), 413},
        {"gzip of 1 to 1,000",
         post("/echo", gzipped(std::string(900'000, 'x')), "Content-Encoding: gzip\r\n"), 413},
        {"gzip beyond 1 MB",
         post("/echo", gzipped([] {
                  std::string t;
                  for (int i = 0; t.size() < 2 << 20; ++i) t += std::to_string(i * 2654435761U);
                  return t;
              }()),
              "Content-Encoding: gzip\r\n"),
         413},
        {"gzip cut short",
         post("/echo", gzipped("hello").substr(0, 15), "Content-Encoding: gzip\r\n"), 400},
        {"more behind the gzip",
         post("/echo", gzipped("hello") + "xx", "Content-Encoding: gzip\r\n"), 400},
        {"two gzip members",
         post("/echo", gzipped("hello") + gzipped(" you"), "Content-Encoding: gzip\r\n"), 200},
    };
    for (const Case& one : cases) {
        RawPeer peer = server.peer();
        peer.send(one.bytes);
        EXPECT_EQ(peer.read().status, one.status) << one.name;
    }
}

TEST(Strictness, TakesWhatTheStandardAllows) {
    TestServer server(echo_router());
    RawPeer peer = server.peer();
    EXPECT_EQ(
        peer.ask("\r\nGET /echo HTTP/1.1\r\nHost:a\r\nX-Empty:\r\nX-B: \t caf\xC3\xA9 \t\r\n\r\n")
            .status,
        200U);
    EXPECT_EQ(peer.ask("GET http://A/echo?x HTTP/1.1\r\nHost: a\r\n\r\n").body, "GET /echo?x ");
    EXPECT_EQ(peer.ask("GET /echo?a=[1]&b={2}|^` HTTP/1.1\r\nHost: [::1]:80\r\n\r\n").status, 200U);
    EXPECT_EQ(peer.ask("POST /echo HTTP/1.1\r\nHost: a\r\nTRANSFER-ENCODING: Chunked\r\n\r\n5 ; a "
                       "= b\r\nhello\r\n0\r\n\r\n")
                  .body,
              "POST /echo hello");
    const RawAnswer old = peer.ask("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(old.header("connection"), "keep-alive");
    EXPECT_TRUE(peer.ask("GET /echo HTTP/1.0\r\n\r\n").closes());
    EXPECT_TRUE(peer.at_end());
    RawPeer closing = server.peer();
    EXPECT_TRUE(closing.ask(get("/echo", "Connection: x, Close\r\n")).closes());
    EXPECT_TRUE(closing.at_end());
}

}  // namespace
}  // namespace attune::http::testing
