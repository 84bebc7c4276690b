// The small grammar of HTTP text that parser, router and writer share. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attune::http {

// RFC 9110 tchar: what method and header names are made of.
[[nodiscard]] bool is_token_char(char c) noexcept;
[[nodiscard]] bool is_token(std::string_view text) noexcept;
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;
// Without the spaces and tabs around it.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

// Takes the next element off a comma-separated list, trimmed and never empty; empty when the list is used up.
[[nodiscard]] std::optional<std::string_view> next_element(std::string_view& list) noexcept;

// Decodes %XX; nothing when a percent sign is not followed by two hex digits. '+' means a space in a query only.
enum class Plus : std::uint8_t { literal, space };
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text,
                                                         Plus plus = Plus::literal);

// So that any text is one segment of a path, or one value of a query.
[[nodiscard]] std::string percent_encoded(std::string_view text);

[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

// Decimal digits and nothing else, without overflow.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept;
[[nodiscard]] int hex_digit(char c) noexcept;  // -1: none

void append_number(std::string& out, std::uint64_t number);
// Sixteen lower-case hex digits.
void append_hex(std::string& out, std::uint64_t word);

}  // namespace attune::http
