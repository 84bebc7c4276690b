// Console: what a command says to the person (or script) that runs it. Results go to standard
// output; everything about the run goes to standard error: a moving progress line on a terminal, a
// plain line every few seconds elsewhere.
#pragma once

#include "base/result.h"
#include "base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attune::app {

class Console {
public:
    explicit Console(const base::Clock& clock);

    [[nodiscard]] const base::Clock& clock() const { return clock_; }
    [[nodiscard]] bool on_terminal() const { return on_terminal_; }

    // Result text, as it is. False when nobody reads any more (a closed pipe).
    bool write(std::string_view text);
    bool write_line(std::string_view text);
    bool flush();
    // One line about the run.
    void say(std::string_view text);
    // "attune: message", with the fields that are wrong beneath.
    void fail_with(const Error& error);

private:
    const base::Clock& clock_;
    bool on_terminal_;
};

// Progress of something whose size may be known.
//
//     Progress progress(console, "importing", "events", bytes_total);
//     progress.at(bytes_done, events_done);
//     progress.finish();
class Progress {
public:
    Progress(Console& console, std::string_view what, std::string_view unit,
             std::optional<std::uint64_t> total);
    void at(std::uint64_t done, std::uint64_t count);
    // Ends the moving line; says the last numbers when there were any.
    void finish();

private:
    void show(bool last);

    Console& console_;
    std::string what_;
    std::string unit_;
    std::optional<std::uint64_t> total_;
    base::SteadyTime started_;
    base::SteadyTime shown_;
    std::uint64_t done_ = 0;
    std::uint64_t count_ = 0;
};

// "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t number);
// "3 s", "4 min 10 s", "2 h 5 min".
[[nodiscard]] std::string spoken(base::Duration duration);
// A text that came from outside, with control characters and invalid bytes made visible, so that it
// cannot steer a terminal or forge a log line.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace attune::app
