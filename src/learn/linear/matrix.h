// Matrix: dense floats by rows. What the learners of factors compute with; a row is one item's or one person's vector.
//
//     Matrix factors(items, 64);
//     factors.row(3)[0] = 1;
//
// A value: copying copies. As thread-safe as a vector.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace attune::learn {

class Matrix {
public:
    Matrix() = default;
    // All zero.
    Matrix(std::size_t rows, std::size_t columns)
        : values_(rows * columns), rows_(rows), columns_(columns) {}

    [[nodiscard]] std::size_t rows() const { return rows_; }
    [[nodiscard]] std::size_t columns() const { return columns_; }
    [[nodiscard]] std::span<float> row(std::size_t row) {
        return std::span(values_).subspan(row * columns_, columns_);
    }
    [[nodiscard]] std::span<const float> row(std::size_t row) const {
        return std::span(values_).subspan(row * columns_, columns_);
    }
    [[nodiscard]] float* data() { return values_.data(); }
    [[nodiscard]] const float* data() const { return values_.data(); }
    // Row by row.
    [[nodiscard]] const std::vector<float>& values() const { return values_; }

private:
    std::vector<float> values_;
    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
};

}  // namespace attune::learn
