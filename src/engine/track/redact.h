// Takes full IP addresses out of what a client sent, wherever they hide: "ip" at any depth of the
// context or the properties, under the names people give it, and any text that is the very address the
// request came from.
//
//     AddressRedaction redaction{.keep_truncated = true, .known = {peer}};
//     if (auto changed = redaction.apply(document.root())) context = *changed;
//
// Thread-safe: reads only.
#pragma once

#include "base/json.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

struct AddressRedaction {
    bool keep_truncated = true;  // false: addresses are left out altogether
    std::array<std::string_view, 2>
        known{};  // texts that are full addresses wherever they stand; empty ones count for nothing

    // The value without full addresses; empty when there is none in it. Keeps the order of members.
    [[nodiscard]] std::optional<std::string> apply(base::JsonView value) const;
};

}  // namespace attune::engine
