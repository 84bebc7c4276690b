// The client against the server, over plain TCP and TLS; certificates that change while the server runs.
#include "http/client.h"

#include "certificates.h"
#include "http/tls.h"
#include "raw_peer.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <mutex>

namespace attune::http::testing {
namespace {

std::string url(const TestServer& server, const char* scheme = "http") {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(server.port());
}

class LineSource final : public BodySource {
public:
    std::optional<std::string> next() override {
        if (at_ == 20'000) return std::nullopt;
        return "line " + std::to_string(at_++) + "\n";
    }

private:
    int at_ = 0;
};

class LengthSink final : public BodySink {
public:
    Result<std::optional<base::Ticket>> write(std::string_view piece) override {
        length_ += piece.size();
        if (length_ > 1'000'000) return fail(Code::resource_exhausted, "enough", "rate_limited");
        return std::nullopt;
    }
    Answer finish() override { return Answer(Response::json(200, std::to_string(length_))); }

private:
    std::size_t length_ = 0;
};

Router client_router() {
    Router router = echo_router();
    add(router, Method::get, "/lines", [](const Request&) {
        Response response;
        response.stream = std::make_unique<LineSource>();
        return Answer(std::move(response));
    });
    add(router, Method::get, "/text",
        [](const Request&) { return Answer(Response::json(200, std::string(100'000, 'x'))); });
    add(router, Method::get, "/close", [](const Request&) {
        Response response = Response::json(200, "{}");
        response.close = true;
        return Answer(std::move(response));
    });
    add(router, Method::get, "/encoding", [](const Request& request) {
        return Answer(Response::json(200, std::string(request.header("x-key").value_or("none"))));
    });
    EXPECT_TRUE(
        router.add({.method = Method::post,
                    .pattern = "/import",
                    .handler = {},
                    .stream_handler = [](const Request&) -> Result<std::unique_ptr<BodySink>> {
                        return std::make_unique<LengthSink>();
                    },
                    .body_bytes_max = 1 << 30}));
    return router;
}

TEST(Client, SendsReceivesAndReusesItsConnection) {
    TestServer server(client_router());
    Client client(url(server), {.headers = {{"X-Key", "secret"}}});
    for (int i = 0; i < 3; ++i) {
        const auto response = client.send(Method::post, "/echo", {}, "hello");
        ASSERT_TRUE(response.has_value()) << response.error().message;
        EXPECT_EQ(response->status, 200U);
        EXPECT_EQ(response->body, "POST /echo hello");
        EXPECT_EQ(response->header("content-type"), "text/plain");
    }
    EXPECT_EQ(client.send(Method::get, "/encoding")->body, "secret");
    EXPECT_EQ(client.send(Method::get, "/text")->body, std::string(100'000, 'x'));
    EXPECT_EQ(client.send(Method::head, "/text")->body, "");
    EXPECT_EQ(client.send(Method::del, "/items/7")->body, "DELETE /items/7 id=7 ");
    EXPECT_EQ(client.send(Method::get, "/none")->status, 404U);
    EXPECT_EQ(server->stats().connections_total, 1U);
    EXPECT_EQ(client.send(Method::get, "/close")->status, 200U);
    EXPECT_EQ(client.send(Method::get, "/echo")->status, 200U);
    EXPECT_EQ(server->stats().connections_total, 2U);
}

TEST(Client, CompressesWhatItSends) {
    TestServer server(client_router());
    Client client(url(server), {.gzip_requests = true});
    const std::string body(50'000, 'y');
    EXPECT_EQ(client.send(Method::post, "/echo", {}, body)->body, "POST /echo " + body);
}

TEST(Client, StreamsBothWays) {
    TestServer server(client_router());
    Client client(url(server));
    int left = 500;
    const auto uploaded =
        client.upload(Method::post, "/import", {}, [&]() -> std::optional<std::string> {
            if (left-- == 0) return std::nullopt;
            return std::string(1'000, 'x');
        });
    ASSERT_TRUE(uploaded.has_value()) << uploaded.error().message;
    EXPECT_EQ(uploaded->body, "500000");
    std::size_t lines = 0;
    const auto downloaded = client.download("/lines", {}, [&](std::string_view piece) {
        lines += static_cast<std::size_t>(std::ranges::count(piece, '\n'));
        return true;
    });
    ASSERT_TRUE(downloaded.has_value()) << downloaded.error().message;
    EXPECT_EQ(lines, 20'000U);
    EXPECT_EQ(server->stats().connections_total, 1U);
}

TEST(Client, HearsARefusalInTheMiddleOfAnUpload) {
    TestServer server(client_router());
    Client client(url(server));
    const auto refused = client.upload(Method::post, "/import", {},
                                       [] { return std::optional(std::string(10'000, 'x')); });
    ASSERT_TRUE(refused.has_value()) << refused.error().message;
    EXPECT_EQ(refused->status, 429U);
    EXPECT_EQ(client.send(Method::get, "/echo")->status, 200U);
}

TEST(Client, SaysWhatFailed) {
    EXPECT_EQ(Client("ftp://x").send(Method::get, "/").error().code, Code::invalid_argument);
    EXPECT_EQ(Client("http://a b").send(Method::get, "/").error().code, Code::invalid_argument);
    EXPECT_EQ(Client("http://127.0.0.1:99999").send(Method::get, "/").error().code,
              Code::invalid_argument);
    std::string gone;
    {
        TestServer server(client_router());
        gone = url(server);
        Client client(gone, {.response_bytes_max = 1'000});
        EXPECT_EQ(client.send(Method::get, "/text").error().reason, "too_large");
        EXPECT_EQ(client.send(Method::get, "no path").error().code, Code::invalid_argument);
        EXPECT_EQ(client.send(Method::get, "/echo", {{"X", "a\r\nb"}}).error().code,
                  Code::invalid_argument);
        EXPECT_EQ(client.send(Method::get, "/echo")->status, 200U);
    }
    EXPECT_EQ(Client(gone).send(Method::get, "/echo").error().code, Code::unavailable);
}

TEST(Client, GivesUpInTime) {
    std::vector<base::TicketIssuer> issuers;
    Router router;
    add(router, Method::get, "/never", [&](const Request&) {
        issuers.emplace_back();
        return Answer(Response::json(200, "{}"), issuers.back().ticket());
    });
    TestServer server(std::move(router));
    Client client(url(server), {.io_timeout = 50ms});
    EXPECT_EQ(client.send(Method::get, "/never").error().code, Code::deadline_exceeded);
}

struct TlsSetUp {
    Folder folder;
    std::string certificate = folder.file("certificate.pem");
    std::string key = folder.file("key.pem");
    std::mutex mutex;
    std::vector<std::string> notices;

    TlsSetUp() { write_certificate(certificate, key, "first"); }
    ServerOptions options() {
        ServerOptions options = quick_options();
        options.tls = {.certificate_file = certificate, .key_file = key, .check_interval = 20ms};
        options.header_timeout = 1s;  // makes the wheel turn ten times a second
        options.notice = [this](std::string_view text) {
            const std::lock_guard lock(mutex);
            notices.emplace_back(text);
        };
        return options;
    }
    std::size_t count() {
        const std::lock_guard lock(mutex);
        return notices.size();
    }
};

TEST(Tls, CarriesEverythingThatPlainDoes) {
    TlsSetUp set_up;
    TestServer server(client_router(), set_up.options());
    Client client(url(server, "https"), {.ca_file = set_up.certificate});
    const auto response = client.send(Method::post, "/echo", {}, std::string(300'000, 'x'));
    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(response->body, "POST /echo " + std::string(300'000, 'x'));
    EXPECT_EQ(response->header("strict-transport-security"), "max-age=31536000");
    EXPECT_EQ(client.send(Method::get, "/text")->body.size(), 100'000U);
    std::size_t bytes = 0;
    EXPECT_TRUE(client.download("/lines", {}, [&](std::string_view piece) {
        bytes += piece.size();
        return true;
    }));
    EXPECT_GT(bytes, 200'000U);
    int left = 100;
    const auto uploaded =
        client.upload(Method::post, "/import", {}, [&]() -> std::optional<std::string> {
            if (left-- == 0) return std::nullopt;
            return std::string(5'000, 'x');
        });
    EXPECT_EQ(uploaded->body, "500000");
    EXPECT_EQ(server->stats().connections_total, 1U);
}

TEST(Tls, IsVerifiedByTheClient) {
    TlsSetUp set_up;
    TlsSetUp other;
    TestServer server(client_router(), set_up.options());
    EXPECT_EQ(Client(url(server, "https")).send(Method::get, "/echo").error().code,
              Code::unavailable);
    EXPECT_EQ(Client(url(server, "https"), {.ca_file = other.certificate})
                  .send(Method::get, "/echo")
                  .error()
                  .code,
              Code::unavailable);
    EXPECT_EQ(Client(url(server, "https"), {.insecure = true}).send(Method::get, "/echo")->status,
              200U);
    const std::string by_name = "https://localhost:" + std::to_string(server.port());
    EXPECT_EQ(Client(by_name, {.ca_file = set_up.certificate}).send(Method::get, "/echo")->status,
              200U);
}

TEST(Tls, TakesNewCertificatesWithoutARestartAndKeepsOldOnesOverBrokenOnes) {
    TlsSetUp set_up;
    TestServer server(client_router(), set_up.options());
    const std::string old_ca = set_up.folder.file("old.pem");
    write_certificate(old_ca, set_up.folder.file("unused.pem"), "unused");
    Client before(url(server, "https"), {.ca_file = set_up.certificate});
    EXPECT_EQ(before.send(Method::get, "/echo")->status, 200U);

    write_text(set_up.certificate, "no certificate");
    EXPECT_TRUE(eventually([&] { return set_up.count() >= 1; }));
    EXPECT_NE(set_up.notices.front().find("stays in use"), std::string::npos);
    EXPECT_EQ(Client(url(server, "https"), {.insecure = true}).send(Method::get, "/echo")->status,
              200U);

    write_certificate(set_up.certificate, set_up.key, "second");
    EXPECT_TRUE(eventually([&] {
        return Client(url(server, "https"), {.ca_file = set_up.certificate})
            .send(Method::get, "/echo")
            .has_value();
    }));
    EXPECT_EQ(before.send(Method::get, "/echo")->status,
              200U);  // an open connection keeps what it has
}

TEST(Tls, RefusesToStartWithoutAWorkingCertificate) {
    TlsSetUp set_up;
    const base::SystemClock clock;
    ServerOptions options = set_up.options();
    options.tls.key_file = set_up.folder.file("none.pem");
    Server server(options, echo_router(), clock);
    EXPECT_EQ(server.start().error().code, Code::invalid_argument);
}

TEST(Tls, EndsHandshakesThatDoNotHappen) {
    TlsSetUp set_up;
    TestServer server(client_router(), set_up.options());
    RawPeer silent = server.peer();
    RawPeer plain = server.peer();
    plain.send(get("/echo"));
    EXPECT_EQ(plain.read_all().find("HTTP"), std::string::npos);
    EXPECT_TRUE(silent.at_end());
}

TEST(Listening, FindsOutThatAPortIsTaken) {
    TestServer server(echo_router());
    const base::SystemClock clock;
    ServerOptions options = quick_options();
    options.port = server.port();
    options.threads = 2;
    Server second(options, echo_router(), clock);
    EXPECT_EQ(second.start().error().code, Code::unavailable);
    options.port = 0;
    options.address = "nonsense";
    Server third(options, echo_router(), clock);
    EXPECT_EQ(third.start().error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace attune::http::testing
