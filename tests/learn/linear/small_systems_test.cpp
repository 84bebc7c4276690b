#include "learn/linear/small_systems.h"

#include "learn/linear/random_matrix.h"
#include "learn/linear/vectors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace attune::learn {
namespace {

void expect_solution(std::span<const float> rows, std::size_t stride, std::span<const float> x,
                     std::span<const float> b) {
    for (std::size_t i = 0; i < x.size(); ++i) {
        double back = x[i];
        for (std::size_t j = 0; j < x.size(); ++j)
            back += double{x[j]} *
                    dot(rows.subspan(i * stride, stride), rows.subspan(j * stride, stride));
        EXPECT_NEAR(back, b[i], 2e-4);
    }
}

TEST(SmallSystems, WhatTheySolveGivesTheRightSideBackInEveryWidthOfRegister) {
    SmallRoom room;
    for (const std::size_t count : {1U, 2U, 3U, 4U, 5U, 15U, 16U, 17U, 31U, 40U, 64U}) {
        for (const std::size_t width : {1U, 16U, 33U, 128U}) {
            SCOPED_TRACE(std::to_string(count) + " rows of " + std::to_string(width));
            const std::size_t stride = padded(width);
            const Matrix random = normal_matrix(padded(count), stride, 0.4F, count * width);
            std::vector<float> rows = random.values();
            for (std::size_t row = 0; row < padded(count); ++row)
                for (std::size_t k = width; k < stride; ++k) rows[row * stride + k] = 0;
            std::vector<float> x(count);
            for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<float>(i % 5) - 1;
            const std::vector<float> b = x;
            for (const SmallSolver solver : small_solvers()) {
                std::vector<float> square(padded(count) * padded(count));
                x = b;
                ASSERT_TRUE(
                    solver(rows.data(), count, stride, square.data(), padded(count), x.data()));
                expect_solution(rows, stride, x, b);
            }
            x = b;
            ASSERT_TRUE(solve_by_rows(rows.data(), stride, x, room));
            expect_solution(rows, stride, x, b);
        }
    }
}

TEST(SmallSystems, NumbersThatAreNoneAreSaid) {
    SmallRoom room;
    std::vector<float> rows(16 * 16);
    rows[0] = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> b{1, 1};
    EXPECT_FALSE(solve_by_rows(rows.data(), 16, b, room));
}

}  // namespace
}  // namespace attune::learn
