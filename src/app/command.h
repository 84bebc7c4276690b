// Command: one verb of the `attune` program, described once. The parser, `--help` and docs/cli.md
// come from the description; the work is one function.
//
//     const Command kVerify{.name = "verify", .summary = "…", .options = {…}, .run = &run_verify};
//
// A function takes what was asked for (Invocation) and answers the exit code; what it has to say
// goes through a Console.
#pragma once

#include "app/console.h"
#include "app/settings.h"
#include "base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::app {

// Exit codes, after sysexits.h where that has one.
inline constexpr int kExitDone = 0;
inline constexpr int kExitProblems =
    1;  // it ran to its end and found something wrong: rejected lines, damage, bad settings
inline constexpr int kExitUsage = 64;        // the command line makes no sense
inline constexpr int kExitNoInput = 66;      // a file that was named is not there
inline constexpr int kExitUnavailable = 69;  // a server or a data directory cannot be reached now
inline constexpr int kExitStorage = 70;      // the disk failed; nothing more was acknowledged
inline constexpr int kExitConfig = 78;       // settings that cannot be used

[[nodiscard]] int exit_code_of(const Error& error);
// A command whose result is one line: writes it, or says what failed; answers the exit code.
[[nodiscard]] int answer_line(Console& console, const Result<std::string>& line);

struct Option {
    std::string_view name;   // "format" is --format
    std::string_view value;  // what its value is called in the help; empty: a switch
    std::string_view doc;
    std::string_view fallback{};
    bool required = false;
    bool repeats = false;
    std::vector<std::string_view> choices{};
};

struct Argument {
    std::string_view name;  // "FILE"
    std::string_view doc;
    bool required = true;
    bool repeats = false;
};

// Which settings a command takes beside its own options.
enum class TakesSettings : std::uint8_t { none, engine, all };

// What was asked for.
class Invocation {
public:
    std::map<std::string, std::vector<std::string>, std::less<>>
        values;  // by option or argument name
    SettingSources sources;

    [[nodiscard]] bool has(std::string_view name) const { return values.contains(name); }
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> list(std::string_view name) const;
    // Empty when it was not given; invalid_argument when it is not a number within the bounds.
    [[nodiscard]] Result<std::optional<std::uint64_t>> number(std::string_view name,
                                                              std::uint64_t minimum,
                                                              std::uint64_t maximum) const;
    [[nodiscard]] Result<std::uint64_t> number_or(std::string_view name, std::uint64_t fallback,
                                                  std::uint64_t minimum,
                                                  std::uint64_t maximum) const;
};

struct RouteFace;

struct Command {
    std::string_view name;     // "keys create"
    std::string_view summary;  // one line
    std::string_view manual{};
    std::vector<Argument> arguments{};
    std::vector<Option> options{};
    TakesSettings settings = TakesSettings::none;
    int (*run)(const Invocation&, Console&) = nullptr;
    const RouteFace* face = nullptr;  // of those that are one request (app/route_command.h)
};

// All commands, in the order of the help.
[[nodiscard]] std::span<const Command* const> all_commands();
// docs/cli.md.
[[nodiscard]] std::string commands_page();

// Parses the command line, runs the command and answers the exit code.
[[nodiscard]] int run_program(int argc, char** argv);

}  // namespace attune::app
