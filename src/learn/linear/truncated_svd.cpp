#include "learn/linear/truncated_svd.h"

#include "learn/linear/blas.h"
#include "learn/linear/parallel_algebra.h"
#include "learn/linear/random_matrix.h"
#include "learn/linear/vectors.h"
#include "learn/recommend/parallel.h"

#include <algorithm>
#include <cmath>

namespace attune::learn {

namespace {

constexpr std::size_t kChunk = 64;

// Directions that are shorter than this part of the longest are rounding and nothing else.
constexpr float kNothing = 1e-6F;

// The last columns of m, the very last first, each divided by its length.
Matrix scaled_columns(const Matrix& m, std::span<const float> squares, std::size_t count) {
    std::vector<float> inverse(count);
    for (std::size_t k = 0; k < count; ++k)
        inverse[k] = 1 / std::sqrt(squares[squares.size() - 1 - k]);
    Matrix out(m.rows(), count);
    for (std::size_t row = 0; row < m.rows(); ++row)
        for (std::size_t k = 0; k < count; ++k)
            out.row(row)[k] = m.row(row)[m.columns() - 1 - k] * inverse[k];
    return out;
}

std::size_t meaningful(std::span<const float> ascending) {
    const float least = ascending.empty() ? 0 : ascending.back() * kNothing;
    return static_cast<std::size_t>(
        std::ranges::count_if(ascending, [&](float value) { return value > least && value > 0; }));
}

// Orthonormal columns that span what those of m span. Twice, as the first time loses half the digits to a Gram matrix.
Result<Matrix> orthonormal(Matrix m, const Training& training) {
    for (int time = 0; time < 2; ++time) {
        ATTUNE_TRY(const Axes axes, turn_to_axes(m, training));
        m = scaled_columns(m, axes.diagonal, meaningful(axes.diagonal));
    }
    return m;
}

}  // namespace

Result<Matrix> multiply(const SparseRows& rows, const Matrix& m, const Training& training) {
    ATTUNE_CHECK(rows.width == m.rows());
    Matrix out(rows.rows(), m.columns());
    ATTUNE_TRY_VOID(for_chunks(rows.rows(), kChunk, training,
                               [&](std::size_t begin, std::size_t end, unsigned) {
                                   for (std::size_t row = begin; row < end; ++row) {
                                       const auto columns = rows.columns_of(row);
                                       const auto values = rows.values_of(row);
                                       for (std::size_t i = 0; i < columns.size(); ++i)
                                           add_scaled(out.row(row), values[i], m.row(columns[i]));
                                   }
                               }));
    return out;
}

Result<TruncatedSvd> truncated_svd(const SparseRows& rows, SvdOptions options,
                                   const Training& training) {
    const SparseRows turned = rows.transposed();
    // A few more than asked for, so that the last of them converge as quickly.
    const std::size_t width = std::min<std::size_t>(
        {options.rank + std::max<std::size_t>(16, options.rank / 8), rows.rows(), rows.width});
    Matrix basis = normal_matrix(rows.width, width, 1, training.seed);
    for (std::size_t i = 0; i < options.iterations; ++i) {
        ATTUNE_TRY(basis, orthonormal(std::move(basis), training));
        ATTUNE_TRY(const Matrix there, multiply(rows, basis, training));
        ATTUNE_TRY(basis, multiply(turned, there, training));
    }
    ATTUNE_TRY(basis, orthonormal(std::move(basis), training));

    // Within the subspace, the singular vectors are the axes of what the matrix makes of it.
    ATTUNE_TRY(const Matrix there, multiply(rows, basis, training));
    ATTUNE_TRY(Matrix axes, gram(there, training));
    ATTUNE_TRY(const std::vector<float> squares, blas::eigen(axes));
    ATTUNE_TRY_VOID(turn(basis, axes, training));
    const std::size_t count = std::min(options.rank, meaningful(squares));
    TruncatedSvd out{.values = {}, .right = Matrix(basis.rows(), count)};
    for (std::size_t k = 0; k < count; ++k)
        out.values.push_back(std::sqrt(squares[squares.size() - 1 - k]));
    for (std::size_t row = 0; row < basis.rows(); ++row)
        for (std::size_t k = 0; k < count; ++k)
            out.right.row(row)[k] = basis.row(row)[basis.columns() - 1 - k];
    return out;
}

}  // namespace attune::learn
