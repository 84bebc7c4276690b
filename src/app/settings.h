// Settings: everything about a running Attune that an operator may choose, as one declarative
// table. Flags, `ATTUNE_*` variables, the TOML file, `--help`, docs/configuration.md and `attune
// doctor` all come from it, so none can drift.
//
//     for (const Setting& setting : settings_table()) …  // name, prose, default, bounds
//     auto loaded = load_settings(sources);  // flags over environment over file over defaults
//     loaded->settings.cache_bytes_max
//
// A setting called `idle_timeout_ms` is the flag `--idle-timeout-ms`, the variable
// `ATTUNE_IDLE_TIMEOUT_MS` and the key `idle_timeout_ms` of the file. A key of the file that is not
// in the table is an error.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace attune::app {

// A value that is never printed.
struct Secret {
    std::string value;
};

struct Settings {
    // where and how it listens
    std::string listen = "127.0.0.1:8080";
    std::string tls_cert;
    std::string tls_key;
    bool insecure = false;
    std::uint64_t threads = 0;
    std::vector<std::string> cors_origins;
    std::vector<std::string> trusted_proxies;

    // what it keeps
    std::string data_dir = "./attune-data";
    std::string durability = "fsync";
    std::uint64_t batch_window_ms = 50;
    std::uint64_t disk_reserve_bytes = 0;
    std::uint64_t queue_bytes_max = 64ull << 20;
    std::uint64_t store_memory_bytes_max = 256ull << 20;
    std::uint64_t cache_bytes_max = 512ull << 20;
    std::uint64_t items_max = 1'000'000;
    std::uint64_t items_bytes_max = 2ull << 30;
    std::uint64_t checkpoint_every_events = 64;
    std::string geo_file;
    std::string backup_dir;

    // who may use it
    Secret root_key;
    bool metrics_open = false;
    bool docs_open = true;

    // what it bears
    std::uint64_t connections_max = 12'000;
    std::uint64_t connections_per_peer_max = 12'000;
    std::uint64_t requests_in_flight_max = 4'096;
    std::uint64_t header_bytes_max = 16 * 1024;
    std::uint64_t track_body_bytes_max = 8ull << 20;
    std::uint64_t line_bytes_max = 64 * 1024;
    std::uint64_t inflate_ratio_max = 100;
    std::uint64_t header_timeout_ms = 10'000;
    std::uint64_t body_timeout_ms = 30'000;
    std::uint64_t body_bytes_per_second_min = 1'000;
    std::uint64_t idle_timeout_ms = 75'000;
    std::uint64_t write_timeout_ms = 30'000;
    std::uint64_t request_timeout_ms = 10'000;
    std::uint64_t drain_timeout_ms = 10'000;
    std::uint64_t gzip_bytes_min = 1'400;

    // what it says
    std::string access_log = "off";

    // the demo
    bool demo = false;
    std::uint64_t demo_people = 2'000;
};

// Whom a setting concerns: every command that opens a data directory, or the server alone.
enum class Scope : std::uint8_t { engine, server };

struct Setting {
    std::string_view name;
    std::string_view group;
    std::string_view doc;
    std::variant<std::string Settings::*, std::uint64_t Settings::*, bool Settings::*,
                 std::vector<std::string> Settings::*, Secret Settings::*>
        member;
    Scope scope = Scope::server;
    std::uint64_t minimum = 0;  // of numbers
    std::uint64_t maximum = UINT64_MAX;
    std::vector<std::string_view> choices{};  // of texts; empty: anything
    bool live = false;                        // SIGHUP applies a change; otherwise a restart does
};

[[nodiscard]] std::span<const Setting> settings_table();
[[nodiscard]] const Setting* find_setting(std::string_view name);

[[nodiscard]] std::string flag_of(
    const Setting& setting);  // "--idle-timeout-ms"; empty for a secret
[[nodiscard]] std::string variable_of(const Setting& setting);  // "ATTUNE_IDLE_TIMEOUT_MS"
[[nodiscard]] bool is_secret(const Setting& setting);
[[nodiscard]] bool is_switch(const Setting& setting);  // a flag without a value
// The value as an operator would write it; "***" for a secret that is set.
[[nodiscard]] std::string text_of(const Settings& settings, const Setting& setting);

// Reads `text` into the setting's member. Sizes (…_bytes…) take KiB, MiB and GiB; lists are
// separated by commas.
[[nodiscard]] Result<void> assign(Settings& settings, const Setting& setting,
                                  std::string_view text);

enum class Origin : std::uint8_t { built_in, file, environment, flag };
[[nodiscard]] std::string_view name_of(Origin origin);

struct SettingSources {
    std::map<std::string, std::string, std::less<>> flags;  // by setting name
    std::function<std::optional<std::string>(std::string_view)> variable;
    std::optional<std::string> config_file;
};

struct LoadedSettings {
    Settings settings;
    std::map<std::string, Origin, std::less<>> origins;  // of what is not built in
    std::optional<std::string> config_file;
};

// Every problem at once: the error's fields name the settings. A secret `x` also comes from the
// file that the variable ATTUNE_X_FILE or the key `x_file` names; such a file must be readable by
// its owner only.
[[nodiscard]] Result<LoadedSettings> load_settings(const SettingSources& sources);

// A TOML file's keys and values as text, in the file's order.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> read_settings_file(
    const std::string& path);

// docs/configuration.md.
[[nodiscard]] std::string settings_page();

}  // namespace attune::app
