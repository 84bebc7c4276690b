// Whoever listens hears that flags changed: with the token of the bulk answer or a key, once for what was missed, and for
// the own tenant alone.
#include "engine/flags/flags.h"
#include "tests/api/expect_json.h"
#include "tests/api/world.h"

#include <gtest/gtest.h>

namespace attune::api::testing {
namespace {

using namespace std::chrono_literals;
using http::testing::RawPeer;

constexpr std::string_view kFlag =
    R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"})";

class OfrepStream : public ::testing::Test {
protected:
    World world_;

    void save(std::string_view key, std::string_view as = "admin") {
        const auto answer = world_.ask({.method = "PUT",
                                        .path = "/api/v1/flags/" + std::string(key),
                                        .as = std::string(as),
                                        .body = std::string(kFlag)});
        ASSERT_LT(answer.status, 300u) << answer.body;
    }
    std::string stream_path(std::string_view as = "ingest") {
        const auto bulk = world_.ask({.method = "POST",
                                      .path = "/ofrep/v1/evaluate/flags",
                                      .as = std::string(as),
                                      .body = "{}"});
        EXPECT_EQ(json_at(bulk.body, "/eventStreams/0/type"), "sse");
        return json_at(bulk.body, "/eventStreams/0/endpoint/requestUri");
    }
    // A listener, once its first bytes have come.
    RawPeer listen(const std::string& path, std::string headers = {}, unsigned status = 200) {
        RawPeer peer = world_.peer();
        const auto head = peer.ask(request_text({.path = path, .headers = std::move(headers)}, ""),
                                   status == 200);
        EXPECT_EQ(head.status, status) << head.body;
        if (status == 200) EXPECT_FALSE(peer.read_until(": listening\n\n").empty());
        return peer;
    }
    std::string version() {
        return (*world_.engine().flags().of(*world_.engine().tenants().find("default")))->version();
    }
};

TEST_F(OfrepStream, TellsOfEveryChangeToWhoeverHasTheTokenOfTheBulkAnswer) {
    const std::string path = stream_path();
    RawPeer peer = listen(path, "Origin: https://shop.example\r\n");
    save("checkout");
    const std::string message = peer.read_until("\n\n");
    EXPECT_NE(message.find("id: " + version() +
                           "\nevent: message\ndata: "
                           R"({"type":"refetchEvaluation","etag":")" +
                           version()),
              std::string::npos)
        << message;
    EXPECT_EQ(
        world_.ask({.method = "DELETE", .path = "/api/v1/flags/checkout", .as = "admin"}).status,
        204u);
    EXPECT_NE(peer.read_until("\n\n").find("id: " + version()), std::string::npos);
}

TEST_F(OfrepStream, MayBeReadByAnyPageAndIsNotKeptByAnyProxy) {
    RawPeer peer = world_.peer();
    const auto head = peer.ask(
        request_text({.path = stream_path(), .headers = "Origin: https://shop.example\r\n"}, ""),
        true);
    EXPECT_EQ(head.header("content-type"), "text/event-stream");
    EXPECT_EQ(head.header("access-control-allow-origin"), "*");
    EXPECT_EQ(head.header("cache-control"), "no-store");
    EXPECT_EQ(head.header("x-accel-buffering"), "no");
}

TEST_F(OfrepStream, TellsAtOnceWhatWasMissed) {
    save("checkout");
    const std::string before = version();
    const std::string path = stream_path();
    world_.clock().advance(60s);
    save("other-flag");
    // Who asked for the flags a moment ago may have asked before that change.
    EXPECT_NE(listen(path).read_until("\n\n").find(version()), std::string::npos);
    // Who comes back says what was heard last.
    RawPeer behind = listen(path, "Last-Event-ID: " + before + "\r\n");
    EXPECT_NE(behind.read_until("\n\n").find(version()), std::string::npos);
    world_.clock().advance(60s);
    RawPeer current = listen(path, "Last-Event-ID: " + version() + "\r\n");
    RawPeer late = listen(path);
    save("third");
    EXPECT_NE(current.read_until("\n\n").find(version()), std::string::npos);
    EXPECT_NE(late.read_until("\n\n").find(version()), std::string::npos);
}

TEST_F(OfrepStream, IsSilentAboutOtherTenants) {
    RawPeer ours = listen(stream_path());
    RawPeer theirs = listen(stream_path("ingest@other"));
    save("checkout", "admin@other");
    save("checkout");
    EXPECT_FALSE(theirs.read_until("\n\n").empty());
    EXPECT_NE(ours.read_until("\n\n").find(version()), std::string::npos);
}

TEST_F(OfrepStream, IsNotOpenedByAForgedExpiredOrForeignToken) {
    const std::string path = stream_path();
    std::string forged = path;
    forged.back() = forged.back() == 'A' ? 'B' : 'A';
    (void)listen(forged, "", 401);
    (void)listen("/ofrep/v1/events", "", 401);
    (void)listen("/ofrep/v1/events?token=" + world_.key("person:ann"), "", 401);
    (void)listen(path, "X-Tenant: other\r\n", 403);
    world_.clock().advance(24h);
    (void)listen(path, "", 401);
    EXPECT_NE(stream_path(), path);
}

TEST_F(OfrepStream, TakesAKeyInsteadOfAToken) {
    RawPeer peer = world_.peer();
    const Ask ask{.path = "/ofrep/v1/events", .as = "service"};
    EXPECT_EQ(peer.ask(request_text(ask, world_.key("service")), true).status, 200u);
    EXPECT_FALSE(peer.read_until(": listening\n\n").empty());
    EXPECT_EQ(world_.engine().flags().news().listeners(), 1u);
}

}  // namespace
}  // namespace attune::api::testing
