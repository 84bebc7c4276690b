#include "app/settings.h"

#include "app/secret_file.h"

#include <algorithm>
#include <charconv>

namespace attune::app {

namespace {

template <class... F>
struct Overload : F... {
    using F::operator()...;
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> entries;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto entry = trimmed(text.substr(0, comma));
        if (!entry.empty()) entries.emplace_back(entry);
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    return entries;
}

std::optional<std::uint64_t> parse_number(std::string_view text, bool is_size) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (unit.empty()) return number;
    if (!is_size) return std::nullopt;
    int shift = -1;
    if (unit == "KiB") shift = 10;
    if (unit == "MiB") shift = 20;
    if (unit == "GiB") shift = 30;
    if (shift < 0 || number > (UINT64_MAX >> shift)) return std::nullopt;
    return number << shift;
}

std::string joined(std::span<const std::string_view> words) {
    std::string text;
    for (const auto word : words) text += (text.empty() ? "" : ", ") + std::string(word);
    return text;
}

Result<void> assign_number(std::uint64_t& member, const Setting& setting, std::string_view text) {
    const bool is_size = setting.name.find("_bytes") != std::string_view::npos;
    const auto number = parse_number(text, is_size);
    if (!number || *number < setting.minimum || *number > setting.maximum) {
        std::string expected = "must be a whole number from " + std::to_string(setting.minimum) +
                               " to " + std::to_string(setting.maximum);
        if (is_size) expected += ", with KiB, MiB or GiB behind it if you like";
        return fail_field(std::string(setting.name), expected);
    }
    member = *number;
    return {};
}

Result<void> assign_text(std::string& member, const Setting& setting, std::string_view text) {
    if (!setting.choices.empty() &&
        std::ranges::find(setting.choices, text) == setting.choices.end()) {
        return fail_field(std::string(setting.name), "must be one of " + joined(setting.choices));
    }
    member = text;
    return {};
}

Result<void> assign_switch(bool& member, const Setting& setting, std::string_view text) {
    if (text != "true" && text != "false" && text != "1" && text != "0") {
        return fail_field(std::string(setting.name), "must be true or false");
    }
    member = text == "true" || text == "1";
    return {};
}

Result<void> assign_secret(Secret& member, const Setting& setting, std::string_view text) {
    constexpr std::size_t kSecretBytesMin = 20;
    if (text.size() < kSecretBytesMin) {
        return fail_field(std::string(setting.name), "must have at least 20 characters");
    }
    member.value = text;
    return {};
}

}  // namespace

std::string flag_of(const Setting& setting) {
    if (is_secret(setting)) return {};
    std::string flag = "--" + std::string(setting.name);
    std::ranges::replace(flag, '_', '-');
    return flag;
}

std::string variable_of(const Setting& setting) {
    std::string variable = "ATTUNE_";
    for (const char c : setting.name) {
        variable += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return variable;
}

bool is_secret(const Setting& setting) {
    return std::holds_alternative<Secret Settings::*>(setting.member);
}

bool is_switch(const Setting& setting) {
    return std::holds_alternative<bool Settings::*>(setting.member);
}

std::string text_of(const Settings& settings, const Setting& setting) {
    return std::visit(
        Overload{
            [&](std::string Settings::* member) { return settings.*member; },
            [&](std::uint64_t Settings::* member) { return std::to_string(settings.*member); },
            [&](bool Settings::* member) {
                return std::string(settings.*member ? "true" : "false");
            },
            [&](std::vector<std::string> Settings::* member) {
                std::string text;
                for (const auto& entry : settings.*member)
                    text += (text.empty() ? "" : ",") + entry;
                return text;
            },
            [&](Secret Settings::* member) {
                return std::string((settings.*member).value.empty() ? "" : "***");
            },
        },
        setting.member);
}

Result<void> assign(Settings& settings, const Setting& setting, std::string_view text) {
    return std::visit(
        Overload{
            [&](std::string Settings::* member) {
                return assign_text(settings.*member, setting, text);
            },
            [&](std::uint64_t Settings::* member) {
                return assign_number(settings.*member, setting, text);
            },
            [&](bool Settings::* member) { return assign_switch(settings.*member, setting, text); },
            [&](std::vector<std::string> Settings::* member) -> Result<void> {
                settings.*member = split_list(text);
                return {};
            },
            [&](Secret Settings::* member) {
                return assign_secret(settings.*member, setting, text);
            },
        },
        setting.member);
}

std::string_view name_of(Origin origin) {
    switch (origin) {
        case Origin::built_in:
            return "default";
        case Origin::file:
            return "file";
        case Origin::environment:
            return "environment";
        case Origin::flag:
            return "flag";
    }
    return "default";
}

namespace {

// Collects every problem instead of stopping at the first.
class Loader {
public:
    explicit Loader(const SettingSources& sources) : sources_(sources) {}

    Result<LoadedSettings> load() && {
        loaded_.config_file = sources_.config_file;
        if (sources_.config_file) take_file(*sources_.config_file);
        for (const Setting& setting : settings_table()) take_environment(setting);
        for (const auto& [name, text] : sources_.flags) {
            if (const Setting* setting = find_setting(name))
                take(*setting, text, Origin::flag, flag_of(*setting));
        }
        if (error_.fields.empty()) return std::move(loaded_);
        for (const auto& field : error_.fields) {
            error_.message +=
                (error_.message.empty() ? "" : "\n") + field.pointer + " " + field.detail;
        }
        error_.code = Code::invalid_argument;
        return std::unexpected(std::move(error_));
    }

private:
    void wrong(std::string where, std::string what) {
        error_.fields.push_back({std::move(where), std::move(what)});
    }

    void take(const Setting& setting, std::string_view text, Origin origin,
              const std::string& where) {
        if (auto taken = assign(loaded_.settings, setting, text); !taken) {
            wrong(where, taken.error().fields.at(0).detail);
            return;
        }
        loaded_.origins[std::string(setting.name)] = origin;
    }

    void take_secret_file(const Setting& setting, const std::string& path, Origin origin,
                          const std::string& where) {
        auto text = read_secret_file(path);
        if (!text) return wrong(where, text.error().message);
        take(setting, *text, origin, where);
    }

    void take_file(const std::string& path) {
        auto entries = read_settings_file(path);
        if (!entries) return wrong(path + ":", entries.error().message);
        for (const auto& [key, text] : *entries) {
            std::string where = path;
            where.append(": ").append(key);
            if (const Setting* setting = find_setting(key)) {
                if (is_secret(*setting)) {
                    if (auto kept = check_secret_file(path); !kept) {
                        wrong(where, kept.error().message);
                        continue;
                    }
                }
                take(*setting, text, Origin::file, where);
            } else if (const Setting* secret =
                           key.ends_with("_file")
                               ? find_setting(std::string_view(key).substr(0, key.size() - 5))
                               : nullptr;
                       secret != nullptr && is_secret(*secret)) {
                take_secret_file(*secret, text, Origin::file, where);
            } else {
                wrong(where, "is no setting; `attune doctor --list` shows them all");
            }
        }
    }

    void take_environment(const Setting& setting) {
        const std::string variable = variable_of(setting);
        if (auto text = sources_.variable(variable))
            take(setting, *text, Origin::environment, variable);
        if (!is_secret(setting)) return;
        if (auto path = sources_.variable(variable + "_FILE")) {
            take_secret_file(setting, *path, Origin::environment, variable + "_FILE");
        }
    }

    const SettingSources& sources_;
    LoadedSettings loaded_;
    Error error_{.code = Code::invalid_argument, .message = {}};
};

}  // namespace

Result<LoadedSettings> load_settings(const SettingSources& sources) {
    return Loader(sources).load();
}

}  // namespace attune::app
