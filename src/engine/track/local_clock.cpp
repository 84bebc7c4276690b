#include "engine/track/local_clock.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <cstdlib>
#include <filesystem>
#include <mutex>

namespace attune::engine {
namespace {

constexpr std::size_t kZonesMax = 2000;
constexpr std::string_view kDefaultFolder = "/usr/share/zoneinfo";

// The copies of every zone with leap seconds, and what is no zone at all.
bool is_skipped(std::string_view name) {
    return name == "posix" || name == "right" || name == "posixrules" || name == "localtime";
}

bool is_zone_name(std::string_view name) {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_/";
    return name.find_first_not_of(kAllowed) == name.npos;
}

}  // namespace

struct LocalClock::Zone {
    std::once_flag loaded;
    bool valid = false;
    cctz::time_zone zone;
};

LocalClock::LocalClock() = default;
LocalClock::~LocalClock() = default;
LocalClock::LocalClock(LocalClock&&) noexcept = default;

LocalClock LocalClock::of_system() {
    namespace fs = std::filesystem;
    LocalClock clock;
    // tidy-ok(getenv): where the system keeps its time zones is no setting of ours.
    const char* configured = std::getenv("TZDIR");
    const fs::path folder = configured != nullptr ? fs::path(configured) : fs::path(kDefaultFolder);
    std::error_code error;
    fs::recursive_directory_iterator walk(folder, error);
    const fs::recursive_directory_iterator end;
    while (!error && walk != end && clock.zones_.size() < kZonesMax) {
        const std::string name = walk->path().lexically_relative(folder).generic_string();
        std::error_code ignored;
        if (is_skipped(name)) {
            walk.disable_recursion_pending();
        } else if (walk->is_regular_file(ignored) && is_zone_name(name)) {
            clock.zones_.emplace(name, std::make_unique<Zone>());
        }
        walk.increment(error);
    }
    return clock;
}

std::optional<LocalTime> LocalClock::at(base::Time time, std::string_view zone) const {
    const auto found = zones_.find(zone);
    if (found == zones_.end()) return std::nullopt;
    Zone& known = *found->second;
    // Files beside the zones (lists, versions) have plain names too; loading tells them apart.
    std::call_once(known.loaded,
                   [&] { known.valid = cctz::load_time_zone(found->first, &known.zone); });
    if (!known.valid) return std::nullopt;
    const auto local = known.zone.lookup(std::chrono::floor<std::chrono::seconds>(time)).cs;
    return LocalTime{local.hour(),
                     static_cast<std::int32_t>(cctz::get_weekday(cctz::civil_day(local)))};
}

LocalTime utc_local_time(base::Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const auto hour = std::chrono::floor<std::chrono::hours>(time - day);
    const std::chrono::weekday weekday{day};
    return {static_cast<std::int32_t>(hour.count()),
            static_cast<std::int32_t>(weekday.iso_encoding() - 1)};
}

}  // namespace attune::engine
