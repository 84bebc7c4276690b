#include "http/core.h"

#include "http/connection.h"
#include "http/response_writer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <utility>

namespace attune::http {

namespace {

constexpr std::size_t kSpareMax = 256;          // workspaces kept, some 6 MB a core
constexpr std::size_t kKeptBytes = 256 * 1024;  // room a workspace's strings may keep
constexpr std::size_t kBodyRoom = 8 * 1024;     // of a block, behind the largest head
constexpr std::size_t kScratchBytes = 64 * 1024;
constexpr int kAcceptBatch = 64;

// Fine enough for the shortest deadline, coarse enough to cost nothing.
std::chrono::microseconds tick_for(const ServerOptions& options) {
    std::chrono::milliseconds shortest{2'500};
    for (auto timeout : {options.header_timeout, options.body_timeout, options.idle_timeout,
                         options.write_timeout, options.request_timeout})
        shortest = std::min(shortest, timeout);
    return std::clamp<std::chrono::microseconds>(shortest / 10, std::chrono::milliseconds(5),
                                                 std::chrono::milliseconds(250));
}

base::Random& random_of(const ServerOptions& options) {
    static base::SystemRandom system;  // holds nothing
    return options.random != nullptr ? *options.random : system;
}

AddressBytes bytes_of(const sockaddr_storage& from) {
    AddressBytes bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (from.ss_family == AF_INET6) {
        const auto& address = reinterpret_cast<const sockaddr_in6&>(from).sin6_addr;
        std::copy_n(address.s6_addr, 16, bytes.begin());
    } else {
        const auto& address = reinterpret_cast<const sockaddr_in&>(from).sin_addr;
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&address), 4, bytes.begin() + 12);
    }
    return bytes;
}

bool is_mapped_v4(const AddressBytes& bytes) {
    static constexpr AddressBytes kPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    return std::equal(bytes.begin(), bytes.begin() + 12, kPrefix.begin());
}

std::string text_of(const AddressBytes& bytes) {
    char text[INET6_ADDRSTRLEN] = "";
    if (is_mapped_v4(bytes))
        ::inet_ntop(AF_INET, bytes.data() + 12, text, sizeof text);
    else
        ::inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
    return text;
}

void keep_small(std::string& text) {
    if (text.capacity() > kKeptBytes) std::string().swap(text);
    text.clear();
}

}  // namespace

bool PeerTable::enter(const AddressBytes& address, std::size_t limit) {
    const base::MutexLock lock(mutex_);
    std::size_t& count = counts_[address];
    if (count >= limit) {
        if (count == 0) counts_.erase(address);
        return false;
    }
    ++count;
    return true;
}

void PeerTable::leave(const AddressBytes& address) {
    const base::MutexLock lock(mutex_);
    const auto at = counts_.find(address);
    if (at != counts_.end() && --at->second == 0) counts_.erase(at);
}

void Workspace::forget_sent() {
    keep_small(out);
    sent = 0;
    tail = {};
    if (tail_owner.shared_body || !tail_owner.body.empty()) tail_owner = Response{};
}

void Workspace::reset() {
    begin = end = 0;
    request = Request{.headers = std::move(request.headers), .params = std::move(request.params)};
    request.headers.clear();
    request.params.clear();
    head = Head{};
    keep_small(body);
    keep_small(ids);
    forget_sent();
}

void Mailbox::deliver(std::uint64_t wait_id, const Result<void>& outcome) {
    const base::MutexLock lock(mutex_);
    if (core_ == nullptr) return;
    letters_.push_back({wait_id, outcome});
    if (letters_.size() == 1) core_->loop.post([core = core_] { core->read_mail(); });
}

void Mailbox::close() {
    const base::MutexLock lock(mutex_);
    core_ = nullptr;
    letters_.clear();
}

Core::Core(Shared& shared_)
    : shared(shared_),
      wheel(tick_for(shared_.options)),
      ids(random_of(shared_.options)),
      scratch(kScratchBytes),
      mailbox(std::make_shared<Mailbox>(*this)),
      ticked_(shared_.clock.steady_now()) {}

Core::~Core() {
    stop();
    mailbox->close();
}

bool Core::start(base::Descriptor listener, bool watches_certificate) {
    watches_certificate_ = watches_certificate;
    if (!loop.watch(*this, listener.get(), EventLoop::Mode::state)) return false;
    listener_ = std::move(listener);
    tick();
    thread_ = std::thread([this] {
        loop.run(
            wheel.tick(), [this] { tick(); }, [this] { return stopping_ && first_ == nullptr; });
    });
    return true;
}

void Core::begin_drain(std::latch& begun) {
    loop.post([this, &begun] {
        accept_all();  // whoever has connected already is still answered
        listener_.close();
        // Draining one may free it, and nothing else.
        for (Connection* connection = first_; connection != nullptr;) {
            Connection* const following = connection->next;
            connection->begin_drain();
            connection = following;
        }
        begun.count_down();
    });
}

void Core::stop() {
    if (!thread_.joinable()) return;
    loop.post([this] {
        stopping_ = true;
        listener_.close();
        // Aborting one may free it, and nothing else.
        for (Connection* connection = first_; connection != nullptr;) {
            Connection* const following = connection->next;
            connection->abort();
            connection = following;
        }
    });
    thread_.join();
}

void Core::tick() {
    const base::SteadyTime now = shared.clock.steady_now();
    const auto passed = (now - ticked_) / wheel.tick();
    if (passed > 0) {
        ticked_ += passed * wheel.tick();
        wheel.advance(static_cast<std::uint64_t>(passed));
    }
    const auto second =
        std::chrono::floor<std::chrono::seconds>(shared.clock.now()).time_since_epoch().count();
    if (second != date_second_) {
        date_second_ = second;
        common_headers = http::common_headers(second);
    }
    if (accept_paused_ && listener_.is_open()) {
        accept_paused_ = false;
        loop.pause(*this, listener_.get(), false);
    }
    if (watches_certificate_ &&
        ++ticks_to_certificate_ * wheel.tick() >= shared.options.tls.check_interval) {
        ticks_to_certificate_ = 0;
        const std::string news = shared.tls->reload_if_changed();
        if (!news.empty() && shared.options.notice) shared.options.notice(news);
    }
}

void Core::on_events(std::uint32_t /*events*/) {
    if (!accept_paused_) accept_all();
}

void Core::accept_all() {
    for (int i = 0; i < kAcceptBatch && listener_.is_open(); ++i) {
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        base::Descriptor descriptor(::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&from),
                                              &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (descriptor.is_open()) {
            take_socket(std::move(descriptor), bytes_of(from));
            continue;
        }
        if (errno == ECONNABORTED || errno == EINTR) continue;
        // Out of descriptors or memory: the queue would be ready at once again, so it rests until the next tick.
        accept_paused_ = errno != EAGAIN && errno != EWOULDBLOCK;
        if (accept_paused_) loop.pause(*this, listener_.get(), true);
        return;
    }
}

void Core::take_socket(base::Descriptor descriptor, const AddressBytes& address) {
    shared.connections_total.fetch_add(1, std::memory_order_relaxed);
    AddressBytes counted = address;
    if (!is_mapped_v4(address)) std::fill(counted.begin() + 8, counted.end(), std::uint8_t{0});
    const bool room = shared.connections_open.fetch_add(1) < shared.options.connections_max;
    if (!room || !shared.peers.enter(counted, shared.options.connections_per_peer_max)) {
        shared.connections_open.fetch_sub(1);
        refuse(descriptor);
        return;
    }
    const int on = 1;
    ::setsockopt(descriptor.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SslPtr ssl = shared.tls ? shared.tls->accept(descriptor.get()) : nullptr;
    if (shared.tls && !ssl) {
        shared.peers.leave(counted);
        shared.connections_open.fetch_sub(1);
        return;
    }
    const int number = descriptor.get();
    auto connection = std::make_unique<Connection>(
        *this, Transport(std::move(descriptor), std::move(ssl)), counted, text_of(address));
    if (loop.watch(*connection, number, EventLoop::Mode::changes))
        Connection::run(std::move(connection));
}

// Says so, as far as one packet goes, and closes. A TLS peer would not understand.
void Core::refuse(const base::Descriptor& descriptor) {
    shared.connections_refused.fetch_add(1, std::memory_order_relaxed);
    static constexpr std::string_view kBusy =
        "HTTP/1.1 503 Service Unavailable\r\nServer: attune\r\nRetry-After: 1\r\nContent-Type: "
        "application/problem+json\r\n"
        "Content-Length: 98\r\nConnection: close\r\n\r\n"
        R"({"type":"about:blank","title":"Service Unavailable","status":503,"detail":"Too many connections."})";
    if (!shared.tls) {
        static_cast<void>(
            ::send(descriptor.get(), kBusy.data(), kBusy.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
        ::shutdown(descriptor.get(), SHUT_WR);
        // What has come already is taken, because closing over it would send a reset instead of the answer.
        char bin[4096];
        static_cast<void>(::recv(descriptor.get(), bin, sizeof bin, MSG_DONTWAIT));
    }
}

std::unique_ptr<Workspace> Core::borrow() {
    if (spare_.empty())
        return std::make_unique<Workspace>(shared.options.header_bytes_max + kBodyRoom);
    auto workspace = std::move(spare_.back());
    spare_.pop_back();
    return workspace;
}

void Core::give_back(std::unique_ptr<Workspace> workspace) {
    if (spare_.size() >= kSpareMax) return;
    workspace->reset();
    spare_.push_back(std::move(workspace));
}

void Core::enter(Connection& connection) {
    connection.next = first_;
    connection.previous = nullptr;
    if (first_ != nullptr) first_->previous = &connection;
    first_ = &connection;
}

void Core::leave(Connection& connection) {
    if (connection.previous != nullptr)
        connection.previous->next = connection.next;
    else
        first_ = connection.next;
    if (connection.next != nullptr) connection.next->previous = connection.previous;
}

std::uint64_t Core::begin_wait(Connection& connection) {
    const std::uint64_t id = next_wait_++;
    waiting_.emplace(id, &connection);
    return id;
}

void Core::read_mail() {
    std::vector<Mailbox::Letter> letters;
    {
        const base::MutexLock lock(mailbox->mutex_);
        letters.swap(mailbox->letters_);
    }
    for (Mailbox::Letter& letter : letters) {
        const auto waiting = waiting_.find(letter.wait_id);
        if (waiting != waiting_.end()) waiting->second->on_ticket(std::move(letter.outcome));
    }
}

}  // namespace attune::http
