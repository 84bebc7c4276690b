// Transport: one connection's bytes, plain or TLS, without waiting. An operation that cannot go on says which readiness
// it needs; waiting for that is the connection's business, so that both kinds share one code path.
//
// It remembers what the kernel last said: a socket whose bytes were all taken is not asked again before it has news, so
// that an exchange costs one receive and one send and nothing else.
#pragma once

#include "base/descriptor.h"
#include "http/tls.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace attune::http {

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
    Transport(base::Descriptor descriptor, SslPtr ssl)
        : descriptor_(std::move(descriptor)), ssl_(std::move(ssl)) {}

    [[nodiscard]] bool encrypted() const { return ssl_ != nullptr; }

    [[nodiscard]] IoResult handshake();
    [[nodiscard]] IoResult read(std::span<char> out);
    // Writes from both, the first before the second; `bytes` counts across them.
    [[nodiscard]] IoResult write(std::string_view first, std::string_view second);
    // Decrypted bytes wait inside, which readiness of the socket will not tell.
    [[nodiscard]] bool has_buffered() const;
    // No more is sent; the peer may still send.
    void end_output();
    void close();

    // What epoll said of the socket.
    void note(std::uint32_t events);
    // It may be worth trying, as far as is known.
    [[nodiscard]] bool may_go_on(IoResult::Status wanted) const {
        return wanted == IoResult::Status::want_write ? may_write_ : may_read_;
    }

private:
    [[nodiscard]] IoResult tls_outcome(int returned);
    IoResult waits_for(IoResult::Status wanted);

    base::Descriptor descriptor_;
    SslPtr ssl_;  // dies before the descriptor that it uses
    bool may_read_ = true;
    bool may_write_ = true;
    bool peer_ended_ = false;  // no news will tell of it a second time
};

}  // namespace attune::http
