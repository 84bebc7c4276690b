// Algebra on tall matrices, one row an item or a person, divided over the threads of a training. Every result is the same bits
// for any number of threads.
#pragma once

#include "learn/linear/matrix.h"
#include "learn/recommend/learner.h"

namespace attune::learn {

// mᵀ·m, both triangles; as wide as m.
[[nodiscard]] Result<Matrix> gram(const Matrix& m, const Training& training);

// m = m·basisᵀ, where the rows of `basis` are the new axes; a square as wide as m.
[[nodiscard]] Result<void> turn(Matrix& m, const Matrix& basis, const Training& training);

// The axes on which a Gram matrix is diagonal, a row each, and the diagonal, ascending and never below zero.
struct Axes {
    Matrix basis;
    std::vector<float> diagonal;
};

// Turns m so that its Gram matrix is diagonal, which no dot product between rows notices.
[[nodiscard]] Result<Axes> turn_to_axes(Matrix& m, const Training& training);

}  // namespace attune::learn
