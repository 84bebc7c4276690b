// Says where and why a text that the parser refused is no JSON. The parser is fast because it does
// not know; this knows because it is slow, and runs on refused texts only. Part of the codec: use
// base/json.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace attune::base {

// Adds "/key" as RFC 6901 has it ('~' and '/' escaped), or "/7". A key longer than 64 bytes is cut:
// pointers go into answers and logs.
void append_pointer(std::string& pointer, std::string_view key);
void append_pointer(std::string& pointer, std::size_t index);

struct JsonFlaw {
    std::string pointer;  // of the value that is wrong, or that holds what is wrong
    std::string detail;   // what is wrong with it, and at which byte
};

// The first flaw of `text`. Takes time in its length, and memory in depth_max.
[[nodiscard]] JsonFlaw locate_json_flaw(std::string_view text, std::size_t depth_max);

}  // namespace attune::base
