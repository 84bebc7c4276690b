// How far two words are from each other, for who asks: did you mean … ? Pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace attune::engine {

// How many letters must be put in, taken out, exchanged for another or with their neighbour; capitals count as small ones.
// Words are at most 64 bytes long here: what is longer is compared by its beginning. Above `most` it is most + 1, which is found
// out the sooner the smaller that is.
[[nodiscard]] std::size_t letters_apart(std::string_view a, std::string_view b,
                                        std::size_t most = 64);
// "; did you mean 'off'?", of the one that is nearest where one is near; else nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string_view> known);

}  // namespace attune::engine
