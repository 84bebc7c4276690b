#include "app/commands.h"
#include "app/load.h"
#include "base/json.h"
#include "domain/describe.h"
#include "learn/simulate/world.h"

#include <unistd.h>

#include <charconv>
#include <fstream>
#include <memory>

namespace attune::app {

namespace {

namespace simulate = learn::simulate;

struct BenchReport {
    std::string what;
    double seconds = 0;
    std::uint64_t requests = 0;
    double requests_per_second = 0;
    std::optional<double> events_per_second;
    std::uint64_t good = 0;
    std::uint64_t refused = 0;
    std::uint64_t failed = 0;
    std::uint64_t broken = 0;
    std::uint64_t unsent = 0;
    std::int64_t p50_us = 0;
    std::int64_t p90_us = 0;
    std::int64_t p99_us = 0;
    std::int64_t p999_us = 0;
    std::int64_t max_us = 0;
    std::optional<double> server_cpu_us_per_request;
};
BOOST_DESCRIBE_STRUCT(BenchReport, (),
                      (what, seconds, requests, requests_per_second, events_per_second, good,
                       refused, failed, broken, unsent, p50_us, p90_us, p99_us, p999_us, max_us,
                       server_cpu_us_per_request))

// User and system time that a process has used so far, in microseconds, as the kernel counts it.
std::optional<double> cpu_time_us(std::uint64_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    if (!std::getline(file, text)) return std::nullopt;
    // The second field is the program's name in brackets and may hold anything.
    auto at = text.rfind(')');
    if (at == std::string::npos) return std::nullopt;
    std::uint64_t ticks = 0;
    for (int field = 3; field <= 15; ++field) {
        at = text.find(' ', at + 1);
        if (at == std::string::npos) return std::nullopt;
        if (field < 14) continue;
        std::uint64_t value = 0;
        (void)std::from_chars(text.data() + at + 1, text.data() + text.size(), value);
        ticks += value;
    }
    return static_cast<double>(ticks) * 1e6 / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

struct Target {
    std::string host;
    std::uint16_t port = 0;
};

Result<Target> target_of(std::string url) {
    if (!url.starts_with("http://")) return fail_field("--url", "must be http://ADDRESS:PORT");
    url.erase(0, 7);
    while (url.ends_with('/')) url.pop_back();
    const auto colon = url.rfind(':');
    Target target{.host = url.substr(0, colon), .port = 80};
    if (colon != std::string::npos) {
        const char* begin = url.data() + colon + 1;
        const auto [end, error] = std::from_chars(begin, url.data() + url.size(), target.port);
        if (error != std::errc{} || end != url.data() + url.size())
            return fail_field("--url", "must end in a port");
    }
    if (target.host == "localhost") target.host = "127.0.0.1";
    return target;
}

// The requests of the three workloads.
class Workload {
public:
    Workload(std::string what, Target target, std::string key, std::uint32_t people,
             std::uint32_t batch, std::string path, std::uint64_t run)
        : what_(std::move(what)),
          host_(target.host + ":" + std::to_string(target.port)),
          key_(std::move(key)),
          path_(std::move(path)),
          batch_(batch),
          run_("bench-" + std::to_string(run) + "-"),
          world_({.seed = 1, .people = people, .items = 1'000, .days = 3'650}),
          log_(world_) {}

    void write(std::uint64_t number, std::string& out) {
        if (what_ == "profiles") {
            const auto person =
                static_cast<std::uint32_t>(simulate::Dice(number).below(world_.options().people));
            return get("/api/v1/personalization/profile/" + simulate::user_id_of(person), out);
        }
        if (what_ == "get") return get(path_, out);
        std::string body = batch_ == 1 ? "" : "[";
        for (std::uint32_t i = 0; i < batch_; ++i) {
            if (i > 0) body += ',';
            append_event(body);
        }
        if (batch_ != 1) body += ']';
        out +=
            "POST /api/v1/events HTTP/1.1\r\nHost: " + host_ + "\r\nAuthorization: Bearer " + key_ +
            "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body;
    }

private:
    void get(const std::string& path, std::string& out) const {
        out += "GET " + path + " HTTP/1.1\r\nHost: " + host_ + "\r\nAuthorization: Bearer " + key_ +
               "\r\n\r\n";
    }

    // Ids of this run alone: a second one is new work, not duplicates. Times are the server's.
    void append_event(std::string& body) {
        domain::IncomingEvent event;
        if (!log_.next(event)) return;
        event.id = run_ + std::to_string(count_++);
        event.time.reset();
        base::append_json(body, event);
    }

    std::string what_;
    std::string host_;
    std::string key_;
    std::string path_;
    std::uint32_t batch_;
    std::string run_;
    std::uint64_t count_ = 0;
    simulate::World world_;
    simulate::Generator log_;
};

Result<BenchReport> bench(const Invocation& invocation, Console& console) {
    const std::string what = *invocation.text("WHAT");
    if (what != "profiles" && what != "events" && what != "get")
        return fail_field("WHAT", "must be profiles, events or get");
    ATTUNE_TRY(const auto target,
               target_of(invocation.text("url").value_or("http://127.0.0.1:8080")));
    ATTUNE_TRY(const auto people, invocation.number_or("people", 2'000, 1, 1u << 31));
    ATTUNE_TRY(const auto batch, invocation.number_or("batch", 1, 1, 10'000));
    ATTUNE_TRY(const auto seconds, invocation.number_or("seconds", 10, 1, 86'400));
    ATTUNE_TRY(const auto pid, invocation.number("pid", 1, UINT32_MAX));
    LoadPlan plan{.host = target.host, .port = target.port};
    ATTUNE_TRY(plan.connections, invocation.number_or("connections", 64, 1, 100'000));
    ATTUNE_TRY(plan.rate_per_second, invocation.number_or("rate", 0, 0, 1'000'000));
    plan.duration = std::chrono::seconds(seconds);
    const auto run = static_cast<std::uint64_t>(console.clock().now().time_since_epoch().count());
    const auto workload = std::make_unique<Workload>(
        what, target, invocation.sources.variable("ATTUNE_KEY").value_or(""),
        static_cast<std::uint32_t>(people), static_cast<std::uint32_t>(batch),
        invocation.text("path").value_or("/healthz"), run);
    plan.request = [&workload](std::uint64_t number, std::string& out) {
        workload->write(number, out);
    };
    std::optional<double> cpu_before;
    std::optional<double> cpu_after;
    plan.begin = [&] { cpu_before = pid ? cpu_time_us(*pid) : std::nullopt; };
    plan.end = [&] { cpu_after = pid ? cpu_time_us(*pid) : std::nullopt; };
    ATTUNE_TRY(const auto load, run_load(plan, console.clock()));

    BenchReport report{.what = what, .seconds = load.seconds, .requests = load.requests};
    report.requests_per_second = static_cast<double>(load.requests) / load.seconds;
    if (what == "events")
        report.events_per_second = report.requests_per_second * static_cast<double>(batch);
    report.good = load.good;
    report.refused = load.refused;
    report.failed = load.failed;
    report.broken = load.broken;
    report.unsent = load.unsent;
    report.p50_us = load.latency.percentile(0.5);
    report.p90_us = load.latency.percentile(0.9);
    report.p99_us = load.latency.percentile(0.99);
    report.p999_us = load.latency.percentile(0.999);
    report.max_us = load.latency.largest();
    if (cpu_before && cpu_after && load.requests > 0) {
        report.server_cpu_us_per_request =
            (*cpu_after - *cpu_before) / static_cast<double>(load.requests);
    }
    return report;
}

int run_bench(const Invocation& invocation, Console& console) {
    const auto report = bench(invocation, console);
    if (!report) {
        console.fail_with(report.error());
        return exit_code_of(report.error());
    }
    console.write_line(base::to_json(*report));
    return report->failed + report->broken == 0 ? kExitDone : kExitProblems;
}

}  // namespace

const Command kBench{
    .name = "bench",
    .summary = "Loads a server with requests and prints rates and times, as one line of JSON.",
    .manual =
        "Reads the key from ATTUNE_KEY. Without --rate the loop is closed: each connection waits "
        "for its answer before it "
        "asks again. With it the loop is open: requests fall due at that rate whether or not the "
        "server keeps up, and "
        "their times are counted from when they were due. `profiles` reads people of the simulated "
        "world (fill it with "
        "`attune simulate --url`), `events` sends new events of it, `get` asks for one path again "
        "and again. Exit code 1 "
        "when answers were neither 2xx nor 429 nor 503.",
    .arguments = {{.name = "WHAT", .doc = "profiles, events or get."}},
    .options =
        {{.name = "url",
          .value = "URL",
          .doc = "The server, http://ADDRESS:PORT.",
          .fallback = "http://127.0.0.1:8080",
          .required = false},
         {.name = "connections", .value = "N", .doc = "Connections at once.", .fallback = "64"},
         {.name = "rate", .value = "N", .doc = "Requests a second, in an open loop."},
         {.name = "seconds",
          .value = "N",
          .doc = "How long, after one second that does not count.",
          .fallback = "10"},
         {.name = "batch", .value = "N", .doc = "Events in a request.", .fallback = "1"},
         {.name = "people",
          .value = "N",
          .doc = "People of the simulated world.",
          .fallback = "2000"},
         {.name = "path", .value = "PATH", .doc = "What `get` asks for.", .fallback = "/healthz"},
         {.name = "pid",
          .value = "PID",
          .doc = "The server's process: its CPU time a request is printed too."}},
    .run = &run_bench};

}  // namespace attune::app
