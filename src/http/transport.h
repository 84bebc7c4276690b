// Transport: one connection's bytes, plain or TLS, without waiting. An operation that cannot go on says which readiness
// it needs; waiting for that is the connection's business, so that both kinds share one code path.
#pragma once

#include "http/tls.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace attune::http {

// The concrete executor: any_io_executor costs a virtual call and an allocation for every wait.
using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

struct IoResult {
    enum class Status : std::uint8_t { done, want_read, want_write, ended, failed };
    Status status = Status::done;
    std::size_t bytes = 0;

    [[nodiscard]] bool waits() const {
        return status == Status::want_read || status == Status::want_write;
    }
};

class Transport {
public:
    Transport(Socket socket, SslPtr ssl) : socket_(std::move(socket)), ssl_(std::move(ssl)) {}

    [[nodiscard]] Socket& socket() { return socket_; }
    [[nodiscard]] bool encrypted() const { return ssl_ != nullptr; }

    [[nodiscard]] IoResult handshake();
    [[nodiscard]] IoResult read(std::span<char> out);
    // Writes from both, the first before the second; `bytes` counts across them.
    [[nodiscard]] IoResult write(std::string_view first, std::string_view second);
    // Decrypted bytes wait inside, which readiness of the socket will not tell.
    [[nodiscard]] bool has_buffered() const;
    // No more is sent; the peer may still send.
    void end_output();

private:
    [[nodiscard]] IoResult tls_outcome(int returned) const;

    Socket socket_;
    SslPtr ssl_;  // dies before the socket whose descriptor it uses
};

}  // namespace attune::http
