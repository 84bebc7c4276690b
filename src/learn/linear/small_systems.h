// Small dense systems, solved in one go. For a few dozen rows a library spends more on being called than on the work; this is
// written for that size, and for the widest registers that the processor has.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace attune::learn {

// Rows of floats that lie `stride` apart, a multiple of kRowGrain; what is past the width is zero.
inline constexpr std::size_t kRowGrain = 16;
[[nodiscard]] constexpr std::size_t padded(std::size_t width) {
    return (width + kRowGrain - 1) / kRowGrain * kRowGrain;
}

// What solve_by_rows works in. One a thread.
struct SmallRoom {
    std::vector<float> square;
};

// Solves (I + A·Aᵀ)·x = b in place of b, where A has b.size() rows. False where numbers are not finite.
[[nodiscard]] bool solve_by_rows(const float* rows, std::size_t stride, std::span<float> b,
                                 SmallRoom& room);

// The loops behind it, one for each width of register that this processor has; the last is the one that is used. For tests:
// they agree up to rounding. `side` is padded(count), and `rows` has as many rows.
using SmallSolver = bool (*)(const float* rows, std::size_t count, std::size_t stride,
                             float* square, std::size_t side, float* b);
[[nodiscard]] std::span<const SmallSolver> small_solvers();

}  // namespace attune::learn
