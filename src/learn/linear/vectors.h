// Short loops over floats, in the widest registers that this processor has (chosen once, while the program runs: a release is
// built for any x86-64-v2).
//
// The result of each depends on its arguments alone, so one row is scored alike whether it is asked for among all or by itself.
// On another kind of processor the last bits may differ.
#pragma once

#include "base/prefetch.h"

#include <cstddef>
#include <span>

namespace attune::learn {

// The sum of a[i]·b[i]; equally long.
[[nodiscard]] float dot(std::span<const float> a, std::span<const float> b);

// to[i] += factor·from[i]; equally long.
void add_scaled(std::span<float> to, float factor, std::span<const float> from);

// to[i] = factor·a[i]·b[i]; equally long.
void scaled_product(std::span<float> to, float factor, std::span<const float> a,
                    std::span<const float> b);

// The dot product of `vector` with each of the rows that lie one after another in `rows`.
void dots(std::span<const float> rows, std::span<const float> vector, std::span<float> out);

// to += Σ factors[i] · row i, of rows that lie one after another and are as long as `to`.
void add_rows(std::span<float> to, std::span<const float> factors, std::span<const float> rows);

// to[i] = 1/√values[i]; equally long.
void inverse_roots(std::span<float> to, std::span<const float> values);

// Asks for floats that are about to be read, so that they are there by then. Rows picked from a large matrix come from far away.
inline void fetch_ahead(std::span<const float> values) {
    base::prefetch(values.data(), values.size_bytes());
}

}  // namespace attune::learn
