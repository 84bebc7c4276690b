#include "engine/profile/member_scan.h"

#include <charconv>
#include <cstdint>

namespace attune::engine {
namespace {

// The length of the string that `text` begins with, quotes included; 0 when it does not end.
std::size_t string_length(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            return i + 1;
    }
    return 0;
}

// The length of the value that `text` begins with; 0 when it does not end.
std::size_t value_length(std::string_view text) {
    if (text.empty()) return 0;
    if (text[0] == '"') return string_length(text);
    if (text[0] != '{' && text[0] != '[') {
        const std::size_t end = text.find_first_of(",]}");
        return end == std::string_view::npos ? text.size() : end;
    }
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            const std::size_t length = string_length(text.substr(i));
            if (length == 0) return 0;
            i += length - 1;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

void append_utf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

std::uint32_t hex4(std::string_view text) {
    std::uint32_t code = 0;
    std::from_chars(text.data(), text.data() + text.size(), code, 16);
    return code;
}

}  // namespace

ElementScan::ElementScan(std::string_view text, char open, char close)
    : rest_(text), close_(close) {
    if (rest_.empty() || rest_.front() != open)
        rest_ = {};
    else
        rest_.remove_prefix(1);
}

bool ElementScan::take_value() {
    const std::size_t length = value_length(rest_);
    if (length == 0) return false;
    value_ = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (!rest_.empty() && rest_.front() == ',') rest_.remove_prefix(1);
    return true;
}

bool ElementScan::next() {
    if (rest_.empty() || rest_.front() == close_) return false;
    return take_value();
}

bool MemberScan::next() {
    if (rest_.empty() || rest_.front() != '"') return false;
    const std::size_t length = string_length(rest_);
    if (length == 0 || length >= rest_.size() || rest_[length] != ':') return false;
    key_ = rest_.substr(1, length - 2);
    rest_.remove_prefix(length + 1);
    return take_value();
}

std::string unescaped(std::string_view content) {
    std::string out;
    out.reserve(content.size());
    for (std::size_t i = 0; i < content.size(); ++i) {
        if (content[i] != '\\' || i + 1 == content.size()) {
            out += content[i];
            continue;
        }
        switch (const char c = content[++i]) {
            case 'b':
                out += '\b';
                break;
            case 'f':
                out += '\f';
                break;
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case 't':
                out += '\t';
                break;
            case 'u': {
                std::uint32_t code = hex4(content.substr(i + 1, 4));
                i += 4;
                const bool pair =
                    code >= 0xD800 && code < 0xDC00 && content.substr(i + 1).starts_with("\\u");
                if (pair) {
                    code = 0x10000 + ((code - 0xD800) << 10) +
                           ((hex4(content.substr(i + 3, 4)) - 0xDC00) & 0x3FF);
                    i += 6;
                }
                append_utf8(out, code);
                break;
            }
            default:
                out += c;
        }
    }
    return out;
}

std::optional<std::string> text_of(std::string_view value) {
    if (value.empty()) return std::nullopt;
    if (value.front() == '"') {
        const std::string_view content = value.substr(1, value.size() - 2);
        return content.find('\\') == std::string_view::npos ? std::string(content)
                                                            : unescaped(content);
    }
    const bool number = value.front() == '-' || (value.front() >= '0' && value.front() <= '9');
    return number ? std::optional(std::string(value)) : std::nullopt;
}

std::optional<double> number_of(std::string_view value) {
    if (value.size() > 1 && value.front() == '"')
        value = value.substr(1, value.size() - 2);  // "9.99" is common
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
    return number;
}

}  // namespace attune::engine
