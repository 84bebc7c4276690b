#include "learn/linear/symmetric_tiles.h"

#include "learn/linear/random_matrix.h"
#include "learn/linear/vectors.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace attune::learn {
namespace {

// Random vectors' dot products, and something on the diagonal: positive definite.
SymmetricTiles filled(std::size_t rows) {
    const Matrix vectors = normal_matrix(rows, 40, 1, 8);
    SymmetricTiles out(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column <= row; ++column)
            out.at(row, column) = dot(vectors.row(row), vectors.row(column));
        out.at(row, row) += 20;
    }
    return out;
}

std::vector<float> whole(const SymmetricTiles& tiles) {
    std::vector<float> out(tiles.rows() * tiles.rows());
    for (std::size_t row = 0; row < tiles.rows(); ++row)
        tiles.copy_rows(row, 1, std::span(out).subspan(row * tiles.rows(), tiles.rows()));
    return out;
}

TEST(SymmetricTiles, TheInverseTimesTheMatrixIsTheIdentity) {
    for (const std::size_t rows : {1U, 3U, 256U, 257U, 600U}) {
        SCOPED_TRACE(rows);
        SymmetricTiles tiles = filled(rows);
        const std::vector<float> before = whole(tiles);
        ASSERT_TRUE(tiles.invert({.threads = 2}));
        const std::vector<float> after = whole(tiles);
        std::vector<float> product(rows * rows);
        blas::multiply(1, {before.data(), rows, rows, rows}, blas::Transposed::no,
                       {after.data(), rows, rows, rows}, blas::Transposed::no, 0,
                       {product.data(), rows, rows, rows});
        for (std::size_t i = 0; i < rows; ++i) product[i * rows + i] -= 1;
        EXPECT_LT(std::ranges::max(product), 1e-3);
        EXPECT_GT(std::ranges::min(product), -1e-3);
    }
}

TEST(SymmetricTiles, IsTheSameForAnyNumberOfThreads) {
    SymmetricTiles one = filled(700);
    SymmetricTiles three = filled(700);
    ASSERT_TRUE(one.invert({.threads = 1}));
    ASSERT_TRUE(three.invert({.threads = 3}));
    EXPECT_EQ(whole(one), whole(three));
}

TEST(SymmetricTiles, RefusesWhatHasNoInverseAndHearsAStop) {
    SymmetricTiles zero(300);
    const auto refused = zero.invert({});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::invalid_argument);

    std::stop_source stop;
    SymmetricTiles tiles = filled(600);
    const auto stopped =
        tiles.invert({.stop = stop.get_token(), .progress = [&](double) { stop.request_stop(); }});
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Code::cancelled);
}

TEST(SymmetricTiles, SaysWhatItTakes) {
    EXPECT_EQ(SymmetricTiles::bytes_of(256), 256 * 256 * 4);
    EXPECT_EQ(SymmetricTiles::bytes_of(257), 3 * 256 * 256 * 4);
    EXPECT_NEAR(SymmetricTiles::bytes_of(20'000), 0.81e9, 0.02e9);
    for (const double bytes : {1e6, 1e8, 8e9}) {
        const std::size_t rows = SymmetricTiles::rows_within(bytes);
        EXPECT_LE(SymmetricTiles::bytes_of(rows), bytes);
        EXPECT_GT(SymmetricTiles::bytes_of(rows + 1), bytes);
    }
}

}  // namespace
}  // namespace attune::learn
