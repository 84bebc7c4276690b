#include "app/settings.h"

namespace attune::app {

namespace {

constexpr std::string_view kIntroduction = R"(# Configuration

Every setting can be given as a flag, as an environment variable or in a TOML file (`--config FILE` or `ATTUNE_CONFIG`);
flags win over variables, variables over the file, the file over the default. A key of the file that is not listed here is
an error. `attune doctor` checks a configuration and says where each value came from.

Sizes in bytes also take `KiB`, `MiB` and `GiB`. Lists are separated by commas on the command line and in variables, and are
arrays in the file. A secret is never a flag, because every process of the machine can read those: it comes from its
variable, from a file of its own (`ATTUNE_ROOT_KEY_FILE`, `root_key_file`), or from a TOML file, and such files must be
readable by their owner alone. *live* settings are read again from the file on SIGHUP; the others need a restart.

This page is made from the program's own table (`attune doctor --page`).
)";

std::string shown_default(const Setting& setting) {
    const std::string text = text_of(Settings{}, setting);
    return text.empty() ? "—" : "`" + text + "`";
}

std::string shown_bounds(const Setting& setting) {
    if (std::holds_alternative<std::uint64_t Settings::*>(setting.member)) {
        return " " + std::to_string(setting.minimum) + " … " + std::to_string(setting.maximum) +
               ".";
    }
    return {};
}

}  // namespace

std::string settings_page() {
    std::string page(kIntroduction);
    std::string_view group;
    for (const Setting& setting : settings_table()) {
        if (setting.group != group) {
            group = setting.group;
            page += "\n## " + std::string(group) +
                    "\n\n| setting | default | what it is |\n|---|---|---|\n";
        }
        const std::string flag = flag_of(setting);
        page += "| `" + std::string(setting.name) + "`<br>" +
                (flag.empty() ? "" : "`" + flag + "`<br>") + "`" + variable_of(setting) + "` | " +
                shown_default(setting) + " | " + std::string(setting.doc) + shown_bounds(setting) +
                (setting.live ? " *live*" : "") + (is_secret(setting) ? " *secret*" : "") + " |\n";
    }
    return page;
}

}  // namespace attune::app
