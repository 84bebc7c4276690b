#include "domain/config_words.h"

#include "base/json_locate.h"

#include <algorithm>
#include <array>
#include <string>

namespace attune::domain {
namespace {

struct Vocabulary {
    std::string_view path;
    std::array<std::string_view, 4> words;
};
constexpr Vocabulary kVocabulary[] = {
    {"ui.theme", {"light", "dark", "simplified", "auto"}},
    {"ui.layout", {"compact", "comfortable", "spacious"}},
    {"content.difficulty", {"beginner", "intermediate", "advanced"}},
};

std::string rule_of(const Vocabulary& vocabulary) {
    std::string words = std::string(vocabulary.path) + " is set to one of ";
    bool is_first = true;
    for (const std::string_view word : vocabulary.words) {
        if (word.empty()) continue;
        words.append(is_first ? "" : ", ").append(word);
        is_first = false;
    }
    return words;
}

bool is_below(std::string_view path, std::string_view other) {
    if (other.empty()) return !path.empty();
    return path.size() > other.size() && path.starts_with(other) && path[other.size()] == '.';
}

bool is_word_of(const Vocabulary& vocabulary, base::JsonView value) {
    const auto text = value.as_string();
    return text && !text->empty() &&
           std::ranges::find(vocabulary.words, *text) != vocabulary.words.end();
}

// The value stands for the word or above it: what lies between is made of objects, and the word, if it is there, is one.
Result<void> check_within(const Vocabulary& vocabulary, std::string_view path,
                          base::JsonView value) {
    std::string_view rest = vocabulary.path;
    if (!path.empty()) rest.remove_prefix(std::min(path.size() + 1, rest.size()));
    std::string pointer;
    while (!rest.empty()) {
        if (!value.is_object())
            return fail_field(pointer, "an object: " + rule_of(vocabulary) + " within it");
        const std::string_view name = rest.substr(0, rest.find('.'));
        rest.remove_prefix(std::min(name.size() + 1, rest.size()));
        const auto member = value.find(name);
        if (!member) return {};
        base::append_pointer(pointer, name);
        value = *member;
    }
    if (is_word_of(vocabulary, value)) return {};
    return fail_field(pointer, rule_of(vocabulary));
}

}  // namespace

Result<void> check_config_path(std::string_view path) {
    for (const Vocabulary& vocabulary : kVocabulary)
        if (is_below(path, vocabulary.path))
            return fail(Code::invalid_argument, rule_of(vocabulary) + ": nothing stands below it");
    return {};
}

bool is_always_there(std::string_view path) {
    return std::ranges::any_of(
        kVocabulary, [&](const Vocabulary& vocabulary) { return is_below(vocabulary.path, path); });
}

Result<void> check_config_change(RuleOp op, std::string_view path, base::JsonView value) {
    if (op == RuleOp::remove) return {};
    for (const Vocabulary& vocabulary : kVocabulary) {
        const bool is_above = is_below(vocabulary.path, path);
        if (!is_above && path != vocabulary.path) continue;
        if (op == RuleOp::append)
            return fail_field("", std::string(path) + " is no list: " + rule_of(vocabulary));
        if (op == RuleOp::merge && !is_above) return fail_field("", rule_of(vocabulary));
        ATTUNE_TRY_VOID(check_within(vocabulary, path, value));
    }
    return {};
}

}  // namespace attune::domain
