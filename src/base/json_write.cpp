#include "base/json_write.h"

#include <array>
#include <bit>
#include <cstring>

namespace attune::base {
namespace {

// What follows the backslash for each byte that must be escaped; 'u' for \u00XX, 0 for bytes that
// stand for themselves.
constexpr auto kEscapes = [] {
    std::array<char, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
    table['\b'] = 'b';
    table['\f'] = 'f';
    table['\n'] = 'n';
    table['\r'] = 'r';
    table['\t'] = 't';
    table['"'] = '"';
    table['\\'] = '\\';
    return table;
}();

// Whether any of eight bytes must be escaped: below 0x20, '"' or '\\'. ("Bit Twiddling Hacks":
// haszero and hasless.)
bool any_escape(std::uint64_t word) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kHighs = 0x8080808080808080;
    const auto has_zero = [](std::uint64_t w) { return (w - kOnes) & ~w & kHighs; };
    const std::uint64_t low = (word - kOnes * 0x20) & ~word & kHighs;
    return (low | has_zero(word ^ kOnes * '"') | has_zero(word ^ kOnes * '\\')) != 0;
}

// How many bytes from the start stand for themselves, in steps of eight where there are as many.
std::size_t clean_prefix(std::string_view text) {
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word;
        std::memcpy(&word, text.data() + at, sizeof word);
        if (any_escape(word)) break;
    }
    while (at < text.size() && kEscapes[static_cast<unsigned char>(text[at])] == 0) ++at;
    return at;
}

void append_escaped(std::string& out, unsigned char c) {
    out += '\\';
    out += kEscapes[c];
    if (kEscapes[c] != 'u') return;
    static constexpr std::string_view kHex = "0123456789abcdef";
    out += "00";
    out += kHex[c >> 4];
    out += kHex[c & 15];
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
    const std::size_t clean = clean_prefix(text);
    if (clean == text.size()) {
        const std::size_t start = out.size();
        // The size is computed again: libstdc++ 12 hands the callback its new capacity.
        out.resize_and_overwrite(start + clean + 2, [&](char* chars, std::size_t) {
            chars[start] = '"';
            if (clean != 0) std::memcpy(chars + start + 1, text.data(), clean);
            chars[start + clean + 1] = '"';
            return start + clean + 2;
        });
        return;
    }
    out += '"';
    std::size_t from = 0;
    for (std::size_t at = clean; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (kEscapes[c] == 0) continue;
        out.append(text, from, at - from);
        append_escaped(out, c);
        from = at + 1;
    }
    out.append(text, from);
    out += '"';
}

void append_json(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    if (value == 0 && std::signbit(value)) {
        out += "-0.0";  // "-0" would read back as the integer 0
        return;
    }
    // Whole numbers are written as such (to_chars makes 100000 "1e+05"), but not the large ones: their
    // digits would read back as an integer, or as one too large for 64 bits.
    constexpr double kFixedMax = 1e17;
    if (std::abs(value) < kFixedMax && std::trunc(value) == value) {
        detail::append_integer(out, static_cast<std::int64_t>(value));
        return;
    }
    std::array<char, 32> digits;
    char* const first = digits.data();
    char* const last = first + digits.size();
    const auto end = std::abs(value) >= kFixedMax
                         ? std::to_chars(first, last, value, std::chars_format::scientific).ptr
                         : std::to_chars(first, last, value).ptr;
    out.append(first, static_cast<std::size_t>(end - first));
}

void append_json(std::string& out, JsonView view) {
    switch (view.kind()) {
        case JsonKind::null:
            out += "null";
            return;
        case JsonKind::boolean:
            out += *view.as_bool() ? "true" : "false";
            return;
        case JsonKind::integer:
            detail::append_integer(out, *view.as_int64());
            return;
        case JsonKind::unsigned_integer:
            detail::append_integer(out, *view.as_uint64());
            return;
        case JsonKind::real:
            append_json(out, *view.as_double());
            return;
        case JsonKind::string:
            append_json(out, *view.as_string());
            return;
        case JsonKind::array: {
            char separator = '[';
            if (view.size() == 0) out += separator;
            for (const JsonView element : view.elements()) {
                out += separator;
                append_json(out, element);
                separator = ',';
            }
            out += ']';
            return;
        }
        case JsonKind::object: {
            char separator = '{';
            if (view.size() == 0) out += separator;
            for (const JsonView::Member member : view.members()) {
                out += separator;
                append_json(out, member.key);
                out += ':';
                append_json(out, member.value);
                separator = ',';
            }
            out += '}';
            return;
        }
    }
}

void detail::append_time_json(std::string& out, Time time) {
    out += '"';
    append_time(out, time);
    out += '"';
}

}  // namespace attune::base
