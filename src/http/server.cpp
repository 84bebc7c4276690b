#include "http/server.h"

#include "http/core.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <cerrno>
#include <cstring>
#include <latch>
#include <utility>

namespace attune::http {

namespace {

using base::Descriptor;

constexpr int kBacklog = 4096;
// What waits, waits for the one disk; a second thread lets a short wait pass a long one.
constexpr std::size_t kWorkers = 2;

struct Endpoint {
    sockaddr_storage address{};
    socklen_t size = 0;
};

Result<Endpoint> endpoint_of(const std::string& address, std::uint16_t port) {
    Endpoint endpoint;
    auto& v4 = reinterpret_cast<sockaddr_in&>(endpoint.address);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(endpoint.address);
    const std::string text = address == "localhost" ? "127.0.0.1" : address;
    if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        endpoint.size = sizeof v4;
    } else if (::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        endpoint.size = sizeof v6;
    } else {
        return fail(Code::invalid_argument,
                    "\"" + address + "\" is no address to listen on, such as 127.0.0.1 or ::");
    }
    return endpoint;
}

std::uint16_t port_of(const Endpoint& endpoint) {
    if (endpoint.address.ss_family == AF_INET6)
        return ntohs(reinterpret_cast<const sockaddr_in6&>(endpoint.address).sin6_port);
    return ntohs(reinterpret_cast<const sockaddr_in&>(endpoint.address).sin_port);
}

// Bound to `endpoint`, which then holds the port that was chosen.
Result<Descriptor> bound_socket(Endpoint& endpoint, bool share_port) {
    const auto refuse = [&](const char* what) {
        return fail(Code::unavailable, std::string(what) + " port " +
                                           std::to_string(port_of(endpoint)) + ": " +
                                           std::strerror(errno));
    };
    Descriptor socket(
        ::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) return refuse("cannot make a socket for");
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (share_port) ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&endpoint.address), endpoint.size) !=
        0)
        return refuse("cannot listen on");
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&endpoint.address), &endpoint.size);
    return socket;
}

Result<std::vector<Descriptor>> listen_on(const ServerOptions& options, unsigned count,
                                          std::uint16_t& port) {
    auto endpoint = endpoint_of(options.address, options.port);
    if (!endpoint) return std::unexpected(endpoint.error());
    if (options.port != 0) {
        // A port shared by SO_REUSEPORT may also be shared with another process by mistake. A socket that does not
        // share finds that out.
        auto probe = bound_socket(*endpoint, false);
        if (!probe) return std::unexpected(probe.error());
    }
    std::vector<Descriptor> sockets;
    for (unsigned i = 0; i < count; ++i) {
        auto socket = bound_socket(*endpoint, count > 1);
        if (!socket) return std::unexpected(socket.error());
        if (::listen(socket->get(), kBacklog) != 0)
            return fail(Code::unavailable, "cannot listen on port " +
                                               std::to_string(port_of(*endpoint)) + ": " +
                                               std::strerror(errno));
        sockets.push_back(*std::move(socket));
    }
    port = port_of(*endpoint);
    return sockets;
}

}  // namespace

class Server::Impl {
public:
    Impl(ServerOptions options, Router router, const base::Clock& clock)
        : shared_(std::move(options), std::move(router), clock) {}
    ~Impl() { shared_.workers.stop(); }

    Result<void> start() {
        ServerOptions& options = shared_.options;
        if (!cores_.empty()) return fail(Code::failed_precondition, "The server runs already.");
        auto proxies = TrustedProxies::make(options.trusted_proxies);
        if (!proxies) return std::unexpected(proxies.error());
        shared_.proxies = *std::move(proxies);
        shared_.head_limits = {options.header_bytes_max, options.header_count_max,
                               options.target_bytes_max};
        if (!options.tls.certificate_file.empty()) {
            shared_.tls = std::make_unique<TlsKeeper>(options.tls);
            if (auto loaded = shared_.tls->load(); !loaded) return loaded;
        }
        const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
        const unsigned count = options.threads == 0 ? processors : options.threads;
        auto sockets = listen_on(options, count, port_);
        if (!sockets) return std::unexpected(sockets.error());
        shared_.workers.start(kWorkers);
        for (Descriptor& socket : *sockets) {
            cores_.push_back(std::make_unique<Core>(shared_));
            if (!cores_.back()->start(std::move(socket),
                                      shared_.tls != nullptr && cores_.size() == 1))
                return fail(Code::resource_exhausted,
                            "the kernel watches no more descriptors for this user "
                            "(fs.epoll.max_user_watches)");
        }
        return {};
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }

    [[nodiscard]] ServerStats stats() const {
        ServerStats stats;
        stats.connections_open = shared_.connections_open;
        stats.connections_total = shared_.connections_total;
        stats.connections_refused = shared_.connections_refused;
        stats.requests_in_flight = shared_.requests_in_flight;
        stats.requests_shed = shared_.requests_shed;
        stats.timeouts_total = shared_.timeouts_total;
        for (const auto& core : cores_)
            stats.requests_total += core->requests_total.load(std::memory_order_relaxed);
        return stats;
    }

    void drain(std::chrono::milliseconds patience) {
        shared_.draining = true;
        if (std::exchange(stopped_, true)) return;
        std::latch begun(static_cast<std::ptrdiff_t>(cores_.size()));
        for (const auto& core : cores_) core->begin_drain(begun);
        begun.wait();
        {
            std::unique_lock lock(shared_.closed_mutex);
            shared_.closed.wait_for(lock, patience, [&] { return shared_.connections_open == 0; });
        }
        // Before the cores: a connection cannot end while a worker holds its request.
        shared_.workers.stop();
        for (const auto& core : cores_) core->stop();
    }

private:
    Shared shared_;
    std::vector<std::unique_ptr<Core>> cores_;  // stop before what they share goes
    std::uint16_t port_ = 0;
    bool stopped_ = false;
};

Server::Server(ServerOptions options, Router router, const base::Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(router), clock)) {}
Server::~Server() = default;
Result<void> Server::start() { return impl_->start(); }
std::uint16_t Server::port() const { return impl_->port(); }
ServerStats Server::stats() const { return impl_->stats(); }
void Server::drain(std::chrono::milliseconds patience) { impl_->drain(patience); }

}  // namespace attune::http
