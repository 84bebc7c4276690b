#include "app/load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace attune::app {

namespace {

using base::SteadyTime;

// One answer, found in what has arrived: its status and where it ends.
struct Answer {
    unsigned status = 0;
    std::size_t length = 0;
};

bool same_word(std::string_view text, std::string_view lower) {
    return text.size() == lower.size() && std::ranges::equal(text, lower, [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
}

// Empty until the whole answer is there. Answers without a length do not occur on a connection that is kept.
std::optional<Answer> find_answer(std::string_view text) {
    const auto head_end = text.find("\r\n\r\n");
    if (head_end == std::string_view::npos || text.size() < 12) return std::nullopt;
    Answer answer;
    (void)std::from_chars(text.data() + 9, text.data() + 12, answer.status);
    std::size_t body = 0;
    std::string_view head = text.substr(0, head_end + 2);
    while (true) {
        const auto line_end = head.find("\r\n");
        if (line_end == std::string_view::npos) break;
        const std::string_view line = head.substr(0, line_end);
        head.remove_prefix(line_end + 2);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !same_word(line.substr(0, colon), "content-length"))
            continue;
        auto value = line.substr(colon + 1);
        while (value.starts_with(' ')) value.remove_prefix(1);
        (void)std::from_chars(value.data(), value.data() + value.size(), body);
    }
    answer.length = head_end + 4 + body;
    if (text.size() < answer.length) return std::nullopt;
    return answer;
}

struct Connection {
    int socket = -1;
    bool busy = false;
    SteadyTime due{};
    std::string out;
    std::size_t sent = 0;
    std::string in;
};

class Load {
public:
    Load(const LoadPlan& plan, const base::Clock& clock)
        : plan_(plan), clock_(clock), connections_(plan.connections) {}
    ~Load() {
        for (const auto& connection : connections_) {
            if (connection.socket >= 0) ::close(connection.socket);
        }
        if (epoll_ >= 0) ::close(epoll_);
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    Result<LoadReport> run() {
        epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            ATTUNE_TRY_VOID(open(i));
            idle_.push_back(i);
        }
        const SteadyTime started = clock_.steady_now();
        const SteadyTime measured_from = started + plan_.warm_up;
        const SteadyTime ends = measured_from + plan_.duration;
        next_due_ = started;
        for (SteadyTime now = started; now < ends; now = clock_.steady_now()) {
            if (!measuring_ && now >= measured_from) {
                measuring_ = true;
                measured_from_ = now;
                if (plan_.begin) plan_.begin();
            }
            start_due(now);
            ATTUNE_TRY_VOID(poll());
        }
        if (plan_.end) plan_.end();
        report_.seconds =
            std::chrono::duration<double>(clock_.steady_now() - measured_from_).count();
        report_.unsent = waiting_.size();
        return std::move(report_);
    }

private:
    Result<void> open(std::size_t index) {
        Connection& connection = connections_[index];
        connection = {};
        connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(plan_.port);
        if (::inet_pton(AF_INET, plan_.host.c_str(), &address.sin_addr) != 1) {
            return fail(Code::invalid_argument, plan_.host + " is no IPv4 address");
        }
        if (connection.socket < 0 ||
            ::connect(connection.socket, reinterpret_cast<const sockaddr*>(&address),
                      sizeof address) != 0) {
            return fail(Code::unavailable, "no connection to " + plan_.host + ":" +
                                               std::to_string(plan_.port) + ": " +
                                               std::strerror(errno));
        }
        const int on = 1;
        (void)::setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        (void)::fcntl(connection.socket, F_SETFL, O_NONBLOCK);
        epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event) != 0) {
            return fail(Code::unavailable, "too many connections for this system");
        }
        return {};
    }

    void start_due(SteadyTime now) {
        if (plan_.rate_per_second == 0) {
            while (!idle_.empty()) start(now);
            return;
        }
        const base::Duration gap(std::max<std::int64_t>(
            1, 1'000'000 / static_cast<std::int64_t>(plan_.rate_per_second)));
        for (; next_due_ <= now; next_due_ += gap) waiting_.push_back(next_due_);
        while (!idle_.empty() && !waiting_.empty()) {
            const SteadyTime due = waiting_.front();
            waiting_.pop_front();
            start(due);
        }
    }

    void start(SteadyTime due) {
        const std::size_t index = idle_.back();
        idle_.pop_back();
        Connection& connection = connections_[index];
        connection.busy = true;
        connection.due = due;
        connection.sent = 0;
        connection.out.clear();
        plan_.request(number_++, connection.out);
        flush(index);
    }

    void flush(std::size_t index) {
        Connection& connection = connections_[index];
        while (connection.sent < connection.out.size()) {
            const auto wrote = ::send(connection.socket, connection.out.data() + connection.sent,
                                      connection.out.size() - connection.sent, MSG_NOSIGNAL);
            if (wrote < 0) {
                watch(index, EPOLLIN | EPOLLOUT);
                return;  // full, or broken: the next event says which
            }
            connection.sent += static_cast<std::size_t>(wrote);
        }
    }

    void watch(std::size_t index, std::uint32_t events) {
        epoll_event event{.events = events, .data = {.u64 = index}};
        (void)::epoll_ctl(epoll_, EPOLL_CTL_MOD, connections_[index].socket, &event);
    }

    Result<void> poll() {
        std::array<epoll_event, 256> events;
        // In the open loop the next request falls due between two ticks of the clock: do not sleep past it.
        const int patience_ms = plan_.rate_per_second == 0 ? 100 : 1;
        const int count =
            ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), patience_ms);
        for (int i = 0; i < count; ++i) {
            const auto index =
                static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
            if ((events[static_cast<std::size_t>(i)].events & EPOLLOUT) != 0) {
                watch(index, EPOLLIN);
                flush(index);
            }
            ATTUNE_TRY_VOID(receive(index));
        }
        return {};
    }

    Result<void> receive(std::size_t index) {
        Connection& connection = connections_[index];
        std::array<char, 64 * 1024> piece;
        const auto got = ::recv(connection.socket, piece.data(), piece.size(), 0);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {};
        if (got <= 0) return reopen(index);
        if (measuring_) report_.bytes_in += static_cast<std::uint64_t>(got);
        connection.in.append(piece.data(), static_cast<std::size_t>(got));
        const auto answer = find_answer(connection.in);
        if (!answer || !connection.busy) return {};
        note(connection, answer->status);
        connection.in.erase(0, answer->length);
        connection.busy = false;
        idle_.push_back(index);
        return {};
    }

    Result<void> reopen(std::size_t index) {
        const bool busy = connections_[index].busy;
        ::close(connections_[index].socket);
        connections_[index].socket = -1;
        if (busy) {
            ++report_.broken;
            idle_.push_back(index);
        }
        return open(index);
    }

    void note(const Connection& connection, unsigned status) {
        if (!measuring_) return;
        ++report_.requests;
        if (status >= 200 && status < 300) {
            ++report_.good;
        } else if (status == 429 || status == 503) {
            ++report_.refused;
        } else {
            ++report_.failed;
        }
        report_.latency.add((clock_.steady_now() - connection.due).count());
    }

    const LoadPlan& plan_;
    const base::Clock& clock_;
    std::vector<Connection> connections_;
    std::vector<std::size_t> idle_;
    std::deque<SteadyTime> waiting_;
    SteadyTime next_due_{};
    SteadyTime measured_from_{};
    std::uint64_t number_ = 0;
    bool measuring_ = false;
    int epoll_ = -1;
    LoadReport report_;
};

}  // namespace

Result<LoadReport> run_load(const LoadPlan& plan, const base::Clock& clock) {
    return Load(plan, clock).run();
}

}  // namespace attune::app
