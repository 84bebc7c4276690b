#include "learn/content/words.h"

#include "learn/content/letters.h"

#include <string>

namespace attune::learn {

namespace {

constexpr std::size_t kPrefixLetters = 5;
constexpr float kPrefixWeight = 0.5F;
// Longer ones are keys, addresses or noise; what they begin with is enough of them.
constexpr std::size_t kLettersMax = 32;

void append_code(std::string& out, char32_t code) {
    const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | code >> 6U);
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | code >> 12U);
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | code >> 18U);
        put(0x80U | (code >> 12U & 0x3FU));
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

// The word at hand, and where its prefix ends.
class Word {
public:
    void add(char32_t code) {
        if (letters_ == kLettersMax) return;
        append_code(text_, code);
        if (++letters_ == kPrefixLetters) prefix_ = text_.size();
    }
    void end(const WordSink& sink) {
        // A letter alone says nothing; a digit alone hardly more.
        if (letters_ > 1) sink(text_, 1);
        if (letters_ > kPrefixLetters) {
            text_.resize(prefix_);
            // Apart from words that are as short as that.
            text_.push_back('*');
            sink(text_, kPrefixWeight);
        }
        text_.clear();
        letters_ = 0;
    }

private:
    std::string text_;
    std::size_t letters_ = 0;
    std::size_t prefix_ = 0;
};

void end_pair(char32_t before, char32_t code, const WordSink& sink) {
    std::string pair;
    append_code(pair, before);
    append_code(pair, code);
    sink(pair, 1);
}

}  // namespace

void for_words(std::string_view text, const WordSink& sink) {
    Word word;
    char32_t sign_before = 0;
    while (!text.empty()) {
        const Letter letter = letter_of(take_code(text));
        if (letter.kind == LetterKind::mark) continue;
        if (letter.kind == LetterKind::plain) {
            word.add(letter.first);
            if (letter.second != 0) word.add(letter.second);
        } else {
            word.end(sink);
        }
        const bool is_sign = letter.kind == LetterKind::sign;
        if (is_sign && sign_before != 0) end_pair(sign_before, letter.first, sink);
        sign_before = is_sign ? letter.first : 0;
    }
    word.end(sink);
}

}  // namespace attune::learn
