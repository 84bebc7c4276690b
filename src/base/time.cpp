#include "base/time.h"

#include <algorithm>
#include <array>

namespace attune::base {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

constexpr Time kFirst = sys_days{year{0} / 1 / 1};
constexpr Time kPast = sys_days{year{10000} / 1 / 1};

void put_digits(char* out, unsigned value, int count) {
    for (int i = count - 1; i >= 0; --i) {
        out[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

// Walks the text once; every step that does not find what it needs clears `ok`.
struct Cursor {
    std::string_view rest;
    bool ok = true;

    int digits(std::size_t count) {
        if (rest.size() < count) {
            ok = false;
            return 0;
        }
        int value = 0;
        for (char c : rest.substr(0, count)) {
            if (c < '0' || c > '9') ok = false;
            value = value * 10 + (c - '0');
        }
        rest.remove_prefix(count);
        return value;
    }
    bool take(char lower, char upper) {
        if (rest.empty() || (rest.front() != lower && rest.front() != upper)) return false;
        rest.remove_prefix(1);
        return true;
    }
    void expect(char c) { ok = take(c, c) && ok; }
    // Up to nine digits, of which six count.
    Duration fraction() {
        std::int64_t micros = 0;
        std::size_t count = 0;
        for (; count < rest.size() && rest[count] >= '0' && rest[count] <= '9'; ++count) {
            if (count < 6) micros = micros * 10 + (rest[count] - '0');
        }
        if (count == 0 || count > 9) ok = false;
        for (std::size_t i = count; i < 6; ++i) micros *= 10;
        rest.remove_prefix(count);
        return Duration{micros};
    }
    std::chrono::minutes offset() {
        if (take('z', 'Z')) return {};
        const bool east = take('+', '+');
        if (!east && !take('-', '-')) ok = false;
        const int hours = digits(2);
        expect(':');
        const int minutes = digits(2);
        if (hours > 23 || minutes > 59) ok = false;
        return std::chrono::minutes{(east ? 1 : -1) * (hours * 60 + minutes)};
    }
};

}  // namespace

Time SystemClock::now() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady_now() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
}

void append_time(std::string& out, Time time) {
    time = std::clamp(time, kFirst, kPast - Duration{1});
    const auto day = std::chrono::floor<days>(time);
    const std::chrono::year_month_day date{day};
    const auto micros = static_cast<std::uint64_t>((time - day).count());
    const auto seconds = static_cast<unsigned>(micros / 1'000'000);
    std::array<char, 27> text;
    put_digits(&text[0], static_cast<unsigned>(static_cast<int>(date.year())), 4);
    text[4] = '-';
    put_digits(&text[5], static_cast<unsigned>(date.month()), 2);
    text[7] = '-';
    put_digits(&text[8], static_cast<unsigned>(date.day()), 2);
    text[10] = 'T';
    put_digits(&text[11], seconds / 3600, 2);
    text[13] = ':';
    put_digits(&text[14], seconds / 60 % 60, 2);
    text[16] = ':';
    put_digits(&text[17], seconds % 60, 2);
    std::size_t size = 19;
    if (const auto fraction = static_cast<unsigned>(micros % 1'000'000); fraction != 0) {
        text[size] = '.';
        put_digits(&text[size + 1], fraction, 6);
        size += 7;
        while (text[size - 1] == '0') --size;
    }
    text[size++] = 'Z';
    out.append(text.data(), size);
}

std::string format_time(Time time) {
    std::string out;
    append_time(out, time);
    return out;
}

std::optional<Time> parse_time(std::string_view text) {
    Cursor cursor{text};
    const int y = cursor.digits(4);
    cursor.expect('-');
    const int m = cursor.digits(2);
    cursor.expect('-');
    const int d = cursor.digits(2);
    cursor.ok = cursor.take('t', 'T') && cursor.ok;
    const int hour = cursor.digits(2);
    cursor.expect(':');
    const int minute = cursor.digits(2);
    cursor.expect(':');
    const int second = cursor.digits(2);
    const Duration fraction = cursor.take('.', '.') ? cursor.fraction() : Duration{0};
    const auto offset = cursor.offset();
    if (!cursor.ok || !cursor.rest.empty()) return std::nullopt;
    if (hour > 23 || minute > 59 || second > 60) return std::nullopt;

    const auto date = year{y} / m / d;
    if (!date.ok()) return std::nullopt;
    const auto day = sys_days{date};
    const Time to_minute = day + std::chrono::hours{hour} + std::chrono::minutes{minute} - offset;
    // A leap second ends a UTC day. It is counted as the first second of the next one, as POSIX
    // time has it.
    const auto minute_of_day = to_minute - std::chrono::floor<days>(to_minute);
    if (second == 60 && minute_of_day != std::chrono::minutes{23 * 60 + 59}) return std::nullopt;

    const Time time = to_minute + std::chrono::seconds{second} + fraction;
    if (time < kFirst || time >= kPast) return std::nullopt;
    return time;
}

}  // namespace attune::base
