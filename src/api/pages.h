// The few pages that the program itself shows, held in the binary: nothing is ever read from a file system path that a
// client named. They need no other origin, no inline script and no HTML made from strings, so that the strictest
// content security policy holds.
#pragma once

#include <string_view>

namespace attune::api::pages {

inline constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' "
    "data:; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'";

[[nodiscard]] std::string_view style();        // /attune.css
[[nodiscard]] std::string_view docs();         // /docs
[[nodiscard]] std::string_view docs_script();  // /docs.js
// The first page; `{{version}}` is the one place to fill in.
[[nodiscard]] std::string_view welcome();

}  // namespace attune::api::pages
