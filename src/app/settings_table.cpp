#include "app/settings.h"

namespace attune::app {

namespace {

constexpr std::string_view kListening = "Listening";
constexpr std::string_view kKeeping = "Data";
constexpr std::string_view kAccess = "Access";
constexpr std::string_view kLimits = "Limits";
constexpr std::string_view kTelling = "Logs";
constexpr std::string_view kDemo = "Demo";

constexpr std::uint64_t kHourMs = 3'600'000;

std::vector<Setting> what_it_serves() {
    return {
        {"listen", kListening,
         "Address and port to listen on, as HOST:PORT. Port 0 takes any free one. Anything but a "
         "loopback address "
         "needs TLS, or `insecure`.",
         &Settings::listen},
        {"tls_cert", kListening,
         "PEM file with the certificate chain. It and the key are read again when they change.",
         &Settings::tls_cert},
        {"tls_key", kListening, "PEM file with the private key of `tls_cert`.", &Settings::tls_key},
        {"insecure", kListening,
         "Allows listening without TLS on an address that others can reach. Keys and personal data "
         "then travel in the "
         "clear: only behind a proxy that terminates TLS.",
         &Settings::insecure},
        {"threads", kListening, "Threads that serve connections; 0 is one a core.",
         &Settings::threads, Scope::server, 0, 1'024},
        {"cors_origins", kListening,
         "Origins whose pages may call the API, exact or `*`. Write-only routes for browsers "
         "answer any origin.",
         &Settings::cors_origins},
        {"trusted_proxies", kListening, "Addresses whose X-Forwarded-For header is believed.",
         &Settings::trusted_proxies},

        {"data_dir", kKeeping, "Directory that holds everything; made when it is not there.",
         &Settings::data_dir, Scope::engine},
        {"durability",
         kKeeping,
         "When a write is acknowledged: `fsync` once it is on the disk; `batch` once the system "
         "has it, synced every "
         "`batch_window_ms`, so that a power cut costs no more than that; `none` once the system "
         "has it.",
         &Settings::durability,
         Scope::engine,
         0,
         UINT64_MAX,
         {"fsync", "batch", "none"}},
        {"batch_window_ms", kKeeping,
         "With `durability = \"batch\"`, the longest time between two syncs.",
         &Settings::batch_window_ms, Scope::engine, 1, 10'000},
        {"disk_reserve_bytes", kKeeping,
         "Writes are refused with 507 when less than this is free on the disk, so that reading and "
         "erasing go on. 0 is "
         "256 MiB, but at most a twentieth of the disk.",
         &Settings::disk_reserve_bytes, Scope::engine, 0, 1ull << 50},
        {"queue_bytes_max", kKeeping,
         "Bytes of events that may wait for the disk; beyond it the answer is 503.",
         &Settings::queue_bytes_max, Scope::engine, 1ull << 20, 1ull << 40},
        {"store_memory_bytes_max", kKeeping,
         "Memory of the store: write buffers and the blocks it has read.",
         &Settings::store_memory_bytes_max, Scope::engine, 16ull << 20, 1ull << 40},
        {"backup_dir", kKeeping,
         "Where `POST /api/v1/backups` may write, here or below; without it, it may not.",
         &Settings::backup_dir, Scope::engine},
        {"cache_bytes_max", kKeeping, "Memory in which profiles are kept.",
         &Settings::cache_bytes_max, Scope::engine, 1ull << 20, 1ull << 44},
        {"items_max", kKeeping, "Items that a tenant's catalogue may have.", &Settings::items_max,
         Scope::engine, 1, 4'000'000},
        {"items_bytes_max", kKeeping, "Memory that a tenant's catalogue may take.",
         &Settings::items_bytes_max, Scope::engine, 1ull << 20, 1ull << 44},
        {"checkpoint_every_events", kKeeping,
         "A person's fold is written down after so many events.",
         &Settings::checkpoint_every_events, Scope::engine, 1, 1'000'000},
        {"geo_file", kKeeping,
         "MaxMind database (country or city) from which the country of an address is taken; none "
         "by default.",
         &Settings::geo_file, Scope::engine},

        {"root_key", kAccess,
         "The key that manages tenants, at least 20 characters. Without it the first start makes "
         "one and prints it "
         "once.",
         &Settings::root_key, Scope::engine},
        {"metrics_open", kAccess, "Answers /metrics without a key.", &Settings::metrics_open},
        {"docs_open", kAccess, "Answers /, /docs and /openapi.json without a key.",
         &Settings::docs_open},
    };
}

std::vector<Setting> what_it_bears() {
    return {
        {"connections_max", kLimits, "Open connections; further ones are refused.",
         &Settings::connections_max, Scope::server, 1, 10'000'000},
        {"connections_per_peer_max", kLimits, "Open connections from one address.",
         &Settings::connections_per_peer_max, Scope::server, 1, 10'000'000},
        {"requests_in_flight_max", kLimits,
         "Requests that wait for the disk; further ones get 503 at once.",
         &Settings::requests_in_flight_max, Scope::server, 1, 10'000'000},
        {"header_bytes_max", kLimits, "Bytes of a request's headers; more is 431.",
         &Settings::header_bytes_max, Scope::server, 1'024, 1 << 20},
        {"track_body_bytes_max", kLimits, "Bytes of a JSON array of events; NDJSON has no limit.",
         &Settings::track_body_bytes_max, Scope::server, 1'024, 1ull << 32},
        {"line_bytes_max", kLimits, "Bytes of one line of NDJSON.", &Settings::line_bytes_max,
         Scope::server, 1'024, 1ull << 26},
        {"inflate_ratio_max", kLimits,
         "How many times larger than sent a compressed body may become.",
         &Settings::inflate_ratio_max, Scope::server, 1, 10'000},
        {"header_timeout_ms", kLimits, "Time for a request's headers to arrive.",
         &Settings::header_timeout_ms, Scope::server, 10, kHourMs},
        {"body_timeout_ms", kLimits, "Longest pause between two pieces of a body.",
         &Settings::body_timeout_ms, Scope::server, 10, kHourMs},
        {"body_bytes_per_second_min", kLimits,
         "A body that arrives slower than this is cut off with 408.",
         &Settings::body_bytes_per_second_min, Scope::server, 0, 1ull << 30},
        {"idle_timeout_ms", kLimits, "A connection without a request is closed after this time.",
         &Settings::idle_timeout_ms, Scope::server, 10, 24 * kHourMs},
        {"write_timeout_ms", kLimits, "Longest time a peer may take no byte of its answer.",
         &Settings::write_timeout_ms, Scope::server, 10, kHourMs},
        {"request_timeout_ms", kLimits, "Longest time until a request is answered; then 504.",
         &Settings::request_timeout_ms, Scope::server, 10, kHourMs},
        {"drain_timeout_ms", kLimits, "After SIGTERM, how long running requests may take to end.",
         &Settings::drain_timeout_ms, Scope::server, 0, kHourMs},
        {"gzip_bytes_min", kLimits, "Answers smaller than this are not compressed.",
         &Settings::gzip_bytes_min, Scope::server, 0, 1ull << 30},

        {"access_log",
         kTelling,
         "A line for each request: `off`, `errors` (statuses from 400 on) or `all`.",
         &Settings::access_log,
         Scope::server,
         0,
         UINT64_MAX,
         {"off", "errors", "all"},
         true},

        {"demo", kDemo,
         "Fills an empty data directory with a simulated app store and prints requests to try. "
         "Never on real data.",
         &Settings::demo},
        {"demo_people", kDemo, "How many people the demo has.", &Settings::demo_people,
         Scope::server, 1, 10'000'000},
    };
}

// tidy-ok(length): a table, one row a setting.
const std::vector<Setting>& table() {
    static const std::vector<Setting> rows = [] {
        std::vector<Setting> all = what_it_serves();
        for (Setting& setting : what_it_bears()) all.push_back(std::move(setting));
        return all;
    }();
    return rows;
}

}  // namespace

std::span<const Setting> settings_table() { return table(); }

const Setting* find_setting(std::string_view name) {
    for (const Setting& setting : table()) {
        if (setting.name == name) return &setting;
    }
    return nullptr;
}

}  // namespace attune::app
