#include "app/command.h"
#include "app/console.h"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <iostream>
#include <memory>

namespace attune::app {

namespace {

constexpr std::string_view kVersion = "0.1.0";

std::optional<std::string> environment_variable(std::string_view name) {
    const char* value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// What the parser writes into while it runs; owned by the caller of parse().
struct Slots {
    std::map<std::string, std::vector<std::string>, std::less<>> values;
    std::map<std::string, std::string, std::less<>> settings;
    std::map<std::string, CLI::Option*, std::less<>> options;  // of the settings
    std::map<std::string, bool, std::less<>> switches;
};

void add_option(CLI::App& app, const Option& option, Slots& slots) {
    const std::string name(option.name);
    const std::string flag = "--" + name;
    if (option.value.empty()) {
        app.add_flag(flag, slots.switches[name], std::string(option.doc));
        return;
    }
    auto* added = app.add_option(flag, slots.values[name], std::string(option.doc));
    added->type_name(std::string(option.value))->required(option.required)->allow_extra_args(false);
    if (!option.repeats) added->expected(1);
    if (!option.fallback.empty()) added->default_str(std::string(option.fallback));
    if (!option.choices.empty()) {
        added->check(
            CLI::IsMember(std::vector<std::string>(option.choices.begin(), option.choices.end())));
    }
}

void add_setting(CLI::App& app, const Setting& setting, Slots& slots) {
    const std::string flag = flag_of(setting);
    if (flag.empty()) return;
    const std::string doc(setting.doc);
    std::string& text = slots.settings[std::string(setting.name)];
    // A switch may stand alone or say which: --demo, --docs-open=false.
    CLI::Option* added =
        is_switch(setting) ? app.add_flag(flag, text, doc) : app.add_option(flag, text, doc);
    if (!is_switch(setting)) added->expected(1)->type_name("VALUE");
    added->group("Settings");
    slots.options[std::string(setting.name)] = added;
    const std::string fallback = text_of(Settings{}, setting);
    if (!fallback.empty()) added->default_str(fallback);
}

void describe(CLI::App& app, const Command& command, Slots& slots) {
    if (!command.manual.empty()) app.footer("\n" + std::string(command.manual));
    for (const Argument& argument : command.arguments) {
        auto* added =
            app.add_option(std::string(argument.name), slots.values[std::string(argument.name)],
                           std::string(argument.doc));
        added->required(argument.required)->type_name("");
        if (!argument.repeats) added->expected(1)->allow_extra_args(false);
    }
    for (const Option& option : command.options) add_option(app, option, slots);
    if (command.settings == TakesSettings::none) return;
    app.add_option("--config", slots.values["config"], "TOML file with settings.")
        ->type_name("FILE")
        ->expected(1);
    for (const Setting& setting : settings_table()) {
        if (command.settings == TakesSettings::all || setting.scope == Scope::engine)
            add_setting(app, setting, slots);
    }
}

// The subcommand called `name`, and its parents, made where they are not there yet. A command may have
// others below it when it comes before them.
CLI::App* subcommand_for(CLI::App& app, const Command& command) {
    CLI::App* at = &app;
    std::string_view rest = command.name;
    while (true) {
        const auto space = rest.find(' ');
        const std::string word(rest.substr(0, space));
        const auto found =
            at->get_subcommands([&word](CLI::App* sub) { return sub->get_name() == word; });
        CLI::App* next = found.empty() ? nullptr : found.front();
        if (space == std::string_view::npos)
            return at->add_subcommand(word, std::string(command.summary));
        if (next == nullptr) {
            next = at->add_subcommand(word, "see: attune " + word + " --help");
            next->require_subcommand(1);
        }
        at = next;
        rest.remove_prefix(space + 1);
    }
}

Invocation invocation_of(Slots& slots) {
    Invocation invocation;
    for (auto& [name, values] : slots.values) {
        if (!values.empty()) invocation.values[name] = std::move(values);
    }
    for (const auto& [name, given] : slots.switches) {
        if (given) invocation.values[name] = {};
    }
    for (auto& [name, text] : slots.settings) {
        if (slots.options[name]->count() > 0) invocation.sources.flags[name] = std::move(text);
    }
    invocation.sources.variable = environment_variable;
    invocation.sources.config_file = invocation.text("config");
    if (!invocation.sources.config_file)
        invocation.sources.config_file = environment_variable("ATTUNE_CONFIG");
    return invocation;
}

// The first word, when it should be a command and is none; the parser would only say that one is missing.
std::string_view unknown_command(const CLI::App& app, int argc, char** argv) {
    if (argc < 2 || argv[1][0] == '-') return {};
    const std::string_view word = argv[1];
    const auto found = app.get_subcommands(
        [word](const CLI::App* command) { return command->get_name() == word; });
    return found.empty() ? word : std::string_view{};
}

// What looks like an option and is none of the command's; the parser would complain of the word behind it.
std::string unknown_option(const CLI::App& app) {
    for (std::string& word : app.remaining(true))
        if (word.starts_with('-') && word.size() > 1) return std::move(word);
    return {};
}

}  // namespace

int run_program(int argc, char** argv) {
    CLI::App app(
        "Attune: a personalization server. It is told what people do and answers what each should "
        "see next.",
        "attune");
    app.set_version_flag("--version", "attune " + std::string(kVersion));
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    std::vector<std::unique_ptr<Slots>> slots;
    std::vector<std::pair<CLI::App*, const Command*>> verbs;
    for (const Command* command : all_commands()) {
        CLI::App* verb = subcommand_for(app, *command);
        describe(*verb, *command, *slots.emplace_back(std::make_unique<Slots>()));
        verbs.emplace_back(verb, command);
    }
    if (const auto word = unknown_command(app, argc, argv); !word.empty()) {
        std::cerr << "attune: " << printable(word)
                  << " is no command; attune --help shows them all\n";
        return kExitUsage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& answer) {
        return app.exit(answer);  // --help, --version
    } catch (const CLI::ParseError& error) {
        if (const std::string word = unknown_option(app); !word.empty())
            std::cerr << "attune: " << printable(word)
                      << " is no option of this command; --help shows those it has\n";
        else
            (void)app.exit(error);
        return kExitUsage;
    }
    const base::SystemClock clock;
    Console console(clock);
    for (std::size_t i = 0; i < verbs.size(); ++i) {
        // "simulate experiments" parses "simulate" as well; the longer one is meant.
        const CLI::App* verb = verbs[i].first;
        if (!verb->parsed() || !verb->get_subcommands().empty()) continue;
        const int code = verbs[i].second->run(invocation_of(*slots[i]), console);
        return console.flush() || code != kExitDone ? code : kExitProblems;
    }
    return kExitUsage;
}

}  // namespace attune::app
