#include "base/json_schema.h"

#include <algorithm>

namespace attune::base {
namespace {

void append_label(std::string& out, std::string_view key) {
    if (!out.empty()) out += ',';
    append_json(out, key);
    out += ':';
}

// Component names may hold letters, digits, '.', '-' and '_' (OpenAPI 3.1, 4.8.7).
std::string component_name(std::string_view type) {
    std::string name;
    for (const char c : type) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (plain) name += c;
        if (!plain && !name.empty() && name.back() != '.') name += '.';
    }
    while (name.ends_with('.')) name.pop_back();
    return name;
}

// Past the last "::" that is outside of template arguments.
std::string_view unqualified(std::string_view type) {
    const std::string_view head = type.substr(0, type.find('<'));
    const std::size_t at = head.rfind("::");
    return at == std::string_view::npos ? type : type.substr(at + 2);
}

}  // namespace

std::string SchemaSet::name_for(std::string_view type) {
    std::string name = component_name(unqualified(type));
    const auto taken = [&](const std::string& candidate) {
        return std::ranges::any_of(names_,
                                   [&](const auto& entry) { return entry.second == candidate; });
    };
    if (taken(name)) {
        constexpr std::string_view kProject = "attune::";
        name = component_name(type.starts_with(kProject) ? type.substr(kProject.size()) : type);
    }
    names_.emplace(type, name);
    return name;
}

std::string SchemaSet::components() const {
    std::string out = "{";
    for (const auto& [name, text] : components_) {
        if (out.size() > 1) out += ',';
        append_json(out, std::string_view(name));
        out += ':';
        out += text;
    }
    return out + "}";
}

std::string finish_schema(std::string keywords, const FieldRule& rule) {
    if (!rule.doc.empty()) {
        append_label(keywords, "description");
        append_json(keywords, rule.doc);
    }
    return "{" + keywords + "}";
}

std::string number_schema(std::string_view type, double minimum, double maximum,
                          const FieldRule& rule) {
    std::string keywords = "\"type\":\"" + std::string(type) + "\"";
    minimum = std::max(minimum, rule.minimum);
    maximum = std::min(maximum, rule.maximum);
    // The ends of 64-bit integers are no numbers of a double, and say nothing that "integer" does
    // not.
    if (std::abs(minimum) < 0x1p53) {
        append_label(keywords, "minimum");
        append_json(keywords, minimum);
    }
    if (std::abs(maximum) < 0x1p53) {
        append_label(keywords, "maximum");
        append_json(keywords, maximum);
    }
    return finish_schema(std::move(keywords), rule);
}

std::string sized_schema(std::string keywords, std::string_view unit, const FieldRule& rule) {
    const auto limit = [&](std::string_view side, std::size_t value) {
        append_label(keywords, std::string(side) + std::string(unit));
        keywords += std::to_string(value);
    };
    if (rule.length_min > 0) limit("min", rule.length_min);
    if (rule.length_max < FieldRule{}.length_max) limit("max", rule.length_max);
    return finish_schema(std::move(keywords), rule);
}

}  // namespace attune::base
