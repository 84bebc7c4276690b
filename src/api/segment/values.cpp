#include "api/segment/values.h"

#include "base/real_text.h"

#include <chrono>
#include <cmath>

namespace attune::api::segment {

namespace {

constexpr base::Time kEarliest = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);
constexpr std::size_t kDateBytes = 10;  // "2026-03-01"
// As seconds the year 5138, as milliseconds 1973: no clock says one that means the other.
constexpr double kMilliseconds = 1e11;
constexpr double kSecondsMin = 946'684'800;      // kEarliest: a smaller number is no time at all
constexpr double kSecondsMax = 253'402'300'799;  // the end of the year 9999

std::optional<base::Time> unix_time(double number) {
    const double seconds = number < kMilliseconds ? number : number / 1e3;
    if (!(seconds >= kSecondsMin && seconds <= kSecondsMax)) return std::nullopt;
    return base::Time(base::Duration(std::llround(seconds * 1e6)));
}

}  // namespace

std::optional<std::string> id_of(std::optional<base::JsonView> value) {
    if (!value) return std::nullopt;
    if (auto text = value->as_string()) {
        if (text->empty()) return std::nullopt;
        return std::string(*text);
    }
    if (value->as_double()) return std::string(value->text().text());
    return std::nullopt;
}

std::optional<double> number_of(std::optional<base::JsonView> value) {
    if (!value) return std::nullopt;
    if (auto number = value->as_double()) return number;
    const auto text = value->as_string();
    return text ? base::real_of(*text) : std::nullopt;
}

std::optional<base::Time> time_of(std::optional<base::JsonView> value) {
    if (const auto number = value ? value->as_double() : std::nullopt) return unix_time(*number);
    auto text = value ? value->as_string() : std::nullopt;
    if (!text) return std::nullopt;
    if (auto time = base::parse_time(*text)) return time;
    std::string repaired(*text);
    if (repaired.size() == kDateBytes) return base::parse_time(repaired + "T00:00:00Z");
    if (repaired.size() > kDateBytes && repaired[kDateBytes] == ' ') repaired[kDateBytes] = 'T';
    const std::size_t sign = repaired.find_first_of("+-", std::min(kDateBytes, repaired.size()));
    if (sign == std::string::npos) {
        if (!repaired.ends_with('Z')) repaired += 'Z';
    } else if (repaired.size() == sign + 5) {
        repaired.insert(sign + 3, ":");  // "+0000"
    }
    return base::parse_time(repaired);
}

base::Time corrected_time(std::optional<base::Time> original, std::optional<base::Time> sent,
                          base::Time received) {
    base::Time time = received;
    if (original) time = sent ? received - (*sent - *original) : *original;
    if (time > received || time < kEarliest) return received;
    return time;
}

}  // namespace attune::api::segment
