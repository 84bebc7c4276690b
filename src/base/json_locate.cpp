#include "base/json_locate.h"

#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

namespace attune::base {
namespace {

constexpr std::size_t kKeyShownMax = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Bytes of the well-formed UTF-8 sequence at the start of `text`, or 0 (Unicode 15, table 3-7).
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const bool in_range =
            (lead != 0xE0 || byte(1) >= 0xA0) && (lead != 0xED || byte(1) <= 0x9F);
        return in_range && follows(1) && follows(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const bool in_range =
            (lead != 0xF0 || byte(1) >= 0x90) && (lead != 0xF4 || byte(1) <= 0x8F);
        return in_range && follows(1) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

// A plain JSON scanner that remembers where it is.
class Scanner {
public:
    Scanner(std::string_view text, std::size_t depth_max) : text_(text), depth_max_(depth_max) {}

    JsonFlaw run() {
        if (value()) {
            skip_space();
            if (at_ < text_.size()) wrong("is followed by something else");
        }
        if (detail_.empty()) detail_ = "is not JSON";
        JsonFlaw flaw;
        for (const auto& place : open_) {
            if (!place.named) continue;
            if (place.object) append_pointer(flaw.pointer, place.key);
            if (!place.object) append_pointer(flaw.pointer, place.index);
        }
        flaw.detail = detail_ + " (at byte " + std::to_string(at_) + ")";
        return flaw;
    }

private:
    struct Place {
        bool object = false;
        bool named = false;  // whether the entry that is being read is known
        std::size_t index = 0;
        std::string_view key{};  // as it stands in the text
    };

    bool wrong(std::string detail) {
        if (detail_.empty()) detail_ = std::move(detail);
        return false;
    }
    void skip_space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' ||
                                      text_[at_] == '\n' || text_[at_] == '\r')) {
            ++at_;
        }
    }
    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    // One value with all below it, without recursion: `open_` is the stack.
    bool value() {
        for (;;) {
            skip_space();
            if (peek() == '{' || peek() == '[') {
                if (open_.size() >= depth_max_) {
                    return wrong("is nested deeper than " + std::to_string(depth_max_));
                }
                open_.push_back({.object = peek() == '{'});
                ++at_;
                skip_space();
                if (take(open_.back().object ? '}' : ']')) {
                    open_.pop_back();
                } else {
                    if (!entry()) return false;
                    continue;
                }
            } else if (!scalar()) {
                return false;
            }
            if (!after_value()) return false;
            if (open_.empty()) return true;
        }
    }
    // Closes what ends here, then steps to the next entry.
    bool after_value() {
        while (!open_.empty()) {
            skip_space();
            Place& place = open_.back();
            if (take(',')) {
                if (place.named) ++place.index;
                return entry();
            }
            const char end = place.object ? '}' : ']';
            if (!take(end)) {
                return wrong(at_ >= text_.size()
                                 ? "ends too early"
                                 : std::string("must be followed by ',' or '") + end + "'");
            }
            open_.pop_back();
        }
        return true;
    }
    bool entry() {
        Place& place = open_.back();
        place.named = !place.object;
        if (!place.object) return true;
        skip_space();
        if (peek() != '"') {
            return wrong(at_ >= text_.size() ? "ends too early" : "must have a quoted key here");
        }
        const std::size_t from = at_ + 1;
        if (!string()) return false;
        place.key = text_.substr(from, at_ - 1 - from);
        place.named = true;
        skip_space();
        return take(':') || wrong("must be followed by ':'");
    }
    bool scalar() {
        if (at_ >= text_.size()) return wrong(at_ == 0 ? "is empty" : "ends too early");
        if (peek() == '"') return string();
        if (peek() == '-' || is_digit(peek())) return number();
        for (std::string_view word : {"true", "false", "null"}) {
            if (text_.substr(at_).starts_with(word)) {
                at_ += word.size();
                return true;
            }
        }
        return wrong("must be a JSON value");
    }
    bool digits() {
        const std::size_t from = at_;
        while (is_digit(peek())) ++at_;
        return at_ > from;
    }
    bool number() {
        const std::size_t from = at_;
        const bool negative = take('-');
        bool whole = true;
        if (!(take('0') || digits())) return wrong("is not a number");
        if (is_digit(peek())) return wrong("must not have a leading zero");
        if (take('.')) {
            whole = false;
            if (!digits()) return wrong("must have a digit after the point");
        }
        if (peek() == 'e' || peek() == 'E') {
            whole = false;
            ++at_;
            if (!take('+')) take('-');
            if (!digits()) return wrong("must have a digit in its exponent");
        }
        return in_range(text_.substr(from, at_ - from), negative, whole);
    }
    bool in_range(std::string_view digits_text, bool negative, bool whole) {
        const char* const begin = digits_text.data();
        const char* const end = begin + digits_text.size();
        std::errc error{};
        if (whole && negative) {
            std::int64_t value = 0;
            error = std::from_chars(begin, end, value).ec;
        } else if (whole) {
            std::uint64_t value = 0;
            error = std::from_chars(begin, end, value).ec;
        } else {
            // Also says so of numbers too small for a double, which the parser takes for 0: they
            // never get here alone.
            double value = 0;
            error = std::from_chars(begin, end, value).ec;
            if (error != std::errc{} && underflows(digits_text)) error = {};
        }
        if (error == std::errc{}) return true;
        return wrong(whole ? "does not fit into 64 bits" : "is too large for a double");
    }
    static bool underflows(std::string_view digits_text) {
        const std::size_t e = digits_text.find_first_of("eE");
        if (e == std::string_view::npos) return true;
        return e + 1 < digits_text.size() && digits_text[e + 1] == '-';
    }
    bool string() {
        ++at_;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                return true;
            }
            if (static_cast<unsigned char>(c) < 0x20) {
                return wrong("has a control character that is not escaped");
            }
            if (c == '\\') {
                if (!escape()) return false;
                continue;
            }
            const std::size_t length = utf8_length(text_.substr(at_));
            if (length == 0) return wrong("is not valid UTF-8");
            at_ += length;
        }
        return wrong("is a string without an end");
    }
    bool escape() {
        const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        if (c != 'u') {
            if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos || c == '\0') {
                return wrong("has an escape that JSON does not know");
            }
            at_ += 2;
            return true;
        }
        const int unit = hex4(at_ + 2);
        if (unit < 0) return wrong("has \\u without four hexadecimal digits");
        if (unit >= 0xDC00 && unit <= 0xDFFF) return wrong("has a lone surrogate");
        if (unit < 0xD800 || unit > 0xDBFF) {
            at_ += 6;
            return true;
        }
        const bool pair =
            text_.substr(at_).size() >= 12 && text_[at_ + 6] == '\\' && text_[at_ + 7] == 'u';
        const int low = pair ? hex4(at_ + 8) : -1;
        if (low < 0xDC00 || low > 0xDFFF) return wrong("has a lone surrogate");
        at_ += 12;
        return true;
    }
    [[nodiscard]] int hex4(std::size_t from) const {
        const std::string_view digits_text = text_.substr(std::min(from, text_.size()), 4);
        unsigned value = 0;
        const char* const begin = digits_text.data();
        const char* const end = begin + digits_text.size();
        const auto read = std::from_chars(begin, end, value, 16);
        return digits_text.size() == 4 && read.ec == std::errc{} && read.ptr == end
                   ? static_cast<int>(value)
                   : -1;
    }

    std::string_view text_;
    std::size_t depth_max_;
    std::size_t at_ = 0;
    std::string detail_;
    std::vector<Place> open_;
};

}  // namespace

void append_pointer(std::string& pointer, std::string_view key) {
    pointer += '/';
    std::size_t shown = 0;
    while (shown < key.size()) {
        // A key that stands in a refused text may be anything; only what is valid UTF-8 is shown.
        const std::size_t length = utf8_length(key.substr(shown));
        if (length == 0 || shown + length > kKeyShownMax) break;
        if (key[shown] == '~') {
            pointer += "~0";
        } else if (key[shown] == '/') {
            pointer += "~1";
        } else {
            pointer += key.substr(shown, length);
        }
        shown += length;
    }
    if (shown < key.size()) pointer += "…";
}

void append_pointer(std::string& pointer, std::size_t index) {
    pointer += '/';
    pointer += std::to_string(index);
}

JsonFlaw locate_json_flaw(std::string_view text, std::size_t depth_max) {
    return Scanner(text, depth_max).run();
}

}  // namespace attune::base
