#include "base/log.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

namespace attune::base {
namespace {

constexpr std::size_t kValueBytesMax = 1024;
constexpr std::size_t kEventsMax =
    256;  // events are literals; more than this is a mistake that must not cost memory

// Letters, digits and what never needs thought. All else is quoted.
bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_.:/+@%,").find(c) != std::string_view::npos;
}

void append_quoted(std::string& out, std::string_view value) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (byte < 0x20 || byte >= 0x7F) {
            // Bytes above 0x7F too: a terminal may take U+0085 or U+202E for an order.
            out += "\\x";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

void append_value(std::string& out, std::string_view value) {
    const bool cut = value.size() > kValueBytesMax;
    if (cut) value = value.substr(0, kValueBytesMax);
    bool plain = !value.empty() && !cut;
    for (const char c : value) plain = plain && is_plain(c);
    if (plain) {
        out += value;
    } else {
        append_quoted(out, value);
    }
    if (cut) out += "...";
}

}  // namespace

std::string_view name_of(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "error";
}

std::optional<LogLevel> parse_log_level(std::string_view name) noexcept {
    for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
        if (name == name_of(level)) return level;
    }
    return std::nullopt;
}

LogField::LogField(std::string_view key, double value) : key_(key) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    value_.assign(digits.data(), end);
}

std::string format_log_line(Time time, LogLevel level, std::string_view event, LogFields fields) {
    std::string line = "ts=";
    append_time(line, time);
    line += " level=";
    line += name_of(level);
    line += " event=";
    append_value(line, event);
    for (const LogField& field : fields) {
        line += ' ';
        line += field.key();
        line += '=';
        append_value(line, field.value());
    }
    line += '\n';
    return line;
}

StreamLog::StreamLog(int descriptor, const Clock& clock, StreamLogOptions options)
    : descriptor_(descriptor), clock_(clock), options_(options) {}

bool StreamLog::admit(std::string_view event, std::uint64_t& left_out) {
    const SteadyTime now = clock_.steady_now();
    MutexLock lock(mutex_);
    auto at = rates_.find(event);
    if (at == rates_.end()) {
        if (rates_.size() >= kEventsMax) rates_.clear();
        at = rates_.emplace(std::string(event), Rate{.since = now}).first;
    }
    Rate& rate = at->second;
    if (now - rate.since >= std::chrono::seconds(1)) {
        rate.since = now;
        rate.written = 0;
    }
    if (rate.written >= options_.lines_per_second_max) {
        ++rate.left_out;
        return false;
    }
    ++rate.written;
    left_out = std::exchange(rate.left_out, 0);
    return true;
}

void StreamLog::write(LogLevel level, std::string_view event, LogFields fields) {
    if (!is_on(level)) return;
    std::uint64_t left_out = 0;
    if (!admit(event, left_out)) return;
    std::string line = format_log_line(clock_.now(), level, event, fields);
    if (left_out > 0) {
        line.pop_back();
        line += " left_out=" + std::to_string(left_out) + "\n";
    }
    std::string_view rest = line;
    while (!rest.empty()) {
        const auto written = ::write(descriptor_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace attune::base
