// Words: any bytes give terms that are bounded UTF-8, and saying the terms again changes nothing.
#include "base/result.h"
#include "learn/content/letters.h"
#include "learn/content/words.h"

#include <cstdint>
#include <string>

namespace {

using attune::learn::for_words;
using attune::learn::LetterKind;

void check_term(std::string_view term, float weight) {
    // Half a word ends with a star; the rest of it, and every other term, is letters in their plain form.
    if (weight < 1) {
        ATTUNE_CHECK(term.ends_with('*'));
        term.remove_suffix(1);
    }
    ATTUNE_CHECK(!term.empty() && term.size() <= 128);
    while (!term.empty()) {
        const char32_t code = attune::learn::take_code(term);
        ATTUNE_CHECK(code != 0);
        const auto letter = attune::learn::letter_of(code);
        ATTUNE_CHECK(letter.kind == LetterKind::plain || letter.kind == LetterKind::sign);
        ATTUNE_CHECK(letter.first == code && letter.second == 0);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // libFuzzer hands out bytes as unsigned.
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::size_t terms = 0;
    for_words(text, [&](std::string_view term, float weight) {
        ++terms;
        check_term(term, weight);
    });
    ATTUNE_CHECK(terms <= 2 * size);
    return 0;
}
