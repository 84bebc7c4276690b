// Ridge: the vector x that best explains a handful of touches,
//
//     Σ over touches of  w·(t − y·x)²  +  Σ over axes k of  penalty[k]·x[k]²
//
// where y is the other side's vector of a touch, w its weight and t what y·x ought to be. It is exact. The penalty is the
// diagonal of what is usually a full matrix (unobserved weight · Gram + regularisation): the learner turns the axes so that it is one
// (turn_to_axes), which leaves every dot product as it was. Then a row of n touches and d factors costs n²d + n³/3 instead of
// nd² + d³/3, whichever is less: with A the touches' vectors, each scaled by √(w / penalty), the two forms
//
//     (I + AᵀA)⁻¹ Aᵀ b   and   Aᵀ (I + AAᵀ)⁻¹ b
//
// are the same, and neither can be badly conditioned, as no eigenvalue is below one.
//
// One a thread: it keeps its room between calls.
#pragma once

#include "learn/linear/small_systems.h"

#include <cstddef>
#include <span>
#include <vector>

namespace attune::learn {

class Ridge {
public:
    // Begins a row of at most `touches` touches; every penalty is above zero. `is_held` keeps them all until they are solved,
    // which improve() needs.
    void begin(std::span<const float> penalty, std::size_t touches, bool is_held = false);
    // The vector, the weight (above zero) and the target of the next touch.
    void add(std::span<const float> vector, float weight, float target);
    // Writes x. All zero where there was no touch. False where numbers were not finite; x is then all zero.
    [[nodiscard]] bool solve(std::span<float> x);

    // Instead of solve(): takes that many steps of conjugate gradients from what x is, each of which costs 4·touches·factors.
    // The penalty is the identity by then, so three from a good beginning are nearly all there is to gain. Only for rows
    // that begin() was given `is_held` for.
    [[nodiscard]] bool improve(std::span<float> x, std::size_t steps);

private:
    void flush();
    [[nodiscard]] bool solve_by_factors(std::span<float> x);
    [[nodiscard]] bool solve_by_touches(std::span<float> x);
    [[nodiscard]] bool solve_by_library();

    // Vectors of improve(), over factors or touches.
    struct Descent {
        std::vector<float> point;
        std::vector<float> slope;
        std::vector<float> direction;
        std::vector<float> step;
        std::vector<float> left;
    };

    std::size_t width_ = 0;
    std::size_t stride_ = 0;  // of A's rows, which end in zeros
    bool is_by_touches_ = false;
    std::size_t panel_ = 0;         // rows of A that are held before they go into the sums below
    std::vector<float> scale_;      // 1/√penalty
    std::vector<float> scaled_;     // A, row by row
    std::vector<float> sides_;      // b = √w·t
    std::vector<float> square_;     // I + AAᵀ, or I + AᵀA
    std::vector<float> projected_;  // Aᵀb
    SmallRoom small_;
    Descent descent_;
};

}  // namespace attune::learn
