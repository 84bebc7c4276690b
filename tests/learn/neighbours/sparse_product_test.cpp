#include "learn/neighbours/sparse_product.h"

#include <gtest/gtest.h>

#include <random>

namespace attune::learn {
namespace {

SparseRows random_rows(std::size_t rows, std::uint32_t width, std::mt19937& random) {
    SparseRows out;
    out.width = width;
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::uint32_t column = 0; column < width; ++column) {
            if (random() % 3 != 0) continue;
            out.columns.push_back(column);
            out.values.push_back(static_cast<float>(random() % 7) - 2);
        }
        out.begins.push_back(out.columns.size());
    }
    return out;
}

std::vector<float> dense(const SparseRows& rows) {
    std::vector<float> out(rows.rows() * rows.width);
    for (std::size_t row = 0; row < rows.rows(); ++row)
        for (std::size_t i = 0; i < rows.columns_of(row).size(); ++i)
            out[row * rows.width + rows.columns_of(row)[i]] = rows.values_of(row)[i];
    return out;
}

TEST(SparseProduct, IsTheProductOfTheDenseMatrices) {
    for (std::uint32_t seed = 0; seed < 10; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const SparseRows left = random_rows(9, 6, random);
        const SparseRows right = random_rows(6, 8, random);
        const auto product = best_of_product<DotProduct>(
            left, right, 8, {.threads = 3},
            [](std::size_t, std::size_t, const DotProduct& sum) { return sum.value; });
        ASSERT_TRUE(product);
        const auto a = dense(left);
        const auto b = dense(right);
        std::vector<float> expected(9 * 8);
        for (std::size_t row = 0; row < 9; ++row)
            for (std::size_t column = 0; column < 8; ++column) {
                float sum = 0;
                for (std::size_t i = 0; i < 6; ++i) sum += a[row * 6 + i] * b[i * 8 + column];
                expected[row * 8 + column] = std::max(0.0F, sum);
            }
        EXPECT_EQ(dense(*product), expected);
    }
}

TEST(SparseProduct, KeepsTheLargestOfARow) {
    SparseRow row{{0, 1}, {1, 3}, {2, 3}, {3, 2}, {4, 3}};
    keep_largest(row, 2);
    EXPECT_EQ(row, (SparseRow{{1, 3}, {2, 3}}));
}

TEST(SparseProduct, StopsWhenAskedTo) {
    std::mt19937 random(1);
    const SparseRows rows = random_rows(5, 5, random);
    std::stop_source stop;
    stop.request_stop();
    const auto product = best_of_product<DotProduct>(
        rows, rows, 5, {.stop = stop.get_token()},
        [](std::size_t, std::size_t, const DotProduct& sum) { return sum.value; });
    ASSERT_FALSE(product);
    EXPECT_EQ(product.error().code, Code::cancelled);
}

TEST(SparseProduct, SaysWhatItTakesBeforeItTakesIt) {
    // Two people with three items each, one of them shared: rows of at most 4, 2, 2, 2 and 2 pairs.
    const SparseRows touched{.begins = {0, 3, 6},
                             .columns = {0, 1, 2, 0, 3, 4},
                             .values = {1, 1, 1, 1, 1, 1},
                             .width = 5};
    const double workers = 2 * 5 * (sizeof(DotProduct) + 5);
    EXPECT_EQ(product_bytes(touched, 10, sizeof(DotProduct), 2), 12 * 8 * 3 + 6 * 8 * 2 + workers);
    EXPECT_EQ(product_bytes(touched, 2, sizeof(DotProduct), 2), 10 * 8 * 3 + 6 * 8 * 2 + workers);
}

TEST(LatestMatrix, KeepsWhatEachPersonTouchedLast) {
    const auto made = Interactions::of({{0, {.item = 3, .time = 1}},
                                        {0, {.item = 0, .time = 2}},
                                        {0, {.item = 2, .weight = 2, .time = 3}},
                                        {0, {.item = 3, .time = 4}},
                                        {1, {.item = 1, .time = 1}}},
                                       2, 4);
    ASSERT_TRUE(made);
    const SparseRows rows = latest_matrix(*made, 2);
    EXPECT_EQ(rows.begins, (std::vector<std::uint64_t>{0, 2, 3}));
    EXPECT_EQ(rows.columns, (std::vector<std::uint32_t>{2, 3, 1}));
    EXPECT_EQ(rows.values, (std::vector<float>{2, 2, 1}));
}

}  // namespace
}  // namespace attune::learn
