// Log: what happened, for whoever is on call at three in the morning. One line each, key=value,
// injected.
//
//     log.info("store.opened", {{"path", path}, {"records", count}});
//     // ts=2026-03-01T12:30:00Z level=info event=store.opened path=/data records=10
//
// Never payloads, secrets or raw user ids. Values cannot forge lines: whatever is not plain text is
// quoted and escaped. Thread-safe. A log never fails: what cannot be written is lost.
#pragma once

#include "base/mutex.h"
#include "base/time.h"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace attune::base {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

[[nodiscard]] std::string_view name_of(LogLevel level) noexcept;
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view name) noexcept;

// A key, which is a literal, and its value as text.
class LogField {
public:
    LogField(std::string_view key, std::string_view value) : key_(key), value_(value) {}
    LogField(std::string_view key, const char* value) : key_(key), value_(value) {}
    LogField(std::string_view key, const std::string& value) : key_(key), value_(value) {}
    LogField(std::string_view key, bool value) : key_(key), value_(value ? "true" : "false") {}
    LogField(std::string_view key, double value);
    template <std::integral T>
    LogField(std::string_view key, T value) : key_(key), value_(std::to_string(value)) {}

    [[nodiscard]] std::string_view key() const { return key_; }
    [[nodiscard]] std::string_view value() const { return value_; }

private:
    std::string_view key_;
    std::string value_;
};

using LogFields = std::initializer_list<LogField>;

class Log {
public:
    virtual ~Log() = default;

    // `event` is a literal, dotted: "store.opened".
    virtual void write(LogLevel level, std::string_view event, LogFields fields) = 0;
    [[nodiscard]] virtual bool is_on(LogLevel level) const = 0;

    void debug(std::string_view event, LogFields fields = {}) {
        write(LogLevel::debug, event, fields);
    }
    void info(std::string_view event, LogFields fields = {}) {
        write(LogLevel::info, event, fields);
    }
    void warning(std::string_view event, LogFields fields = {}) {
        write(LogLevel::warning, event, fields);
    }
    void error(std::string_view event, LogFields fields = {}) {
        write(LogLevel::error, event, fields);
    }
};

// "ts=… level=… event=… key=value\n". A value longer than 1,024 bytes is cut.
[[nodiscard]] std::string format_log_line(Time time, LogLevel level, std::string_view event,
                                          LogFields fields);

struct StreamLogOptions {
    LogLevel level = LogLevel::info;
    // Lines of one event that are written within one second; the next one after that says how many
    // were left out.
    std::uint32_t lines_per_second_max = 20;
};

// Writes to a file descriptor (2: standard error), a line with one write(2), so that lines of
// several processes do not mix.
class StreamLog final : public Log {
public:
    StreamLog(int descriptor, const Clock& clock, StreamLogOptions options = {});

    void write(LogLevel level, std::string_view event, LogFields fields) override;
    [[nodiscard]] bool is_on(LogLevel level) const override { return level >= options_.level; }

private:
    struct Rate {
        SteadyTime since;
        std::uint32_t written = 0;
        std::uint64_t left_out = 0;
    };
    // Whether one more line of this event may be written; `left_out` is what the line has to
    // confess.
    bool admit(std::string_view event, std::uint64_t& left_out);

    const int descriptor_;
    const Clock& clock_;
    const StreamLogOptions options_;
    Mutex mutex_;
    std::map<std::string, Rate, std::less<>> rates_ ATTUNE_GUARDED_BY(mutex_);
};

// Keeps nothing. For programs that embed the engine and did not ask for a log.
class NullLog final : public Log {
public:
    void write(LogLevel, std::string_view, LogFields) override {}
    [[nodiscard]] bool is_on(LogLevel) const override { return false; }
};

}  // namespace attune::base
