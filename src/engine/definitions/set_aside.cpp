#include "engine/definitions/set_aside.h"

#include "base/json_locate.h"

#include <algorithm>
#include <iterator>

namespace attune::engine {
namespace {

std::string reason_of(const Error& error) {
    return error.message.empty() ? "does not compile" : error.message;
}

bool is_within(std::string_view pointer, std::string_view whole) {
    return pointer.starts_with(whole) &&
           (pointer.size() == whole.size() || pointer[whole.size()] == '/');
}

// The one that an error names as a file of all kinds has it: "/flags/dark/variants", "/$evaluators/late".
Definition* named_by(const Error& error, std::vector<Definition>& definitions,
                     const DefinitionKind& kind) {
    for (const FieldError& field : error.fields) {
        for (Definition& one : definitions) {
            std::string alone;
            base::append_pointer(alone, one.id);
            const bool is_named = is_within(field.pointer, "/" + kind.collection + alone) ||
                                  is_within(field.pointer, alone);
            if (is_named && one.refused.empty()) return &one;
        }
    }
    return nullptr;
}

// Each compiles without the others, but together they do not: the one with which it begins.
Definition* first_that_contradicts(std::vector<Definition>& definitions, const Compiles& compiles) {
    std::vector<Definition*> left;
    for (Definition& one : definitions)
        if (one.refused.empty()) left.push_back(&one);
    std::vector<Definition> beginning;
    const auto fits = [&](std::size_t count) {
        beginning.clear();
        for (const Definition* one : std::span(left).first(count)) beginning.push_back(*one);
        return compiles(beginning).has_value();
    };
    std::size_t good = 0;
    std::size_t bad = left.size();
    while (bad - good > 1) {
        const std::size_t middle = good + (bad - good) / 2;
        (fits(middle) ? good : bad) = middle;
    }
    return left.empty() ? nullptr : left[bad - 1];
}

}  // namespace

bool is_about_definitions(const Error& error) {
    return error.code == Code::invalid_argument || error.code == Code::failed_precondition;
}

Result<void> set_aside(std::vector<Definition>& definitions, const DefinitionKind& kind,
                       const Compiles& compiles) {
    if (kind.stands_alone) {
        for (Definition& one : definitions) {
            const auto alone = compiles(std::span(&one, 1));
            if (alone) continue;
            if (!is_about_definitions(alone.error())) return alone;
            one.refused = reason_of(alone.error());
        }
    }
    // Each time round one more stands aside.
    for (std::size_t left = definitions.size(); left > 0; --left) {
        const auto together = compiles(in_force_of(definitions));
        if (together) return {};
        if (!is_about_definitions(together.error())) return together;
        Definition* const culprit = kind.stands_alone
                                        ? first_that_contradicts(definitions, compiles)
                                        : named_by(together.error(), definitions, kind);
        if (culprit == nullptr) return together;
        culprit->refused = reason_of(together.error());
    }
    return {};
}

std::vector<Definition> in_force_of(std::span<const Definition> definitions) {
    std::vector<Definition> in_force;
    std::ranges::copy_if(definitions, std::back_inserter(in_force),
                         [](const Definition& one) { return one.refused.empty(); });
    return in_force;
}

std::size_t refused_among(std::span<const Definition> definitions) {
    return static_cast<std::size_t>(std::ranges::count_if(
        definitions, [](const Definition& one) { return !one.refused.empty(); }));
}

}  // namespace attune::engine
