// Letters of all scripts, as far as telling words apart takes: what belongs to a word, what its small plain form is.
#pragma once

#include <cstdint>
#include <string_view>

namespace attune::learn {

enum class LetterKind : std::uint8_t {
    none,   // separates words
    mark,   // belongs to the letter before it and is left out
    plain,  // letters and digits of scripts that put spaces between words
    sign,   // of scripts that do not
};

struct Letter {
    LetterKind kind = LetterKind::none;
    // Its small plain form: one to two code points ("ß" is "ss"), 0 where there is none.
    char32_t first = 0;
    char32_t second = 0;
};

[[nodiscard]] Letter letter_of(char32_t code);

// Takes the next code point off a text; 0 for bytes that are no UTF-8 (one of them is taken).
[[nodiscard]] char32_t take_code(std::string_view& text);

}  // namespace attune::learn
