// Flags and contexts as text; answers as "variant (REASON)" or "ERROR_CODE".
#pragma once

#include "base/json.h"
#include "engine/flags/flag_set.h"

#include <memory>
#include <string>
#include <string_view>

namespace attune::engine::test {

inline base::JsonDocument json(std::string_view text) {
    auto document = base::JsonDocument::parse(text);
    ATTUNE_CHECK(document.has_value());
    return *std::move(document);
}

inline Result<std::shared_ptr<const FlagSet>> compiled(std::string_view file) {
    const auto document = json(file);
    ATTUNE_TRY(const FlagSetSource source, FlagSetSource::of_file(document.root()));
    return FlagSet::compile(source);
}

inline std::string answer(const FlagSet& set, std::string_view key,
                          std::string_view context = "{}") {
    const auto document = json(context);
    const FlagAnswer answer =
        set.evaluate(key, {.attributes = LogicValue(document.root()),
                           .now = base::Time(std::chrono::seconds(1'780'000'000))});
    if (answer.error != FlagError::none) return std::string(name_of(answer.error));
    return (answer.variant == nullptr ? "none" : answer.variant->name) + " (" +
           std::string(name_of(answer.reason)) + ")";
}

// The pointer of what is refused.
inline std::string refused(std::string_view file) {
    const auto set = compiled(file);
    if (set) return "taken";
    return set.error().fields.empty() ? set.error().message : set.error().fields[0].pointer;
}

}  // namespace attune::engine::test
