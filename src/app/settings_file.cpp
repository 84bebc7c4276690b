#include "app/settings.h"

// NOLINTBEGIN(readability-identifier-naming): the library names its switches.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
// NOLINTEND(readability-identifier-naming)
#include <toml++/toml.h>

#include <sstream>

namespace attune::app {

namespace {

Result<std::string> text_of_node(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* flag = node.as_boolean()) return std::string(flag->get() ? "true" : "false");
    if (const auto* array = node.as_array()) {
        std::string list;
        for (const auto& entry : *array) {
            const auto* text = entry.as_string();
            if (text == nullptr) return fail(Code::invalid_argument, "must be a list of texts");
            list += (list.empty() ? "" : ",") + text->get();
        }
        return list;
    }
    return fail(Code::invalid_argument,
                "must be a text, a whole number, true, false or a list of texts");
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> read_settings_file(
    const std::string& path) {
    auto parsed = toml::parse_file(path);
    if (!parsed) {
        std::ostringstream where;
        where << parsed.error().source().begin;
        return fail(Code::invalid_argument,
                    std::string(parsed.error().description()) + " (" + where.str() + ")");
    }
    std::vector<std::pair<std::string, std::string>> entries;
    for (const auto& [key, node] : parsed.table()) {
        auto text = text_of_node(node);
        if (!text)
            return fail(Code::invalid_argument,
                        std::string(key.str()) + " " + text.error().message);
        entries.emplace_back(std::string(key.str()), std::move(*text));
    }
    return entries;
}

}  // namespace attune::app
