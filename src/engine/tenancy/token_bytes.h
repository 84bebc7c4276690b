// The numbers within a token: big-endian, as wide as their type. Inside of engine/tenancy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace attune::engine {

template <class T>
void put_number(std::string& out, T value) {
    for (std::size_t shift = sizeof(T) * 8; shift > 0; shift -= 8) {
        out += static_cast<char>(static_cast<std::uint8_t>(value >> (shift - 8)));
    }
}

// From the front of `in`, which has that many bytes.
template <class T>
T take_number(std::string_view& in) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        value = static_cast<T>((value << 8) | static_cast<std::uint8_t>(in[i]));
    }
    in.remove_prefix(sizeof(T));
    return value;
}

}  // namespace attune::engine
