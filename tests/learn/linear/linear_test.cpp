#include "learn/linear/blas.h"
#include "learn/linear/parallel_algebra.h"
#include "learn/linear/random_matrix.h"
#include "learn/linear/vectors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace attune::learn {
namespace {

float plain_dot(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * b[i];
    return static_cast<float>(sum);
}

TEST(Vectors, AgreeWithTheirDefinitionAtEveryLength) {
    const Matrix values = normal_matrix(3, 150, 1, 11);
    for (std::size_t length = 0; length <= 150; ++length) {
        const auto a = values.row(0).first(length);
        const auto b = values.row(1).first(length);
        EXPECT_NEAR(dot(a, b), plain_dot(a, b), 1e-4);
        std::vector<float> sum(a.begin(), a.end());
        add_scaled(sum, -2, b);
        std::vector<float> product(length);
        std::vector<float> rows_added(length, 1.0F);
        std::vector<float> rows(a.begin(), a.end());
        rows.insert(rows.end(), b.begin(), b.end());
        add_rows(rows_added, std::vector<float>{2, -1}, rows);
        std::vector<float> roots(length);
        std::vector<float> squares(length);
        for (std::size_t i = 0; i < length; ++i) squares[i] = 1 + a[i] * a[i];
        inverse_roots(roots, squares);
        scaled_product(product, 3, a, b);
        for (std::size_t i = 0; i < length; ++i) {
            EXPECT_NEAR(sum[i], a[i] - 2 * b[i], 1e-5);
            EXPECT_NEAR(product[i], 3 * a[i] * b[i], 1e-4);
            EXPECT_NEAR(rows_added[i], 1 + 2 * a[i] - b[i], 1e-5);
            EXPECT_NEAR(roots[i], 1 / std::sqrt(squares[i]), 1e-6);
        }
    }
}

TEST(Vectors, ARowIsScoredAlikeAloneAndAmongAll) {
    const Matrix rows = normal_matrix(33, 50, 1, 5);
    const Matrix asking = normal_matrix(1, 50, 1, 6);
    std::vector<float> all(33);
    dots(rows.values(), asking.row(0), all);
    for (std::size_t row = 0; row < 33; ++row)
        EXPECT_EQ(all[row], dot(rows.row(row), asking.row(0)));
}

TEST(RandomMatrix, IsNormalAndReplaysFromItsSeed) {
    const Matrix some = normal_matrix(200, 101, 0.5F, 3);
    EXPECT_EQ(some.values(), normal_matrix(200, 101, 0.5F, 3).values());
    EXPECT_NE(some.values(), normal_matrix(200, 101, 0.5F, 4).values());
    const double count = static_cast<double>(some.values().size());
    const double mean = std::reduce(some.values().begin(), some.values().end(), 0.0) / count;
    EXPECT_NEAR(mean, 0, 0.02);
    EXPECT_NEAR(plain_dot(some.values(), some.values()) / count, 0.25, 0.01);
}

TEST(ParallelAlgebra, IsTheSameForAnyNumberOfThreads) {
    const Matrix tall = normal_matrix(9000, 7, 1, 1);
    const auto one = gram(tall, {.threads = 1});
    const auto three = gram(tall, {.threads = 3});
    ASSERT_TRUE(one && three);
    EXPECT_EQ(one->values(), three->values());
    std::vector<float> column(9000);
    std::vector<float> other(9000);
    for (std::size_t row = 0; row < 9000; ++row) {
        column[row] = tall.row(row)[2];
        other[row] = tall.row(row)[5];
    }
    EXPECT_NEAR(one->row(2)[5], plain_dot(column, other), 0.05);
    EXPECT_EQ(one->row(2)[5], one->row(5)[2]);
}

TEST(ParallelAlgebra, TurningKeepsDotProductsAndMakesTheGramDiagonal) {
    Matrix tall = normal_matrix(500, 12, 1, 2);
    const Matrix before = tall;
    const auto axes = turn_to_axes(tall, {.threads = 2});
    ASSERT_TRUE(axes);
    for (std::size_t row = 1; row < 20; ++row)
        EXPECT_NEAR(dot(tall.row(0), tall.row(row)), dot(before.row(0), before.row(row)), 1e-4);
    const auto after = gram(tall, {});
    ASSERT_TRUE(after);
    for (std::size_t i = 0; i < 12; ++i)
        for (std::size_t j = 0; j < 12; ++j)
            EXPECT_NEAR(after->row(i)[j], i == j ? axes->diagonal[i] : 0, 0.01);
}

TEST(Blas, SolvesWhatItFactored) {
    // [4 2; 2 3] x = [2 5]: x = [-0.5 2].
    std::vector<float> square{4, 0, 2, 3};
    ASSERT_TRUE(blas::cholesky({square.data(), 2, 2, 2}));
    EXPECT_FLOAT_EQ(square[0], 2);
    EXPECT_FLOAT_EQ(square[2], 1);
    EXPECT_FLOAT_EQ(square[3], std::sqrt(2.0F));
    std::vector<float> side{2, 5};
    blas::solve_cholesky({square.data(), 2, 2, 2}, side);
    EXPECT_NEAR(side[0], -0.5, 1e-6);
    EXPECT_NEAR(side[1], 2, 1e-6);

    std::vector<float> indefinite{1, 0, 2, 1};
    EXPECT_FALSE(blas::cholesky({indefinite.data(), 2, 2, 2}));
}

TEST(Blas, AnEigenvectorIsARow) {
    Matrix a(2, 2);
    a.row(0)[0] = 2;
    a.row(1)[0] = 1;
    a.row(1)[1] = 2;
    const auto values = blas::eigen(a);
    ASSERT_TRUE(values);
    EXPECT_NEAR((*values)[0], 1, 1e-6);
    EXPECT_NEAR((*values)[1], 3, 1e-6);
    EXPECT_NEAR(std::abs(a.row(1)[0]), std::sqrt(0.5F), 1e-6);
    EXPECT_NEAR(a.row(1)[0], a.row(1)[1], 1e-6);
    EXPECT_NEAR(a.row(0)[0], -a.row(0)[1], 1e-6);
}

}  // namespace
}  // namespace attune::learn
