// What the tests of logic ask: an expression and data as text, the answer as text.
#pragma once

#include "base/json.h"
#include "engine/logic/logic.h"

#include <string>
#include <string_view>

namespace attune::engine::test {

inline base::JsonDocument json(std::string_view text) {
    auto document = base::JsonDocument::parse(text, {.depth_max = 1000});
    ATTUNE_CHECK(document.has_value());
    return *std::move(document);
}

inline base::Time noon() { return *base::parse_time("2026-03-01T12:00:00Z"); }

inline Result<Logic> compiled(std::string_view expression, const LogicOptions& options = {}) {
    return Logic::compile(json(expression).root(), options);
}

// "refused: …" and "failed: …" for errors.
inline std::string answer(std::string_view expression, std::string_view data = "null") {
    const auto logic = compiled(expression);
    if (!logic) return "refused: " + logic.error().message;
    const auto document = json(data);
    const auto value = logic->answer({.data = LogicValue(document.root()), .now = noon()});
    return value ? std::string(value->text()) : "failed: " + value.error().reason;
}

}  // namespace attune::engine::test
