// The largest singular values of a sparse matrix and what belongs to them, by randomised subspace iteration (Halko, Martinsson
// and Tropp 2011): a random subspace is multiplied by the matrix and back a few times, and made orthonormal each time.
//
//     ATTUNE_TRY(const TruncatedSvd svd, truncated_svd(by_person, {.rank = 64}, training));
//     svd.right.row(item)          // the item's place on the 64 axes
//
// The same bytes for any number of threads. Takes four matrices of `rank` columns and the sparse matrix twice.
#pragma once

#include "learn/linear/matrix.h"
#include "learn/recommend/learner.h"

#include <vector>

namespace attune::learn {

// rows · m, each row a sum of some of m's.
[[nodiscard]] Result<Matrix> multiply(const SparseRows& rows, const Matrix& m,
                                      const Training& training);

struct SvdOptions {
    std::size_t rank = 64;
    // Each makes what is left of smaller singular values smaller by the square of the ratio.
    std::size_t iterations = 6;
};

struct TruncatedSvd {
    std::vector<float> values;  // descending; fewer than asked for where the matrix has no more
    Matrix right;               // a row a column of the matrix, a column a singular vector
};

[[nodiscard]] Result<TruncatedSvd> truncated_svd(const SparseRows& rows, SvdOptions options,
                                                 const Training& training);

}  // namespace attune::learn
