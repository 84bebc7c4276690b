#include "engine/logic/js_number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace attune::engine {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Bytes of the white space that `text` begins with, 0 when it begins with something else.
std::size_t white_space(std::string_view text) {
    if (text.empty()) return 0;
    if (text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r')) return 1;
    if (text.starts_with("\u00a0")) return 2;
    for (const std::string_view wide :
         {"\u1680", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"}) {
        if (text.starts_with(wide)) return 3;
    }
    const bool is_space_of_a_width =
        text.size() >= 3 && text.starts_with("\xe2\x80") &&
        static_cast<unsigned char>(text[2]) >= 0x80 &&
        static_cast<unsigned char>(text[2]) <= 0x8a;  // U+2000 to U+200A
    return is_space_of_a_width ? 3 : 0;
}

std::string_view without_white_space_before(std::string_view text) {
    while (const std::size_t size = white_space(text)) text.remove_prefix(size);
    return text;
}

std::string_view trimmed(std::string_view text) {
    text = without_white_space_before(text);
    for (bool more = true; more && !text.empty();) {
        more = false;
        for (std::size_t size = 1; size <= std::min<std::size_t>(3, text.size()) && !more; ++size) {
            if (white_space(text.substr(text.size() - size)) != size) continue;
            text.remove_suffix(size);
            more = true;
        }
    }
    return text;
}

// Bytes of the unsigned decimal number that `text` begins with: 12, 12., .5, 1.5e-3. 0: there is none.
std::size_t decimal_size(std::string_view text) {
    std::size_t at = 0;
    std::size_t digits = 0;
    for (; at < text.size() && is_digit(text[at]); ++at) ++digits;
    if (at < text.size() && text[at] == '.') {
        ++at;
        for (; at < text.size() && is_digit(text[at]); ++at) ++digits;
    }
    if (digits == 0) return 0;
    std::size_t exponent = at;
    if (exponent < text.size() && (text[exponent] == 'e' || text[exponent] == 'E')) {
        ++exponent;
        if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
        const std::size_t first = exponent;
        while (exponent < text.size() && is_digit(text[exponent])) ++exponent;
        if (exponent > first) at = exponent;
    }
    return at;
}

// What from_chars calls out of range is too large or too small; the sign of its decimal magnitude tells which.
double beyond_range(std::string_view decimal) {
    const std::size_t e = std::min(decimal.find_first_of("eE"), decimal.size());
    const std::string_view mantissa = decimal.substr(0, e);
    std::int64_t exponent = 0;
    if (e < decimal.size()) {
        std::string_view text = decimal.substr(e + 1);
        const bool is_negative = text.starts_with('-');
        if (is_negative || text.starts_with('+')) text.remove_prefix(1);
        if (std::from_chars(text.data(), text.data() + text.size(), exponent).ec != std::errc{})
            exponent = std::numeric_limits<std::int32_t>::max();
        if (is_negative) exponent = -exponent;
    }
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    const std::size_t first = mantissa.find_first_not_of("0.");
    if (first == std::string_view::npos) return 0;
    return static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) + exponent > 0
               ? kInfinity
               : 0;
}

double decimal_value(std::string_view decimal) {
    // from_chars wants a digit before the point, which JavaScript does not.
    double value = 0;
    const auto [end, error] =
        std::from_chars(decimal.data(), decimal.data() + decimal.size(), value);
    return error == std::errc::result_out_of_range ? beyond_range(decimal) : value;
}

// The number of a sign, a decimal or Infinity at the beginning, and how far it reaches.
struct Prefix {
    double value = kNan;
    std::size_t size = 0;
};

Prefix decimal_prefix(std::string_view text) {
    const std::size_t sign = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
    const bool is_negative = sign == 1 && text[0] == '-';
    const std::string_view rest = text.substr(sign);
    if (rest.starts_with("Infinity")) return {is_negative ? -kInfinity : kInfinity, sign + 8};
    const std::size_t size = decimal_size(rest);
    if (size == 0) return {};
    const double value = decimal_value(rest.substr(0, size));
    return {is_negative ? -value : value, sign + size};
}

// 0x, 0o and 0b: empty when `text` is none of these.
std::optional<double> radix_number(std::string_view text) {
    if (text.size() < 2 || text[0] != '0') return std::nullopt;
    const char letter = static_cast<char>(text[1] | 0x20);
    const int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
    if (base == 0) return std::nullopt;
    text.remove_prefix(2);
    if (text.empty()) return kNan;
    double value = 0;
    for (const char c : text) {
        int digit = is_digit(c) ? c - '0' : 16;
        if (const char lower = static_cast<char>(c | 0x20); lower >= 'a' && lower <= 'f')
            digit = lower - 'a' + 10;
        if (digit >= base) return kNan;
        value = value * base + digit;
    }
    return value;
}

}  // namespace

double js_number(std::string_view text) {
    text = trimmed(text);
    if (text.empty()) return 0;
    if (const auto number = radix_number(text)) return *number;
    const Prefix prefix = decimal_prefix(text);
    return prefix.size == text.size() ? prefix.value : kNan;
}

double js_parse_float(std::string_view text) {
    return decimal_prefix(without_white_space_before(text)).value;
}

JsNumberText::JsNumberText(double value) {
    if (value < 0) append("-");
    const double magnitude = std::abs(value);
    if (!std::isfinite(value)) {
        append(std::isnan(value) ? "NaN" : "Infinity");
        return;
    }
    if (magnitude < 0x1p53 && std::trunc(magnitude) == magnitude) {
        const auto end = std::to_chars(text_.data() + size_, text_.data() + text_.size(),
                                       static_cast<std::int64_t>(magnitude))
                             .ptr;
        size_ = static_cast<std::size_t>(end - text_.data());
        return;
    }
    // "1.2345e+06": the digits, and where the point stands after them.
    std::array<char, 32> scientific;
    const auto end = std::to_chars(scientific.data(), scientific.data() + scientific.size(),
                                   magnitude, std::chars_format::scientific)
                         .ptr;
    const std::string_view text(scientific.data(),
                                static_cast<std::size_t>(end - scientific.data()));
    const std::size_t e = text.find('e');
    int exponent = 0;
    const char* const sign = text.data() + e + 1;
    std::from_chars(*sign == '+' ? sign + 1 : sign, text.data() + text.size(), exponent);
    std::array<char, 24> digits;
    const auto digits_end = std::remove_copy(text.begin(), text.begin() + e, digits.begin(), '.');
    lay_out({digits.data(), static_cast<std::size_t>(digits_end - digits.begin())}, exponent + 1);
}

// ECMA-262, Number::toString: `point` is the place of the decimal point among the digits, which may lie outside.
void JsNumberText::lay_out(std::string_view digits, int point) {
    const int count = static_cast<int>(digits.size());
    if (point > 21 || point <= -6) {
        append(digits.substr(0, 1));
        if (count > 1) append(".");
        append(digits.substr(1));
        append(point > 0 ? "e+" : "e-");
        return append(JsNumberText(std::abs(point - 1)).view());
    }
    if (point <= 0) {
        append("0.");
        append_zeros(-point);
        return append(digits);
    }
    const auto whole = static_cast<std::size_t>(std::min(point, count));
    append(digits.substr(0, whole));
    append_zeros(point - count);
    if (count > point) append(".");
    append(digits.substr(whole));
}

void JsNumberText::append(std::string_view text) {
    std::ranges::copy(text, text_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += text.size();
}

void JsNumberText::append_zeros(int count) {
    for (; count > 0; --count) append("0");
}

}  // namespace attune::engine
