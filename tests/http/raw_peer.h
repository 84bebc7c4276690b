// What the transport's tests share: a server on a free port with a few routes, and a peer that speaks raw bytes to it.
#pragma once

#include "base/time.h"
#include "http/server.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::http::testing {

using namespace std::chrono_literals;

// One answer taken apart. `body` has chunked undone.
struct RawAnswer {
    unsigned status = 0;
    std::string head;  // status line and headers
    std::string body;

    [[nodiscard]] std::string header(std::string_view name) const;  // empty: not there
    [[nodiscard]] bool closes() const { return header("connection") == "close"; }
};

// A blocking socket to 127.0.0.1 with a receive timeout, so that a test that would hang fails.
class RawPeer {
public:
    explicit RawPeer(std::uint16_t port, int receive_buffer = 0);
    ~RawPeer();
    RawPeer(RawPeer&& other) noexcept;
    RawPeer(const RawPeer&) = delete;
    RawPeer& operator=(const RawPeer&) = delete;

    bool send(std::string_view bytes);
    void send_bytewise(std::string_view bytes);
    void end_output();
    // The next answer; status 0 when the connection ended or nothing came in time.
    RawAnswer read(bool to_head = false);
    RawAnswer ask(std::string_view bytes, bool to_head = false) {
        send(bytes);
        return read(to_head);
    }
    // Up to and with these bytes; empty when the connection ended or nothing came in time.
    std::string read_until(std::string_view bytes);
    // Everything up to the end of the connection.
    std::string read_all();
    // Whether the peer has closed: nothing more comes, and the end does.
    bool at_end() { return pending_.empty() && read_all().empty() && ended_; }
    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    bool fill();

    int descriptor_ = -1;
    bool ended_ = false;
    std::string pending_;
};

// Answers with what it was asked: "METHOD path?query body".
Answer echo(const Request& request);

// The options every test starts from: one thread, a free port.
ServerOptions quick_options();

// A running server; fails the test when it does not start.
class TestServer {
public:
    explicit TestServer(Router router, ServerOptions options = quick_options());

    Server& operator*() { return *server_; }
    Server* operator->() { return server_.get(); }
    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] RawPeer peer() const { return RawPeer(port()); }

private:
    base::SystemClock clock_;
    std::unique_ptr<Server> server_;
};

// "GET /path HTTP/1.1" with a Host and these further header lines ("A: b\r\n").
std::string get(std::string_view path, std::string_view headers = "");
std::string post(std::string_view path, std::string_view body, std::string_view headers = "");
std::string gzipped(std::string_view text);

void add(Router& router, Method method, std::string pattern, Handler handler);
// /echo and /items/{id} for GET, POST, PUT and DELETE, answered by echo.
Router echo_router();

// Waits, for at most five seconds, until the condition holds.
template <class Condition>
bool eventually(Condition condition);
void pause_briefly();

template <class Condition>
bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 5s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        pause_briefly();
    }
    return true;
}

}  // namespace attune::http::testing
