#include "http/client_stream.h"

#include "http/origin.h"
#include "http/text.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <utility>

namespace attune::http {

namespace {

std::unexpected<Error> broken(std::string_view what) {
    return fail(Code::unavailable,
                "The connection broke while " + std::string(what) + ": " + std::strerror(errno));
}

// Connects without blocking longer than the timeout. The descriptor, or -1 with errno said.
int connect_to(const addrinfo& target, std::chrono::milliseconds timeout) {
    const int descriptor =
        ::socket(target.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    if (::connect(descriptor, target.ai_addr, target.ai_addrlen) != 0) {
        pollfd waiting{descriptor, POLLOUT, 0};
        int failure = errno;
        if (failure == EINPROGRESS) {
            const int ready = ::poll(&waiting, 1, static_cast<int>(timeout.count()));
            socklen_t size = sizeof failure;
            failure = ETIMEDOUT;
            if (ready > 0) ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size);
        }
        if (failure != 0) {
            ::close(descriptor);
            errno = failure;
            return -1;
        }
    }
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return descriptor;
}

}  // namespace

Result<ServerAddress> parse_base_url(std::string_view url) {
    const auto refuse = [&] {
        return fail(Code::invalid_argument,
                    "\"" + std::string(url) + "\" is no address such as http://127.0.0.1:8080");
    };
    ServerAddress address;
    std::string_view rest = url;
    if (rest.starts_with("http://")) {
        rest.remove_prefix(7);
    } else if (rest.starts_with("https://")) {
        rest.remove_prefix(8);
        address.tls = true;
    } else {
        return refuse();
    }
    const std::size_t slash = rest.find('/');
    const std::string_view authority = rest.substr(0, slash);
    if (slash != std::string_view::npos) address.prefix = rest.substr(slash);
    while (address.prefix.ends_with('/')) address.prefix.pop_back();
    if (authority.empty() || authority.find_first_of("@ \t\r\n?#") != std::string_view::npos)
        return refuse();
    if (address.prefix.find_first_of(" \t\r\n?#") != std::string::npos) return refuse();
    address.authority = authority;
    std::string_view port;
    if (authority.front() == '[') {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos) return refuse();
        address.host = authority.substr(1, close - 1);
        const std::string_view after = authority.substr(close + 1);
        if (!after.empty() && after.front() != ':') return refuse();
        port = after.empty() ? after : after.substr(1);
    } else {
        const std::size_t colon = authority.find(':');
        address.host = authority.substr(0, colon);
        if (colon != std::string_view::npos) port = authority.substr(colon + 1);
    }
    if (port.empty()) port = address.tls ? "443" : "80";
    const auto number = parse_decimal(port);
    if (address.host.empty() || !number || *number == 0 || *number > 65'535) return refuse();
    address.port = port;
    return address;
}

Result<ClientStream> ClientStream::open(const ServerAddress& address, const ClientOptions& options,
                                        const ClientContext& context) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    if (const int code = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
        code != 0)
        return fail(Code::unavailable,
                    "\"" + address.host + "\" cannot be resolved: " + ::gai_strerror(code));
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> targets(found, ::freeaddrinfo);
    int descriptor = -1;
    for (const addrinfo* target = found; target != nullptr && descriptor < 0;
         target = target->ai_next)
        descriptor = connect_to(*target, options.connect_timeout);
    if (descriptor < 0)
        return fail(Code::unavailable,
                    "No connection to " + address.authority + ": " + std::strerror(errno));
    ClientStream stream(descriptor, options.io_timeout);
    if (context)
        if (auto started = stream.start_tls(address, options, context); !started)
            return std::unexpected(started.error());
    return stream;
}

ClientStream::ClientStream(ClientStream&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      timeout_(other.timeout_),
      ssl_(std::move(other.ssl_)) {}

ClientStream::~ClientStream() {
    if (ssl_) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
    }
    ssl_.reset();
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<ClientContext> make_client_context(const ClientOptions& options) {
    ERR_clear_error();
    ClientContext context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!context) return fail(Code::internal, "No TLS context: " + tls_failure());
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_verify(context.get(), options.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
                       nullptr);
    if (!options.ca_file.empty()) {
        if (SSL_CTX_load_verify_locations(context.get(), options.ca_file.c_str(), nullptr) != 1)
            return fail(Code::invalid_argument,
                        "The CA file \"" + options.ca_file + "\" cannot be used: " + tls_failure());
    } else if (!options.insecure) {
        SSL_CTX_set_default_verify_paths(context.get());
    }
    return context;
}

Result<void> ClientStream::start_tls(const ServerAddress& address, const ClientOptions& options,
                                     const ClientContext& context) {
    ERR_clear_error();
    ssl_.reset(SSL_new(context.get()));
    bio_st* bio = ssl_ ? make_socket_bio(descriptor_) : nullptr;
    if (bio == nullptr) return fail(Code::internal, "No TLS session: " + tls_failure());
    SSL_set_bio(ssl_.get(), bio, bio);
    AddressBytes numeric;
    if (parse_address(address.host, numeric)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), address.host.c_str());
    } else {
        SSL_set1_host(ssl_.get(), address.host.c_str());
        SSL_set_tlsext_host_name(ssl_.get(), address.host.c_str());
    }
    SSL_set_connect_state(ssl_.get());
    while (true) {
        ERR_clear_error();
        const int returned = SSL_do_handshake(ssl_.get());
        if (returned == 1) return {};
        if (const long verdict = SSL_get_verify_result(ssl_.get());
            verdict != X509_V_OK && !options.insecure)
            return fail(Code::unavailable,
                        "The certificate of " + address.authority +
                            " is not trusted: " + X509_verify_cert_error_string(verdict));
        if (auto going = continue_tls(returned); !going) return going;
    }
}

Result<void> ClientStream::wait(short events) {
    pollfd waiting{descriptor_, events, 0};
    int ready = 0;
    do {
        ready = ::poll(&waiting, 1, static_cast<int>(timeout_.count()));
    } while (ready < 0 && errno == EINTR);
    if (ready > 0) return {};
    if (ready < 0) return broken("waiting");
    return fail(Code::deadline_exceeded,
                "The server did not answer within " + std::to_string(timeout_.count()) + " ms.");
}

Result<void> ClientStream::continue_tls(int returned) {
    switch (SSL_get_error(ssl_.get(), returned)) {
        case SSL_ERROR_WANT_READ:
            return wait(POLLIN);
        case SSL_ERROR_WANT_WRITE:
            return wait(POLLOUT);
        default:
            return fail(Code::unavailable, "The TLS connection broke: " + tls_failure());
    }
}

Result<void> ClientStream::write(std::string_view bytes) {
    while (!bytes.empty()) {
        if (ssl_) {
            ERR_clear_error();
            std::size_t sent = 0;
            const int returned = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
            if (returned == 1)
                bytes.remove_prefix(sent);
            else if (auto going = continue_tls(returned); !going)
                return going;
            continue;
        }
        const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        else if (errno != EAGAIN && errno != EINTR)
            return broken("sending");
        else if (auto going = wait(POLLOUT); !going)
            return going;
    }
    return {};
}

Result<std::size_t> ClientStream::read(std::span<char> into) {
    while (true) {
        if (ssl_) {
            ERR_clear_error();
            std::size_t got = 0;
            const int returned = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
            if (returned == 1) return got;
            if (SSL_get_error(ssl_.get(), returned) == SSL_ERROR_ZERO_RETURN) return 0;
            if (auto going = continue_tls(returned); !going) return std::unexpected(going.error());
            continue;
        }
        const ssize_t got = ::recv(descriptor_, into.data(), into.size(), 0);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EAGAIN && errno != EINTR) return broken("reading");
        if (auto going = wait(POLLIN); !going) return std::unexpected(going.error());
    }
}

bool ClientStream::has_news() const {
    if (ssl_ && SSL_has_pending(ssl_.get()) == 1) return true;
    pollfd waiting{descriptor_, POLLIN, 0};
    return ::poll(&waiting, 1, 0) > 0;
}

}  // namespace attune::http
