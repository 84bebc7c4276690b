// What the connections of one core share, and what all cores share. Internal to the transport.
#pragma once

#include "base/descriptor.h"
#include "base/mutex.h"
#include "base/random.h"
#include "http/deadline_wheel.h"
#include "http/event_loop.h"
#include "http/gzip.h"
#include "http/head_parser.h"
#include "http/origin.h"
#include "http/server.h"
#include "http/tls.h"
#include "http/trace_context.h"
#include "http/transport.h"
#include "http/workers.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace attune::http {

class Connection;
class Core;

// How many connections each peer has. IPv6 peers count by their /64, since one host has that many addresses. Ordered, so
// that no choice of addresses makes it slow. Thread-safe; used once when a connection opens and once when it closes.
class PeerTable {
public:
    [[nodiscard]] bool enter(const AddressBytes& address, std::size_t limit);
    void leave(const AddressBytes& address);

private:
    base::Mutex mutex_;
    std::map<AddressBytes, std::size_t> counts_ ATTUNE_GUARDED_BY(mutex_);
};

// Of all cores. Constant after the start, but for the counters.
struct Shared {
    ServerOptions options;
    Router router;
    const base::Clock& clock;
    TrustedProxies proxies;
    HeadLimits head_limits;
    std::unique_ptr<TlsKeeper> tls;
    PeerTable peers;
    Workers workers;

    std::atomic<bool> draining{false};
    std::atomic<std::uint64_t> connections_open{0};
    std::atomic<std::uint64_t> connections_total{0};
    std::atomic<std::uint64_t> connections_refused{0};
    std::atomic<std::uint64_t> requests_in_flight{0};
    std::atomic<std::uint64_t> requests_shed{0};
    std::atomic<std::uint64_t> timeouts_total{0};

    // Tells whoever drains that the last connection has gone.
    std::mutex closed_mutex;
    std::condition_variable closed;

    Shared(ServerOptions o, Router r, const base::Clock& c)
        : options(std::move(o)),
          router(std::move(r)),
          clock(c),
          workers(options.requests_in_flight_max) {}
};

// Counts a request as in flight while it lasts.
class InFlight {
public:
    explicit InFlight(std::atomic<std::uint64_t>& count) : count_(count) {
        count_.fetch_add(1, std::memory_order_relaxed);
    }
    ~InFlight() { count_.fetch_sub(1, std::memory_order_relaxed); }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;

private:
    std::atomic<std::uint64_t>& count_;
};

// What a connection needs while a request is under way, lent by the core: an idle connection holds none of it.
struct Workspace {
    explicit Workspace(std::size_t capacity_) : block(new char[capacity_]), capacity(capacity_) {}

    std::unique_ptr<char[]> block;  // received bytes, in [begin, end)
    std::size_t capacity;
    std::size_t begin = 0;
    std::size_t end = 0;
    Request request;  // its vectors keep their room
    Head head;
    std::string ids;   // request id and trace id, where they were made here
    std::string body;  // when it did not fit in the block, or was encoded
    std::string out;   // answers, of which `sent` bytes are on their way
    std::size_t sent = 0;
    std::string_view
        tail;  // a large body to be sent after `out` without copying it, kept alive by the next one
    Response tail_owner;

    [[nodiscard]] std::string_view input() const { return {block.get() + begin, end - begin}; }
    [[nodiscard]] std::size_t unsent() const { return out.size() - sent + tail.size(); }
    void forget_sent();
    // Ready for the next connection, without room that one large request has grown.
    void reset();
};

// Where other threads leave the outcome of a ticket for a core. Outlives the core in the hands of tickets that complete
// late. One wake-up carries all outcomes of a group commit.
class Mailbox {
public:
    explicit Mailbox(Core& core) : core_(&core) {}

    void deliver(std::uint64_t wait_id, const Result<void>& outcome);
    // The core takes no more.
    void close();

private:
    friend class Core;
    struct Letter {
        std::uint64_t wait_id;
        Result<void> outcome;
    };
    base::Mutex mutex_;
    Core* core_ ATTUNE_GUARDED_BY(mutex_);
    std::vector<Letter> letters_ ATTUNE_GUARDED_BY(mutex_);
};

// One thread with its event loop and the connections that live on it. Everything but start, stop and the counters is
// called on that thread only.
class Core final : private EventLoop::Source {
public:
    explicit Core(Shared& shared);
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    // Accepts from a listening, non-blocking descriptor. False when the kernel has no room to watch it.
    [[nodiscard]] bool start(base::Descriptor listener, bool watches_certificate);
    // From any thread. `begun` is counted down once the listener is closed.
    void begin_drain(std::latch& begun);
    void stop();

    Shared& shared;
    EventLoop loop;
    DeadlineWheel wheel;
    Deflater deflater;
    IdMaker ids;
    std::string common_headers;  // Server and Date, of this second
    std::vector<char> scratch;   // decoded pieces pass through here, within one call
    std::shared_ptr<Mailbox> mailbox;
    std::atomic<std::uint64_t> requests_total{0};  // written by this core only

    [[nodiscard]] std::unique_ptr<Workspace> borrow();
    void give_back(std::unique_ptr<Workspace> workspace);

    void enter(Connection& connection);
    void leave(Connection& connection);

    // The waits on tickets, by a number of their own, so that an outcome that comes late finds nobody.
    [[nodiscard]] std::uint64_t begin_wait(Connection& connection);
    void end_wait(std::uint64_t wait_id) { waiting_.erase(wait_id); }

private:
    friend class Mailbox;
    void tick();
    void on_events(std::uint32_t events) override;  // of the listener
    void accept_all();
    void take_socket(base::Descriptor descriptor, const AddressBytes& address);
    void refuse(const base::Descriptor& descriptor);
    void read_mail();

    base::Descriptor listener_;
    bool accept_paused_ = false;  // out of descriptors, until the next tick
    bool stopping_ = false;
    bool watches_certificate_ = false;
    base::SteadyTime ticked_;
    std::int64_t date_second_ = -1;
    unsigned ticks_to_certificate_ = 0;
    std::vector<std::unique_ptr<Workspace>> spare_;
    Connection* first_ = nullptr;
    std::uint64_t next_wait_ = 1;
    std::unordered_map<std::uint64_t, Connection*> waiting_;  // keys are our own counter's
    std::thread thread_;
};

}  // namespace attune::http
