// Asks the processor for memory that will be read soon, and does not wait for it. Where several places are asked for at once, they
// come together; read one after the other, each would be waited for.
#pragma once

#include <cstddef>

namespace attune::base {

inline void prefetch(const void* begin, std::size_t bytes) {
    constexpr std::size_t kLine = 64;
    const char* const from = static_cast<const char*>(begin);
    for (std::size_t at = 0; at < bytes; at += kLine) __builtin_prefetch(from + at);
}

}  // namespace attune::base
