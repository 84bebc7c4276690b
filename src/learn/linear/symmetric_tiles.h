// SymmetricTiles: a large symmetric matrix of floats, of which only the lower half is held, in square tiles. Inverted in place and
// by several threads, so 20,000 rows take 0.8 GB and nothing more.
//
//     SymmetricTiles square(items);
//     square.tile(3, 1)…                              // fill the tiles on and below the diagonal
//     ATTUNE_TRY_VOID(square.invert(training));
//     square.copy_rows(begin, count, out);
//
// Each tile's work is one thread's and its order is fixed: the same bytes for any number of threads.
#pragma once

#include "learn/linear/blas.h"
#include "learn/recommend/learner.h"

#include <cstddef>
#include <span>
#include <vector>

namespace attune::learn {

class SymmetricTiles {
public:
    // Rows of a tile: 256 KB each, so that the three of a product fit the second cache.
    static constexpr std::size_t kSide = 256;

    // All zero, except the diagonal of what fills up the last tile.
    explicit SymmetricTiles(std::size_t rows);

    [[nodiscard]] static double bytes_of(std::size_t rows);
    // The most rows that take no more than that.
    [[nodiscard]] static std::size_t rows_within(double bytes);

    [[nodiscard]] std::size_t rows() const { return rows_; }
    [[nodiscard]] std::size_t tiles() const { return tiles_; }  // in a column of tiles

    // The element of a row and a column that is not greater.
    [[nodiscard]] float& at(std::size_t row, std::size_t column) {
        return tile(row / kSide, column / kSide).data[row % kSide * kSide + column % kSide];
    }
    [[nodiscard]] float at(std::size_t row, std::size_t column) const {
        return data_of(row / kSide, column / kSide)[row % kSide * kSide + column % kSide];
    }
    // `row` is not less than `column`. Of those on the diagonal, the lower half.
    [[nodiscard]] blas::View tile(std::size_t row, std::size_t column);

    // invalid_argument where the matrix is not positive definite, cancelled when asked to stop.
    [[nodiscard]] Result<void> invert(const Training& training);

    // Rows begin, begin + 1, … within one row of tiles, one after another and whole, with rows() columns each.
    void copy_rows(std::size_t begin, std::size_t count, std::span<float> out) const;

    // Columns kSide·band and up, kSide of them or fewer: rows() rows, one after another.
    void copy_band(std::size_t band, std::span<float> out) const;

private:
    [[nodiscard]] Result<void> factor(const Training& training);
    [[nodiscard]] Result<void> invert_factor(const Training& training);
    [[nodiscard]] Result<void> square_factor(const Training& training);
    [[nodiscard]] const float* data_of(std::size_t row, std::size_t column) const {
        return tiles_of_rows_[row].data() + column * kSide * kSide;
    }

    std::size_t rows_;
    std::size_t tiles_;
    std::vector<std::vector<float>> tiles_of_rows_;
};

}  // namespace attune::learn
