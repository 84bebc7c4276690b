#include "engine/calendar/time_zones.h"

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

class Zone final : public TimeZone {
public:
    [[nodiscard]] bool load(const std::string& name) { return cctz::load_time_zone(name, &zone_); }
    [[nodiscard]] LocalTime local(base::Time time) const override {
        const auto local = zone_.lookup(std::chrono::floor<std::chrono::seconds>(time)).cs;
        return {local.year(), local.month(), local.day(), local.hour(), local.minute()};
    }
    [[nodiscard]] base::Time time(const LocalTime& local) const override {
        const auto found = zone_.lookup(
            cctz::civil_second(local.year, local.month, local.day, local.hour, local.minute));
        return found.kind == cctz::time_zone::civil_lookup::SKIPPED ? found.trans : found.pre;
    }

private:
    cctz::time_zone zone_;  // UTC until another is loaded
};

}  // namespace

const TimeZone& utc() {
    static const Zone zone;
    return zone;
}

std::int32_t weekday_of(const LocalTime& local) {
    return static_cast<std::int32_t>(
        cctz::get_weekday(cctz::civil_day(local.year, local.month, local.day)));
}

struct TimeZones::Entry {
    std::once_flag loaded;
    bool valid = false;
    Zone zone;
};

TimeZones::TimeZones() = default;
TimeZones::~TimeZones() = default;
TimeZones::TimeZones(TimeZones&&) noexcept = default;

TimeZones TimeZones::of_system() {
    namespace fs = std::filesystem;
    TimeZones zones;
    // tidy-ok(getenv): where the system keeps its time zones is no setting of ours.
    const char* configured = std::getenv("TZDIR");
    const fs::path folder = configured != nullptr ? fs::path(configured) : fs::path(kDefaultFolder);
    std::error_code error;
    fs::recursive_directory_iterator walk(folder, error);
    const fs::recursive_directory_iterator end;
    while (!error && walk != end && zones.zones_.size() < kZonesMax) {
        const std::string name = walk->path().lexically_relative(folder).generic_string();
        std::error_code ignored;
        if (is_skipped(name)) {
            walk.disable_recursion_pending();
        } else if (walk->is_regular_file(ignored) && is_zone_name(name)) {
            zones.zones_.emplace(name, std::make_unique<Entry>());
        }
        walk.increment(error);
    }
    return zones;
}

const TimeZone* TimeZones::find(std::string_view name) const {
    const auto found = zones_.find(name);
    if (found == zones_.end()) return nullptr;
    Entry& known = *found->second;
    // Files beside the zones (lists, versions) have plain names too; loading tells them apart.
    std::call_once(known.loaded, [&] { known.valid = known.zone.load(found->first); });
    return known.valid ? &known.zone : nullptr;
}

}  // namespace attune::engine
