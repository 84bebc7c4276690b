// The server that bench/http_bench.sh measures: answers from memory with bodies of two sizes, and nothing else.
//
//     http_bench serve PORT            /small (300 bytes), /large (1,500 bytes), until its input ends
//     http_bench idle CONNECTIONS      opens so many connections to a server of its own, says what each idle one costs
#include "base/time.h"
#include "http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace attune;

http::Router router() {
    http::Router router;
    for (const auto& [path, size] :
         {std::pair<std::string, std::size_t>{"/small", 300}, {"/large", 1500}}) {
        std::string body = "{\"padding\":\"" + std::string(size - 14, 'x') + "\"}";
        const auto added = router.add({.method = http::Method::get,
                                       .pattern = path,
                                       .handler =
                                           [body](const http::Request&) {
                                               return http::Answer(http::Response::json(200, body));
                                           },
                                       .stream_handler = {}});
        if (!added) std::abort();
    }
    return router;
}

int serve(std::uint16_t port) {
    const base::SystemClock clock;
    http::ServerOptions options;
    options.port = port;
    options.threads = 1;
    http::Server server(options, router(), clock);
    if (auto started = server.start(); !started) {
        std::fprintf(stderr, "%s\n", started.error().message.c_str());
        return 1;
    }
    std::printf("%u\n", server.port());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    return 0;
}

long resident_kb(const std::string& pid) {
    std::ifstream status("/proc/" + pid + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
    return 0;
}

int connect_to(std::uint16_t port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return -1;
    return descriptor;
}

// Whether each connection still answers a request.
bool ask_all(const std::vector<int>& connections) {
    constexpr std::string_view kRequest = "GET /small HTTP/1.1\r\nHost: a\r\n\r\n";
    for (const int descriptor : connections)
        if (::send(descriptor, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(kRequest.size()))
            return false;
    for (const int descriptor : connections) {
        char answer[2048];
        const ssize_t got = ::recv(descriptor, answer, sizeof answer, 0);
        if (got < 12 || std::string_view(answer, 12) != "HTTP/1.1 200") return false;
    }
    return true;
}

// The server runs in a child, so that its memory is its own.
int idle(std::size_t count) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    int to_parent[2];
    int to_child[2];
    if (::pipe(to_parent) != 0 || ::pipe(to_child) != 0) return 1;
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(to_child[1]);
        const base::SystemClock clock;
        http::ServerOptions options;
        options.port = 0;
        options.threads = 2;
        http::Server server(options, router(), clock);
        if (!server.start()) std::_Exit(1);
        const std::uint16_t port = server.port();
        if (::write(to_parent[1], &port, sizeof port) != sizeof port) std::_Exit(1);
        char end = 0;
        while (::read(to_child[0], &end, 1) > 0) {
        }
        std::_Exit(0);
    }
    std::uint16_t port = 0;
    if (::read(to_parent[0], &port, sizeof port) != sizeof port) return 1;
    const std::string pid = std::to_string(child);
    const auto open_some = [&](std::vector<int>& connections, std::size_t many) {
        while (connections.size() < many) {
            const int descriptor = connect_to(port);
            if (descriptor < 0) return false;
            connections.push_back(descriptor);
        }
        return true;
    };
    std::vector<int> connections;
    if (!open_some(connections, 100) || !ask_all(connections)) return 1;
    const long before = resident_kb(pid);
    const bool opened = open_some(connections, count) && ask_all(connections);
    const long after = resident_kb(pid);
    const bool again = opened && ask_all(connections);
    ::close(to_child[1]);
    ::waitpid(child, nullptr, 0);
    if (!again) {
        std::fprintf(stderr, "stopped at %zu connections: %s\n", connections.size(),
                     std::strerror(errno));
        return 1;
    }
    std::printf(
        "%zu connections open and served twice; server %ld KB before, %ld KB after: %.2f KB each "
        "(limit 20)\n",
        connections.size(), before, after,
        static_cast<double>(after - before) / static_cast<double>(count - 100));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view mode = argc > 2 ? argv[1] : "";
    if (mode == "serve") return serve(static_cast<std::uint16_t>(std::atoi(argv[2])));
    if (mode == "idle") return idle(static_cast<std::size_t>(std::atoi(argv[2])));
    std::fprintf(stderr, "http_bench serve PORT | idle CONNECTIONS\n");
    return 2;
}
