#include "raw_peer.h"

#include "http/gzip.h"
#include "http/text.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>
#include <thread>
#include <utility>

namespace attune::http::testing {

std::string RawAnswer::header(std::string_view name) const {
    std::string_view rest = head;
    while (!rest.empty()) {
        const std::size_t end = rest.find("\r\n");
        const std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 2);
        const std::size_t colon = line.find(": ");
        if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name))
            return std::string(line.substr(colon + 2));
    }
    return {};
}

RawPeer::RawPeer(std::uint16_t port, int receive_buffer) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0)
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval patience{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
}

RawPeer::~RawPeer() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

RawPeer::RawPeer(RawPeer&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      ended_(other.ended_),
      pending_(std::move(other.pending_)) {}

bool RawPeer::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void RawPeer::send_bytewise(std::string_view bytes) {
    for (char c : bytes) {
        if (!send({&c, 1})) return;
        // Lets the server run, so that it really meets single bytes.
        std::this_thread::yield();
    }
}

void RawPeer::end_output() { ::shutdown(descriptor_, SHUT_WR); }

bool RawPeer::fill() {
    char buffer[16 * 1024];
    const ssize_t got = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (got == 0) ended_ = true;
    if (got <= 0) return false;
    pending_.append(buffer, static_cast<std::size_t>(got));
    return true;
}

RawAnswer RawPeer::read(bool to_head) {
    RawAnswer answer;
    std::size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos)
        if (!fill()) return {};
    answer.head = pending_.substr(0, end);
    pending_.erase(0, end + 4);
    answer.status = static_cast<unsigned>(std::stoul(answer.head.substr(9, 3)));
    if (to_head || answer.status == 204 || answer.status == 304 || answer.status < 200)
        return answer;
    if (const std::string length = answer.header("content-length"); !length.empty()) {
        const std::size_t size = std::stoul(length);
        while (pending_.size() < size)
            if (!fill()) return {};
        answer.body = pending_.substr(0, size);
        pending_.erase(0, size);
    } else if (answer.header("transfer-encoding") == "chunked") {
        while (true) {
            std::size_t line = 0;
            while ((line = pending_.find("\r\n")) == std::string::npos)
                if (!fill()) return {};
            const std::size_t size = std::stoul(pending_.substr(0, line), nullptr, 16);
            while (pending_.size() < line + 2 + size + 2)
                if (!fill()) return {};
            answer.body += pending_.substr(line + 2, size);
            pending_.erase(0, line + 2 + size + 2);
            if (size == 0) break;
        }
    } else {
        while (fill()) {
        }
        answer.body = std::exchange(pending_, {});
    }
    return answer;
}

std::string RawPeer::read_until(std::string_view bytes) {
    std::size_t at = 0;
    while ((at = pending_.find(bytes)) == std::string::npos)
        if (!fill()) return {};
    std::string taken = pending_.substr(0, at + bytes.size());
    pending_.erase(0, taken.size());
    return taken;
}

std::string RawPeer::read_all() {
    while (fill()) {
    }
    return std::exchange(pending_, {});
}

Answer echo(const Request& request) {
    std::string text(name_of(request.method));
    text += ' ';
    text += request.path;
    if (!request.query.empty()) {
        text += '?';
        text += request.query;
    }
    for (const PathParam& param : request.params) {
        text += ' ';
        text += param.name;
        text += '=';
        text += param.value;
    }
    text += ' ';
    text += request.body;
    Response response;
    response.content_type = "text/plain";
    response.body = std::move(text);
    return response;
}

ServerOptions quick_options() {
    ServerOptions options;
    options.port = 0;
    options.threads = 1;
    return options;
}

TestServer::TestServer(Router router, ServerOptions options)
    : server_(std::make_unique<Server>(std::move(options), std::move(router), clock_)) {
    const auto started = server_->start();
    EXPECT_TRUE(started.has_value()) << (started ? "" : started.error().message);
}

std::string get(std::string_view path, std::string_view headers) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view headers) {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
}

std::string gzipped(std::string_view text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

void add(Router& router, Method method, std::string pattern, Handler handler) {
    const auto added = router.add({.method = method,
                                   .pattern = std::move(pattern),
                                   .handler = std::move(handler),
                                   .stream_handler = {}});
    EXPECT_TRUE(added.has_value()) << (added ? "" : added.error().message);
}

Router echo_router() {
    Router router;
    for (Method method : {Method::get, Method::post, Method::put, Method::del}) {
        add(router, method, "/echo", echo);
        add(router, method, "/items/{id}", echo);
    }
    return router;
}

void pause_briefly() { std::this_thread::sleep_for(1ms); }

}  // namespace attune::http::testing
