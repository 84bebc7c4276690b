#include "app/command.h"

#include <charconv>

namespace attune::app {

int exit_code_of(const Error& error) {
    switch (error.code) {
        case Code::invalid_argument:
            return kExitUsage;
        case Code::not_found:
            return kExitNoInput;
        case Code::unavailable:
        case Code::deadline_exceeded:
        case Code::resource_exhausted:
        case Code::failed_precondition:
            return kExitUnavailable;
        case Code::data_loss:
            return kExitStorage;
        default:
            return kExitProblems;
    }
}

int answer_line(Console& console, const Result<std::string>& line) {
    if (line) {
        console.write_line(*line);
        return kExitDone;
    }
    console.fail_with(line.error());
    return exit_code_of(line.error());
}

std::optional<std::string> Invocation::text(std::string_view name) const {
    const auto found = values.find(name);
    if (found == values.end() || found->second.empty()) return std::nullopt;
    return found->second.back();
}

std::vector<std::string> Invocation::list(std::string_view name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::vector<std::string>{} : found->second;
}

Result<std::optional<std::uint64_t>> Invocation::number(std::string_view name,
                                                        std::uint64_t minimum,
                                                        std::uint64_t maximum) const {
    const auto given = text(name);
    if (!given) return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), number);
    if (error != std::errc{} || end != given->data() + given->size() || number < minimum ||
        number > maximum) {
        return fail_field("--" + std::string(name), "must be a whole number from " +
                                                        std::to_string(minimum) + " to " +
                                                        std::to_string(maximum));
    }
    return number;
}

Result<std::uint64_t> Invocation::number_or(std::string_view name, std::uint64_t fallback,
                                            std::uint64_t minimum, std::uint64_t maximum) const {
    ATTUNE_TRY(const auto given, number(name, minimum, maximum));
    return given.value_or(fallback);
}

std::string commands_page() {
    std::string page =
        "# The command line\n\n"
        "`attune COMMAND --help` says the same as this page, which is made from the program's own "
        "descriptions "
        "(`attune doctor --commands`). Exit codes: 0 done, 1 done but something was found wrong, "
        "64 the command line "
        "makes no sense, 66 a named file is not there, 69 a server or data directory cannot be "
        "reached now, 70 the "
        "disk failed, 78 settings that cannot be used.\n\n"
        "Commands that work on a data directory open it themselves, so no server may have it open; "
        "against a running "
        "server they take `--url` and the key in `ATTUNE_KEY`.\n";
    for (const Command* command : all_commands()) {
        page += "\n## attune " + std::string(command->name);
        for (const Argument& argument : command->arguments) {
            page += (argument.required ? " " : " [") + std::string(argument.name) +
                    (argument.repeats ? "…" : "") + (argument.required ? "" : "]");
        }
        page += "\n\n" + std::string(command->summary) + "\n";
        if (!command->manual.empty()) page += "\n" + std::string(command->manual) + "\n";
        if (!command->arguments.empty() || !command->options.empty()) {
            page += "\n| option | what it is |\n|---|---|\n";
        }
        for (const Argument& argument : command->arguments) {
            page +=
                "| `" + std::string(argument.name) + "` | " + std::string(argument.doc) + " |\n";
        }
        for (const Option& option : command->options) {
            page += "| `--" + std::string(option.name) +
                    (option.value.empty() ? "" : " " + std::string(option.value)) + "` | " +
                    std::string(option.doc);
            if (!option.fallback.empty())
                page += " Default: `" + std::string(option.fallback) + "`.";
            page += " |\n";
        }
        if (command->settings == TakesSettings::engine) {
            page +=
                "\nTakes the settings of the group *Data* and of the key (see "
                "[configuration](configuration.md)).\n";
        }
        if (command->settings == TakesSettings::all) {
            page += "\nTakes every [setting](configuration.md).\n";
        }
    }
    return page;
}

}  // namespace attune::app
