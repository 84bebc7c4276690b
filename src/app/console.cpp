#include "app/console.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace attune::app {

namespace {

constexpr base::Duration kMovingEvery = std::chrono::milliseconds(200);
constexpr base::Duration kPlainEvery = std::chrono::seconds(5);

// Where an earlier Progress left the cursor in the middle of a line, a message begins on a line of
// its own.
constexpr std::string_view kClearLine = "\r\x1b[K";

}  // namespace

Console::Console(const base::Clock& clock)
    : clock_(clock), on_terminal_(::isatty(STDERR_FILENO) == 1) {}

bool Console::write(std::string_view text) {
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
}

bool Console::write_line(std::string_view text) { return write(text) && write("\n"); }

bool Console::flush() { return std::fflush(stdout) == 0; }

void Console::say(std::string_view text) {
    std::string line;
    if (on_terminal_) line += kClearLine;
    line.append("attune: ").append(text).append("\n");
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
}

void Console::fail_with(const Error& error) {
    say(error.message);
    for (const auto& field : error.fields) {
        const std::string line = "  " + field.pointer + " " + field.detail;
        if (error.message.find(field.detail) == std::string::npos) say(line);
    }
}

Progress::Progress(Console& console, std::string_view what, std::string_view unit,
                   std::optional<std::uint64_t> total)
    : console_(console),
      what_(what),
      unit_(unit),
      total_(total),
      started_(console.clock().steady_now()),
      shown_(started_) {}

void Progress::at(std::uint64_t done, std::uint64_t count) {
    done_ = done;
    count_ = count;
    const auto every = console_.on_terminal() ? kMovingEvery : kPlainEvery;
    if (console_.clock().steady_now() - shown_ >= every) show(false);
}

void Progress::finish() { show(true); }

void Progress::show(bool last) {
    shown_ = console_.clock().steady_now();
    const auto took = shown_ - started_;
    const double seconds = std::max(std::chrono::duration<double>(took).count(), 1e-3);
    std::string line = what_;
    if (total_ && *total_ > 0) {
        const std::uint64_t percent = std::min<std::uint64_t>(100, done_ * 100 / *total_);
        if (console_.on_terminal()) {
            constexpr std::uint64_t kBarLength = 24;
            const auto full = static_cast<std::size_t>(percent * kBarLength / 100);
            line += " [" + std::string(full, '#') + std::string(kBarLength - full, '.') + "]";
        }
        line += " " + std::to_string(percent) + " %";
    }
    line += " " + grouped(count_) + " " + unit_ + ", " +
            grouped(static_cast<std::uint64_t>(static_cast<double>(count_) / seconds)) +
            " a second";
    if (last) {
        line += ", took " + spoken(took);
    } else if (total_ && done_ > 0 && done_ < *total_) {
        const double left =
            seconds * static_cast<double>(*total_ - done_) / static_cast<double>(done_);
        line += ", " + spoken(base::Duration(static_cast<std::int64_t>(left * 1e6))) + " left";
    }
    if (console_.on_terminal() && !last) {
        const std::string moving = std::string(kClearLine) + line;
        std::fwrite(moving.data(), 1, moving.size(), stderr);
        std::fflush(stderr);
    } else {
        console_.say(line);
    }
}

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
    return digits;
}

std::string spoken(base::Duration duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    if (seconds < 60) return std::to_string(seconds) + " s";
    if (seconds < 3'600)
        return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
    return std::to_string(seconds / 3'600) + " h " + std::to_string(seconds % 3'600 / 60) + " min";
}

std::string printable(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            out += "\\x";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace attune::app
