// Dense algebra over OpenBLAS and its LAPACK: the one place that calls them. Everything here runs on the calling thread, so the
// learners divide the work and get the same bits for any number of threads.
//
// Matrices are by rows. Of symmetric ones only the lower triangle is read and written, unless said otherwise.
#pragma once

#include "base/result.h"
#include "learn/linear/matrix.h"

#include <cstddef>
#include <span>
#include <vector>

namespace attune::learn::blas {

// A part of a matrix: `rows` times `columns`, the rows `stride` apart.
struct View {
    float* data = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = 0;
};
struct ConstView {
    const float* data = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = 0;

    ConstView(const float* values, std::size_t row_count, std::size_t column_count,
              std::size_t row_stride)
        : data(values), rows(row_count), columns(column_count), stride(row_stride) {}
    ConstView(
        const View& view)  // NOLINT(google-explicit-constructor): as a span becomes one of const
        : ConstView(view.data, view.rows, view.columns, view.stride) {}
};

enum class Transposed : bool { no, yes };

// c = alpha·a·b + beta·c, either factor transposed first.
void multiply(float alpha, ConstView a, Transposed a_is, ConstView b, Transposed b_is, float beta,
              View c);

// c = alpha·a·aᵀ + beta·c, or aᵀ·a where transposed. Lower triangle.
void multiply_by_itself(float alpha, ConstView a, Transposed a_is, float beta, View c);

// Replaces a by its Cholesky factor L, a = L·Lᵀ. False where a is not positive definite.
[[nodiscard]] bool cholesky(View a);

// Solves L·Lᵀ·x = b in place of b.
void solve_cholesky(ConstView factor, std::span<float> b);

// What the inverse of a large matrix is made of, tile by tile. `l` is a lower triangle with nothing zero on its diagonal.
void divide_from_right(View a, ConstView l, Transposed l_is,
                       float alpha);           // a = alpha·a·l⁻¹, or l⁻ᵀ
void divide_from_left(ConstView l, View a);    // a = l⁻¹·a
void multiply_from_left(ConstView l, View a);  // a = lᵀ·a
void invert_triangle(View l);                  // l = l⁻¹
void square_triangle(View l);                  // the lower triangle of lᵀ·l in place of l

// Eigenvalues, ascending; row i of `a` becomes the i-th eigenvector. internal where LAPACK finds none, as with values
// that are not finite.
[[nodiscard]] Result<std::vector<float>> eigen(Matrix& a);

}  // namespace attune::learn::blas
