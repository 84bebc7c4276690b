#include "learn/content/letters.h"

#include <array>
#include <cstdint>

namespace attune::learn {

namespace {

// The Latin letters from U+00C0 and from U+1E00 on, two places each, as small letters without marks; dots where there
// is nothing. After the decompositions of Unicode 15, with ß ss, æ ae, œ oe, þ th, ð d, ø o and the like.
constexpr std::string_view kLatin =
    "a.a.a.a.a.a.aec.e.e.e.e.i.i.i.i.d.n.o.o.o.o.o...o.u.u.u.u.y.thss"
    "a.a.a.a.a.a.aec.e.e.e.e.i.i.i.i.d.n.o.o.o.o.o...o.u.u.u.u.y.thy."
    "a.a.a.a.a.a.c.c.c.c.c.c.c.c.d.d.d.d.e.e.e.e.e.e.e.e.e.e.g.g.g.g."
    "g.g.g.g.h.h.h.h.i.i.i.i.i.i.i.i.i.i.ijijj.j.k.k.k.l.l.l.l.l.l..."
    "..l.l.n.n.n.n.n.n.n.n.n.o.o.o.o.o.o.oeoer.r.r.r.r.r.s.s.s.s.s.s."
    "s.s.t.t.t.t.t.t.u.u.u.u.u.u.u.u.u.u.u.u.w.w.y.y.y.z.z.z.z.z.z.s.";
constexpr std::string_view kLatinMore =
    "a.a.b.b.b.b.b.b.c.c.d.d.d.d.d.d.d.d.d.d.e.e.e.e.e.e.e.e.e.e.f.f."
    "g.g.h.h.h.h.h.h.h.h.h.h.i.i.i.i.k.k.k.k.k.k.l.l.l.l.l.l.l.l.m.m."
    "m.m.m.m.n.n.n.n.n.n.n.n.o.o.o.o.o.o.o.o.p.p.p.p.r.r.r.r.r.r.r.r."
    "s.s.s.s.s.s.s.s.s.s.t.t.t.t.t.t.t.t.u.u.u.u.u.u.u.u.u.u.v.v.v.v."
    "w.w.w.w.w.w.w.w.w.w.x.x.x.x.y.y.z.z.z.z.z.z.h.t.w.y...s.....ss.."
    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.e.e.e.e.e.e.e.e."
    "e.e.e.e.e.e.e.e.i.i.i.i.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o."
    "o.o.o.o.u.u.u.u.u.u.u.u.u.u.u.u.u.u.y.y.y.y.y.y.y.y.............";

// Accented and special small letters of other scripts, after lower-casing.
struct Folded {
    char32_t from;
    char32_t to;
};
constexpr auto kFolded = std::to_array<Folded>({
    {0x3AC, 0x3B1}, {0x3AD, 0x3B5}, {0x3AE, 0x3B7}, {0x3AF, 0x3B9}, {0x3CA, 0x3B9}, {0x390, 0x3B9},
    {0x3CC, 0x3BF}, {0x3CD, 0x3C5}, {0x3CB, 0x3C5}, {0x3B0, 0x3C5}, {0x3CE, 0x3C9}, {0x3C2, 0x3C3},
    {0x451, 0x435}, {0x450, 0x435}, {0x45D, 0x438}, {0x439, 0x438}, {0x622, 0x627}, {0x623, 0x627},
    {0x625, 0x627}, {0x649, 0x64A}, {0x629, 0x647},
});

struct Range {
    char32_t first;
    char32_t last;
};

template <std::size_t N>
constexpr bool is_in(const std::array<Range, N>& ranges, char32_t code) {
    for (const Range& range : ranges)
        if (code >= range.first && code <= range.last) return true;
    return false;
}

constexpr auto kMarks = std::to_array<Range>({
    {0x300, 0x36F},  // combining
    {0x591, 0x5C7},  // Hebrew points
    {0x610, 0x61A},  // Arabic signs
    {0x640, 0x640},  // tatweel
    {0x64B, 0x65F},  // Arabic vowels
    {0x670, 0x670},
    {0x200C, 0x200D},  // joiners
    {0xFE00, 0xFE0F},  // variation selectors
});

constexpr auto kSigns = std::to_array<Range>({
    {0xE01, 0xE4E},    // Thai
    {0xE81, 0xEDF},    // Lao
    {0x1780, 0x17D3},  // Khmer
    {0x3041, 0x30FA},  // Hiragana, Katakana
    {0x30FC, 0x30FF},
    {0x3400, 0x4DBF},  // Han
    {0x4E00, 0x9FFF},
    {0xAC00, 0xD7A3},  // Hangul
    {0xF900, 0xFAFF},
    {0xFF66, 0xFF9D},
    {0x20000, 0x3FFFF},
});

// What between the other letters is punctuation, symbols, spaces or controls.
constexpr auto kSeparators = std::to_array<Range>({
    {0x80, 0xA9},     {0xAB, 0xB4},     {0xB6, 0xB9},       {0xBB, 0xBF},        {0xD7, 0xD7},
    {0xF7, 0xF7},     {0x2C2, 0x2DF},   {0x37E, 0x37E},     {0x387, 0x387},      {0x55A, 0x55F},
    {0x589, 0x590},   {0x5F3, 0x5F4},   {0x600, 0x60F},     {0x61B, 0x61F},      {0x66A, 0x66D},
    {0x6D4, 0x6D4},   {0x700, 0x70F},   {0x964, 0x965},     {0xE3F, 0xE3F},      {0xE4F, 0xE4F},
    {0x10FB, 0x10FB}, {0x2000, 0x2BFF}, {0x2E00, 0x3040},   {0x30FB, 0x30FB},    {0x3200, 0x33FF},
    {0xD7A4, 0xF8FF}, {0xFE10, 0xFE6F}, {0xFF00, 0xFF0F},   {0xFF1A, 0xFF20},    {0xFF3B, 0xFF40},
    {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1FFFF}, {0xE0000, 0x10FFFF},
});

// The small form in scripts whose two cases lie a fixed way apart.
constexpr char32_t lower(char32_t code) {
    if (code >= 0x391 && code <= 0x3AB) return code + 0x20;  // Greek
    if (code == 0x386) return 0x3AC;
    if (code >= 0x388 && code <= 0x38A) return code + 0x25;
    if (code == 0x38C) return 0x3CC;
    if (code == 0x38E || code == 0x38F) return code + 0x3F;
    if (code >= 0x410 && code <= 0x42F) return code + 0x20;  // Cyrillic
    if (code >= 0x400 && code <= 0x40F) return code + 0x50;
    if (code >= 0x460 && code <= 0x481) return code | 1U;
    if (code >= 0x48A && code <= 0x4BF) return code | 1U;
    if (code >= 0x4D0 && code <= 0x52F) return code | 1U;
    if (code >= 0x531 && code <= 0x556) return code + 0x30;  // Armenian
    return code;
}

Letter from_table(std::string_view table, std::size_t at) {
    const auto place = [&](std::size_t i) {
        return table[i] == '.' ? U'\0' : static_cast<char32_t>(table[i]);
    };
    return {.kind = LetterKind::plain, .first = place(at * 2), .second = place(at * 2 + 1)};
}

Letter ascii_letter(char32_t code) {
    if (code >= 'A' && code <= 'Z') return {.kind = LetterKind::plain, .first = code + ('a' - 'A')};
    const bool is_plain = (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9');
    return is_plain ? Letter{.kind = LetterKind::plain, .first = code} : Letter{};
}

}  // namespace

Letter letter_of(char32_t code) {
    if (code < 0x80) return ascii_letter(code);
    if (code >= 0xFF10 && code <= 0xFF5A) code -= 0xFEE0;  // full width
    if (code < 0x80) return ascii_letter(code);
    if (is_in(kSeparators, code)) return {};
    if (is_in(kMarks, code)) return {.kind = LetterKind::mark};
    if (is_in(kSigns, code)) return {.kind = LetterKind::sign, .first = code};
    if (code >= 0xC0 && code < 0xC0 + kLatin.size() / 2) {
        const Letter known = from_table(kLatin, code - 0xC0);
        if (known.first != 0) return known;
    }
    if (code >= 0x1E00 && code < 0x1E00 + kLatinMore.size() / 2) {
        const Letter known = from_table(kLatinMore, code - 0x1E00);
        if (known.first != 0) return known;
    }
    code = lower(code);
    for (const Folded& folded : kFolded)
        if (folded.from == code) return {.kind = LetterKind::plain, .first = folded.to};
    return {.kind = LetterKind::plain, .first = code};
}

char32_t take_code(std::string_view& text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte(0);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    char32_t code = lead;
    bool is_whole = lead < 0x80 || (lead >= 0xC2 && lead <= 0xF4 && text.size() >= length);
    if (is_whole && length > 1) {
        code = lead & (0x7FU >> length);
        for (std::size_t i = 1; i < length && is_whole; ++i) {
            is_whole = (byte(i) & 0xC0U) == 0x80;
            code = code << 6U | (byte(i) & 0x3FU);
        }
        // Longer forms of what is short, halves of pairs, and what lies past the last code point.
        constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
        is_whole = is_whole && code >= kLeast[length] && code <= 0x10FFFF &&
                   !(code >= 0xD800 && code <= 0xDFFF);
    }
    text.remove_prefix(is_whole ? length : 1);
    return is_whole ? code : 0;
}

}  // namespace attune::learn
