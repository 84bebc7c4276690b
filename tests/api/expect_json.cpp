#include "tests/api/expect_json.h"

#include <charconv>

namespace attune::api::testing {

namespace {

using base::JsonView;

std::optional<std::string> difference(JsonView expected, JsonView actual, const std::string& at) {
    if (expected.as_string() == "*") return std::nullopt;
    auto told = [&] {
        return at + ": expected " + std::string(expected.text().text()) + ", got " +
               std::string(actual.text().text());
    };
    if (expected.is_object()) {
        if (!actual.is_object()) return told();
        for (auto [key, value] : expected.members()) {
            const std::string below = at + "/" + std::string(key);
            auto found = actual.find(key);
            if (!found) return below + ": is missing in " + std::string(actual.text().text());
            if (auto wrong = difference(value, *found, below)) return wrong;
        }
        return std::nullopt;
    }
    if (expected.is_array()) {
        if (!actual.is_array() || actual.size() != expected.size()) return told();
        auto other = actual.elements().begin();
        std::size_t i = 0;
        for (JsonView element : expected.elements()) {
            if (auto wrong = difference(element, *other, at + "/" + std::to_string(i++)))
                return wrong;
            ++other;
        }
        return std::nullopt;
    }
    return expected.text() == actual.text() ? std::nullopt : std::optional(told());
}

}  // namespace

std::optional<std::string> json_difference(std::string_view expected, std::string_view actual) {
    auto want = base::JsonDocument::parse(expected);
    if (!want) return "the expectation is no JSON: " + want.error().message;
    auto have = base::JsonDocument::parse(actual, {.bytes_max = 64u << 20});
    if (!have) return "the answer is no JSON: " + std::string(actual.substr(0, 300));
    return difference(want->root(), have->root(), "");
}

std::string json_at(std::string_view json, std::string_view pointer) {
    auto document = base::JsonDocument::parse(json, {.bytes_max = 64u << 20});
    if (!document) return {};
    JsonView at = document->root();
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const std::string_view part = pointer.substr(0, pointer.find('/'));
        pointer.remove_prefix(part.size());
        if (at.is_array()) {
            std::size_t index = 0;
            std::from_chars(part.data(), part.data() + part.size(), index);
            if (index >= at.size()) return {};
            auto element = at.elements().begin();
            while (index-- > 0) ++element;
            at = *element;
        } else {
            auto member = at.find(part);
            if (!member) return {};
            at = *member;
        }
    }
    if (auto text = at.as_string()) return std::string(*text);
    return std::string(at.text().text());
}

}  // namespace attune::api::testing
