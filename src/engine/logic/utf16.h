// Texts counted in UTF-16 code units, as JavaScript counts them, while they stay UTF-8.
//
//     utf16_length("a😀") == 3          utf16_slice(out, "a😀b", 3, 1) appends "b"
//
// Half of a pair has no UTF-8 form: a slice that cuts one gives U+FFFD in its place. Pure; the texts are valid UTF-8.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

namespace attune::engine {

[[nodiscard]] std::size_t utf16_length(std::string_view text);
// Appends the units from `start` on, at most `count`.
void utf16_slice(std::string& out, std::string_view text, std::size_t start, std::size_t count);
// JavaScript's order, in which a pair (above U+FFFF) comes before U+E000 to U+FFFF.
[[nodiscard]] std::strong_ordering utf16_compare(std::string_view a, std::string_view b);

}  // namespace attune::engine
