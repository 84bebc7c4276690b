// Numbers as JavaScript reads and writes them, which JSONLogic's coercions are defined by.
//
//     js_number(" 0x10 ") == 16      js_number("") == 0       js_number("1,2") is NaN
//     js_parse_float("3.14abc") == 3.14                        js_parse_float("") is NaN
//     JsNumberText(1e21).view() == "1e+21"                     JsNumberText(1.0).view() == "1"
//
// Pure; no locale, no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace attune::engine {

// Number(text): all of it, without the white space around it.
[[nodiscard]] double js_number(std::string_view text);
// parseFloat(text): the longest beginning that is a decimal number.
[[nodiscard]] double js_parse_float(std::string_view text);

// String(number): the shortest digits that read back to the same double.
class JsNumberText {
public:
    explicit JsNumberText(double value);
    [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

private:
    void lay_out(std::string_view digits, int point);
    void append(std::string_view text);
    void append_zeros(int count);

    std::array<char, 40> text_;
    std::size_t size_ = 0;
};

}  // namespace attune::engine
