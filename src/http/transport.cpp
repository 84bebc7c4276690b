#include "http/transport.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

namespace attune::http {

namespace {

using Status = IoResult::Status;

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

void Transport::close() {
    ssl_.reset();
    descriptor_.close();
}

void Transport::note(std::uint32_t events) {
    constexpr std::uint32_t kOver = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    if ((events & kOver) != 0) peer_ended_ = true;
    if ((events & (EPOLLIN | kOver)) != 0) may_read_ = true;
    if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) may_write_ = true;
}

IoResult Transport::waits_for(Status wanted) {
    (wanted == Status::want_write ? may_write_ : may_read_) = false;
    return {wanted, 0};
}

IoResult Transport::tls_outcome(int returned) {
    switch (SSL_get_error(ssl_.get(), returned)) {
        case SSL_ERROR_WANT_READ:
            return waits_for(Status::want_read);
        case SSL_ERROR_WANT_WRITE:
            return waits_for(Status::want_write);
        case SSL_ERROR_ZERO_RETURN:
            return {Status::ended, 0};
        default:
            return {Status::failed, 0};
    }
}

IoResult Transport::handshake() {
    ERR_clear_error();
    const int returned = SSL_do_handshake(ssl_.get());
    if (returned == 1) return {Status::done, 0};
    return tls_outcome(returned);
}

IoResult Transport::read(std::span<char> out) {
    if (ssl_) {
        ERR_clear_error();
        std::size_t got = 0;
        const int returned = SSL_read_ex(ssl_.get(), out.data(), out.size(), &got);
        if (returned == 1) return {Status::done, got};
        return tls_outcome(returned);
    }
    const ssize_t got = ::recv(descriptor_.get(), out.data(), out.size(), 0);
    if (got > 0) {
        const auto bytes = static_cast<std::size_t>(got);
        if (bytes < out.size() && !peer_ended_) may_read_ = false;
        return {Status::done, bytes};
    }
    if (got == 0) return {Status::ended, 0};
    if (would_block(errno)) return waits_for(Status::want_read);
    return {Status::failed, 0};
}

IoResult Transport::write(std::string_view first, std::string_view second) {
    if (ssl_) {
        ERR_clear_error();
        const std::string_view data = first.empty() ? second : first;
        std::size_t sent = 0;
        const int returned = SSL_write_ex(ssl_.get(), data.data(), data.size(), &sent);
        if (returned == 1) return {Status::done, sent};
        return tls_outcome(returned);
    }
    ssize_t sent = 0;
    if (second.empty()) {
        sent = ::send(descriptor_.get(), first.data(), first.size(), MSG_NOSIGNAL);
    } else {
        iovec parts[2] = {{const_cast<char*>(first.data()), first.size()},
                          {const_cast<char*>(second.data()), second.size()}};
        msghdr message{};
        message.msg_iov = parts;
        message.msg_iovlen = 2;
        sent = ::sendmsg(descriptor_.get(), &message, MSG_NOSIGNAL);
    }
    if (sent >= 0) return {Status::done, static_cast<std::size_t>(sent)};
    if (would_block(errno)) return waits_for(Status::want_write);
    return {Status::failed, 0};
}

bool Transport::has_buffered() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }

void Transport::end_output() {
    if (ssl_) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());  // one way: the peer's own is not waited for
    }
    ::shutdown(descriptor_.get(), SHUT_WR);
}

}  // namespace attune::http
