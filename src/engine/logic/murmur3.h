// murmur3_x86_32 with seed 0: the hash that spreads people over a flag's variants. Frozen: another hash, or other bytes,
// would move everyone. The bytes are UTF-8, as flagd in Go takes them (its JavaScript port takes UTF-16 and differs
// beyond ASCII). Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace attune::engine {

[[nodiscard]] std::uint32_t murmur3(std::string_view bytes);

}  // namespace attune::engine
