#include "learn/linear/random_matrix.h"

#include <cmath>
#include <numbers>

namespace attune::learn {

// Box and Muller: two normal numbers from two even ones.
Matrix normal_matrix(std::size_t rows, std::size_t columns, float deviation, std::uint64_t seed) {
    Matrix out(rows, columns);
    for (std::size_t row = 0; row < rows; ++row) {
        Draws draws(seed, row);
        const auto values = out.row(row);
        for (std::size_t i = 0; i < columns; i += 2) {
            const double radius = std::sqrt(-2 * std::log(draws.unit()));
            const double angle = 2 * std::numbers::pi * draws.unit();
            values[i] = deviation * static_cast<float>(radius * std::cos(angle));
            if (i + 1 < columns)
                values[i + 1] = deviation * static_cast<float>(radius * std::sin(angle));
        }
    }
    return out;
}

}  // namespace attune::learn
