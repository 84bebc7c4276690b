#include "learn/linear/truncated_svd.h"

#include "learn/linear/blas.h"
#include "learn/linear/random_matrix.h"
#include "learn/linear/vectors.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attune::learn {
namespace {

SparseRows scattered(std::size_t rows, std::uint32_t width, double density) {
    Draws draws(3, 0);
    SparseRows out;
    out.width = width;
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::uint32_t column = 0; column < width; ++column) {
            if (draws.unit() > density / (1 + 0.1 * column)) continue;
            out.columns.push_back(column);
            out.values.push_back(static_cast<float>(0.5 + draws.unit()));
        }
        out.begins.push_back(out.columns.size());
    }
    return out;
}

TEST(TruncatedSvd, AgreesWithTheEigenvaluesOfTheDenseSquare) {
    const SparseRows rows = scattered(300, 80, 0.6);
    Matrix square(80, 80);
    for (std::size_t row = 0; row < rows.rows(); ++row)
        for (std::size_t i = 0; i < rows.columns_of(row).size(); ++i)
            for (std::size_t j = 0; j < rows.columns_of(row).size(); ++j)
                square.row(rows.columns_of(row)[i])[rows.columns_of(row)[j]] +=
                    rows.values_of(row)[i] * rows.values_of(row)[j];
    const auto exact = blas::eigen(square);
    ASSERT_TRUE(exact);
    const auto svd = truncated_svd(rows, {.rank = 10, .iterations = 12}, {.seed = 1, .threads = 2});
    ASSERT_TRUE(svd);
    ASSERT_EQ(svd->values.size(), 10U);
    for (std::size_t k = 0; k < 10; ++k) {
        EXPECT_NEAR(svd->values[k], std::sqrt((*exact)[79 - k]), 2e-3 * svd->values[0]) << k;
        std::vector<float> column(80);
        for (std::size_t item = 0; item < 80; ++item) column[item] = svd->right.row(item)[k];
        EXPECT_NEAR(dot(column, column), 1, 1e-4);
    }
    std::vector<float> first(80);
    for (std::size_t item = 0; item < 80; ++item) first[item] = svd->right.row(item)[0];
    EXPECT_NEAR(std::abs(dot(first, square.row(79))), 1, 1e-4);
}

TEST(TruncatedSvd, AMatrixOfLesserRankGivesNoMoreThanItHas) {
    SparseRows rows;
    rows.width = 5;
    for (int row = 0; row < 4; ++row) {
        for (std::uint32_t column = 0; column < 3; ++column) {
            rows.columns.push_back(column);
            rows.values.push_back(2);
        }
        rows.begins.push_back(rows.columns.size());
    }
    const auto svd = truncated_svd(rows, {.rank = 4}, {});
    ASSERT_TRUE(svd);
    ASSERT_EQ(svd->values.size(), 1U);
    EXPECT_NEAR(svd->values[0], std::sqrt(48.0F), 1e-4);
    EXPECT_EQ(svd->right.columns(), 1U);
}

TEST(TruncatedSvd, IsTheSameForAnyNumberOfThreads) {
    const SparseRows rows = scattered(200, 60, 0.3);
    const auto one = truncated_svd(rows, {.rank = 8}, {.seed = 4, .threads = 1});
    const auto three = truncated_svd(rows, {.rank = 8}, {.seed = 4, .threads = 3});
    ASSERT_TRUE(one && three);
    EXPECT_EQ(one->right.values(), three->right.values());
    EXPECT_EQ(one->values, three->values);
}

}  // namespace
}  // namespace attune::learn
