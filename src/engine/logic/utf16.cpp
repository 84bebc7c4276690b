#include "engine/logic/utf16.h"

#include <algorithm>

namespace attune::engine {
namespace {

std::size_t bytes_of(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::size_t utf16_length(std::string_view text) {
    std::size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        units += (byte & 0xc0) != 0x80;
        units += byte >= 0xf0;
    }
    return units;
}

void utf16_slice(std::string& out, std::string_view text, std::size_t start, std::size_t count) {
    if (is_ascii(text)) {
        if (start < text.size()) out += text.substr(start, count);
        return;
    }
    const std::size_t end = count > text.size() ? start + text.size() : start + count;
    std::size_t unit = 0;
    for (std::size_t at = 0; at < text.size() && unit < end;) {
        const std::size_t bytes = bytes_of(static_cast<unsigned char>(text[at]));
        const std::size_t units = bytes == 4 ? 2 : 1;
        const std::size_t inside = std::min(unit + units, end) -
                                   std::min(std::max(unit, start), std::min(unit + units, end));
        if (inside == units)
            out += text.substr(at, bytes);
        else if (inside > 0)
            out += "\ufffd";
        at += bytes;
        unit += units;
    }
}

std::strong_ordering utf16_compare(std::string_view a, std::string_view b) {
    const auto [x, y] = std::ranges::mismatch(a, b);
    if (x == a.end() || y == b.end()) return a.size() <=> b.size();
    const auto left = static_cast<unsigned char>(*x);
    const auto right = static_cast<unsigned char>(*y);
    const bool left_is_pair = left >= 0xf0;
    const bool right_is_pair = right >= 0xf0;
    if (left_is_pair != right_is_pair && left >= 0xee && right >= 0xee)
        return left_is_pair ? std::strong_ordering::less : std::strong_ordering::greater;
    return left <=> right;
}

}  // namespace attune::engine
