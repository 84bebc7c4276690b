#include "learn/linear/symmetric_tiles.h"

#include "learn/recommend/parallel.h"

#include <algorithm>
#include <cmath>

namespace attune::learn {

using blas::Transposed;

namespace {

void tell(const Training& training, std::size_t done, std::size_t all) {
    if (training.progress) training.progress(static_cast<double>(done) / static_cast<double>(all));
}

}  // namespace

SymmetricTiles::SymmetricTiles(std::size_t rows)
    : rows_(rows), tiles_((rows + kSide - 1) / kSide), tiles_of_rows_(tiles_) {
    for (std::size_t i = 0; i < tiles_; ++i)
        tiles_of_rows_[i].assign((i + 1) * kSide * kSide, 0.0F);
    // The inverse of a matrix with an identity beside it is the inverse with an identity beside it.
    for (std::size_t row = rows_; row < tiles_ * kSide; ++row) at(row, row) = 1;
}

double SymmetricTiles::bytes_of(std::size_t rows) {
    const double tiles = std::ceil(static_cast<double>(rows) / kSide);
    return tiles * (tiles + 1) / 2 * kSide * kSide * sizeof(float);
}

std::size_t SymmetricTiles::rows_within(double bytes) {
    const double count = bytes / (kSide * kSide * sizeof(float));
    return static_cast<std::size_t>((std::sqrt(1 + 8 * count) - 1) / 2) * kSide;
}

blas::View SymmetricTiles::tile(std::size_t row, std::size_t column) {
    return {tiles_of_rows_[row].data() + column * kSide * kSide, kSide, kSide, kSide};
}

Result<void> SymmetricTiles::invert(const Training& training) {
    const auto part = [&](double from, double to) {
        Training within = training;
        if (training.progress)
            within.progress = [&training, from, to](double done) {
                training.progress(from + done * (to - from));
            };
        return within;
    };
    // A third of the work each.
    ATTUNE_TRY_VOID(factor(part(0, 0.33)));
    ATTUNE_TRY_VOID(invert_factor(part(0.33, 0.67)));
    return square_factor(part(0.67, 1));
}

// a = l·lᵀ, column of tiles by column of tiles.
Result<void> SymmetricTiles::factor(const Training& training) {
    for (std::size_t k = 0; k < tiles_; ++k) {
        const blas::View corner = tile(k, k);
        if (!blas::cholesky(corner))
            return fail(Code::invalid_argument,
                        "a matrix to invert is not positive definite: more regularization helps");
        ATTUNE_TRY_VOID(
            for_chunks(tiles_ - k - 1, 1, training, [&](std::size_t i, std::size_t, unsigned) {
                blas::divide_from_right(tile(k + 1 + i, k), corner, Transposed::yes, 1);
            }));
        // The longest rows first, so that no thread is left with one at the end.
        ATTUNE_TRY_VOID(
            for_chunks(tiles_ - k - 1, 1, training, [&](std::size_t i, std::size_t, unsigned) {
                const std::size_t row = tiles_ - 1 - i;
                for (std::size_t column = k + 1; column < row; ++column)
                    blas::multiply(-1, tile(row, k), Transposed::no, tile(column, k),
                                   Transposed::yes, 1, tile(row, column));
                blas::multiply_by_itself(-1, tile(row, k), Transposed::no, 1, tile(row, row));
            }));
        tell(training, k + 1, tiles_);
    }
    return {};
}

// l becomes l⁻¹: step k brings column k to all rows below it.
Result<void> SymmetricTiles::invert_factor(const Training& training) {
    for (std::size_t k = 0; k < tiles_; ++k) {
        const blas::View corner = tile(k, k);
        ATTUNE_TRY_VOID(
            for_chunks(tiles_ - k - 1, 1, training, [&](std::size_t i, std::size_t, unsigned) {
                const std::size_t row = k + 1 + i;
                blas::divide_from_right(tile(row, k), corner, Transposed::no, -1);
                for (std::size_t column = 0; column < k; ++column)
                    blas::multiply(1, tile(row, k), Transposed::no, tile(k, column), Transposed::no,
                                   1, tile(row, column));
            }));
        ATTUNE_TRY_VOID(for_chunks(k, 1, training, [&](std::size_t column, std::size_t, unsigned) {
            blas::divide_from_left(corner, tile(k, column));
        }));
        blas::invert_triangle(corner);
        tell(training, k + 1, tiles_);
    }
    return {};
}

// l becomes lᵀ·l: step m adds what row m brings to all tiles above it.
Result<void> SymmetricTiles::square_factor(const Training& training) {
    for (std::size_t m = 0; m < tiles_; ++m) {
        ATTUNE_TRY_VOID(for_chunks(m, 1, training, [&](std::size_t i, std::size_t, unsigned) {
            const std::size_t row = m - 1 - i;
            for (std::size_t column = 0; column < row; ++column)
                blas::multiply(1, tile(m, row), Transposed::yes, tile(m, column), Transposed::no, 1,
                               tile(row, column));
            blas::multiply_by_itself(1, tile(m, row), Transposed::yes, 1, tile(row, row));
        }));
        ATTUNE_TRY_VOID(for_chunks(m, 1, training, [&](std::size_t column, std::size_t, unsigned) {
            blas::multiply_from_left(tile(m, m), tile(m, column));
        }));
        blas::square_triangle(tile(m, m));
        tell(training, m + 1, tiles_);
    }
    return {};
}

void SymmetricTiles::copy_rows(std::size_t begin, std::size_t count, std::span<float> out) const {
    const std::size_t band = begin / kSide;
    ATTUNE_CHECK((begin + count - 1) / kSide == band && out.size() == count * rows_);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t row = begin + i;
        float* to = out.data() + i * rows_;
        for (std::size_t column = 0; column <= row; ++column)
            to[column] = data_of(band, column / kSide)[row % kSide * kSide + column % kSide];
        for (std::size_t column = row + 1; column < rows_; ++column)
            to[column] = data_of(column / kSide, band)[column % kSide * kSide + row % kSide];
    }
}

void SymmetricTiles::copy_band(std::size_t band, std::span<float> out) const {
    const std::size_t first = band * kSide;
    const std::size_t width = std::min(kSide, rows_ - first);
    ATTUNE_CHECK(out.size() == rows_ * width);
    for (std::size_t row = 0; row < rows_; ++row) {
        for (std::size_t i = 0; i < width; ++i) {
            const std::size_t column = first + i;
            out[row * width + i] = row >= column ? at(row, column) : at(column, row);
        }
    }
}

}  // namespace attune::learn
