#include "learn/linear/parallel_algebra.h"

#include "learn/linear/blas.h"
#include "learn/linear/vectors.h"
#include "learn/recommend/parallel.h"

#include <algorithm>

namespace attune::learn {

namespace {

// Sums are taken per chunk of this many rows and added up in order, so their rounding does not depend on who did which.
constexpr std::size_t kChunk = 4096;

blas::ConstView rows_of(const Matrix& m, std::size_t begin, std::size_t end) {
    return {m.data() + begin * m.columns(), end - begin, m.columns(), m.columns()};
}

blas::View whole(Matrix& m) { return {m.data(), m.rows(), m.columns(), m.columns()}; }

}  // namespace

Result<Matrix> gram(const Matrix& m, const Training& training) {
    const std::size_t width = m.columns();
    std::vector<Matrix> parts((m.rows() + kChunk - 1) / kChunk);
    ATTUNE_TRY_VOID(
        for_chunks(m.rows(), kChunk, training, [&](std::size_t begin, std::size_t end, unsigned) {
            Matrix& part = parts[begin / kChunk];
            part = Matrix(width, width);
            blas::multiply_by_itself(1, rows_of(m, begin, end), blas::Transposed::yes, 0,
                                     whole(part));
        }));
    Matrix sum(width, width);
    const std::span<float> all(sum.data(), width * width);
    for (const Matrix& part : parts) add_scaled(all, 1, part.values());
    for (std::size_t i = 0; i < width; ++i)
        for (std::size_t j = 0; j < i; ++j) sum.row(j)[i] = sum.row(i)[j];
    return sum;
}

Result<void> turn(Matrix& m, const Matrix& basis, const Training& training) {
    return for_chunks(m.rows(), kChunk, training,
                      [&](std::size_t begin, std::size_t end, unsigned) {
                          Matrix turned(end - begin, m.columns());
                          blas::multiply(1, rows_of(m, begin, end), blas::Transposed::no,
                                         rows_of(basis, 0, basis.rows()), blas::Transposed::yes, 0,
                                         whole(turned));
                          std::ranges::copy(turned.values(), m.data() + begin * m.columns());
                      });
}

Result<Axes> turn_to_axes(Matrix& m, const Training& training) {
    Axes axes;
    ATTUNE_TRY(axes.basis, gram(m, training));
    ATTUNE_TRY(axes.diagonal, blas::eigen(axes.basis));
    ATTUNE_TRY_VOID(turn(m, axes.basis, training));
    for (float& value : axes.diagonal) value = std::max(value, 0.0F);
    return axes;
}

}  // namespace attune::learn
