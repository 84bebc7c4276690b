#include "engine/calendar/cron.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <string>
#include <vector>

namespace attune::engine {
namespace {

constexpr std::size_t kTextBytesMax = 256;

struct Field {
    const char* name;
    unsigned low;
    unsigned high;
    std::string_view names;  // of three letters each, for `low` and on
};
constexpr std::array<Field, 5> kFields{{{"minute", 0, 59, ""},
                                        {"hour", 0, 23, ""},
                                        {"day", 1, 31, ""},
                                        {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
                                        {"weekday", 0, 7, "sunmontuewedthufrisat"}}};

std::unexpected<Error> wrong(const Field& field, std::string_view part) {
    return fail(Code::invalid_argument,
                "the " + std::string(field.name) + " of a cron is *, or a list of numbers from " +
                    std::to_string(field.low) + " to " + std::to_string(field.high) +
                    " and of ranges, each with an optional /step, not '" +
                    std::string(part.substr(0, 40)) + "'");
}

std::optional<unsigned> number_of(const Field& field, std::string_view text) {
    if (text.size() == 3 && !field.names.empty()) {
        std::string lower(text);
        std::ranges::transform(lower, lower.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
        });
        for (std::size_t at = 0; at < field.names.size(); at += 3)
            if (field.names.substr(at, 3) == lower)
                return field.low + static_cast<unsigned>(at / 3);
    }
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// The values of one entry of a list: "*", "5", "1-5", "*/10", "8-18/2".
Result<std::uint64_t> values_of(const Field& field, std::string_view part) {
    std::string_view range = part;
    unsigned step = 1;
    const std::size_t slash = part.find('/');
    if (slash != part.npos) {
        const auto wanted = number_of({"", 0, 0, ""}, part.substr(slash + 1));
        if (!wanted || *wanted == 0) return wrong(field, part);
        step = *wanted;
        range = part.substr(0, slash);
    }
    unsigned low = field.low;
    unsigned high = field.high;
    if (range != "*") {
        const std::size_t dash = range.find('-');
        const auto first = number_of(field, range.substr(0, dash));
        if (!first) return wrong(field, part);
        low = *first;
        // As crontab has it, "5/15" begins at 5 and goes on to the end.
        if (dash != range.npos) {
            const auto last = number_of(field, range.substr(dash + 1));
            if (!last) return wrong(field, part);
            high = *last;
        } else if (slash == part.npos) {
            high = low;
        }
    }
    if (low < field.low || high > field.high || low > high) return wrong(field, part);
    std::uint64_t values = 0;
    for (std::uint64_t value = low; value <= high; value += step)
        values |= std::uint64_t{1} << value;
    return values;
}

Result<std::uint64_t> field_of(const Field& field, std::string_view text) {
    std::uint64_t values = 0;
    while (true) {
        const std::size_t comma = text.find(',');
        ATTUNE_TRY(const std::uint64_t part, values_of(field, text.substr(0, comma)));
        values |= part;
        if (comma == text.npos) return values;
        text.remove_prefix(comma + 1);
    }
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t begin = text.find_first_not_of(" \t");
        if (begin == text.npos) return words;
        const std::size_t end = std::min(text.find_first_of(" \t", begin), text.size());
        words.push_back(text.substr(begin, end - begin));
        text.remove_prefix(end);
    }
}

// The highest bit at or below `at`; empty: none.
std::optional<std::int32_t> highest(std::uint64_t bits, std::int32_t at) {
    if (at < 0) return std::nullopt;
    const std::uint64_t below = bits & ((std::uint64_t{2} << at) - 1);
    if (below == 0) return std::nullopt;
    return std::bit_width(below) - 1;
}

LocalTime end_of_day_before(const LocalTime& local) {
    using namespace std::chrono;
    const sys_days today = year(static_cast<int>(local.year)) /
                           month(static_cast<unsigned>(local.month)) /
                           day(static_cast<unsigned>(local.day));
    const year_month_day before{today - days(1)};
    return {static_cast<int>(before.year()),
            static_cast<std::int32_t>(static_cast<unsigned>(before.month())),
            static_cast<std::int32_t>(static_cast<unsigned>(before.day())), 23, 59};
}

}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
    const auto words = words_of(text.substr(0, kTextBytesMax + 1));
    if (text.size() > kTextBytesMax || words.size() != kFields.size())
        return fail(Code::invalid_argument,
                    "a cron has five fields: minute, hour, day, month and weekday");
    std::array<std::uint64_t, 5> values{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        ATTUNE_TRY(values[i], field_of(kFields[i], words[i]));
    }
    Cron cron;
    cron.minutes_ = values[0];
    cron.hours_ = static_cast<std::uint32_t>(values[1]);
    cron.days_ = static_cast<std::uint32_t>(values[2]);
    cron.months_ = static_cast<std::uint32_t>(values[3]);
    cron.weekdays_ = static_cast<std::uint32_t>((values[4] | values[4] >> 7) & 0x7F);
    cron.any_day_ = words[2].starts_with('*');
    cron.any_weekday_ = words[4].starts_with('*');
    if (!cron.ever_fires())
        return fail(Code::invalid_argument,
                    "a cron names a day that one of its months has; this one never comes");
    return cron;
}

// With both restricted, the weekday comes in any month; otherwise the day must.
bool Cron::ever_fires() const {
    if (!any_day_ && !any_weekday_) return true;
    constexpr std::array<int, 12> kDays = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int month = 1; month <= 12; ++month) {
        const auto days = static_cast<std::uint32_t>(
            (std::uint64_t{2} << kDays[static_cast<std::size_t>(month - 1)]) - 1);
        if ((months_ >> month & 1) != 0 && (days_ & days) != 0) return true;
    }
    return false;
}

bool Cron::matches_day(const LocalTime& local) const {
    if ((months_ >> local.month & 1) == 0) return false;
    const bool day = (days_ >> local.day & 1) != 0;
    const bool weekday = (weekdays_ >> ((weekday_of(local) + 1) % 7) & 1) != 0;
    // With a star in one of them both must hold: the star holds unless it has a step.
    return any_day_ || any_weekday_ ? day && weekday : day || weekday;
}

bool Cron::matches(const LocalTime& local) const {
    return (minutes_ >> local.minute & 1) != 0 && (hours_ >> local.hour & 1) != 0 &&
           matches_day(local);
}

std::optional<LocalTime> Cron::last_at_or_before(const LocalTime& local, int days_max) const {
    LocalTime at = local;
    for (int back = 0; back <= days_max; ++back, at = end_of_day_before(at)) {
        if (!matches_day(at)) continue;
        auto minute = highest(minutes_, at.minute);
        auto hour = highest(hours_, minute ? at.hour : at.hour - 1);
        if (!hour) continue;
        if (*hour < at.hour) minute = highest(minutes_, 59);
        at.hour = *hour;
        at.minute = *minute;
        return at;
    }
    return std::nullopt;
}

}  // namespace attune::engine
