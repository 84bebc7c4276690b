#include "learn/factors/ridge.h"

#include "base/result.h"
#include "learn/linear/blas.h"
#include "learn/linear/vectors.h"

#include <algorithm>
#include <cmath>

namespace attune::learn {

namespace {

// What everybody touched has a million rows; they are summed up this many at a time.
constexpr std::size_t kPanel = 1024;

void add_identity(std::span<float> square, std::size_t side) {
    for (std::size_t i = 0; i < side; ++i) square[i * side + i] += 1;
}

}  // namespace

void Ridge::begin(std::span<const float> penalty, std::size_t touches) {
    width_ = penalty.size();
    is_by_touches_ = touches < width_;
    panel_ = is_by_touches_ ? touches : std::min(touches, kPanel);
    scale_.resize(width_);
    for (std::size_t k = 0; k < width_; ++k) scale_[k] = 1 / std::sqrt(penalty[k]);
    if (scaled_.size() < panel_ * width_) scaled_.resize(panel_ * width_);
    sides_.clear();
    if (is_by_touches_) return;
    square_.assign(width_ * width_, 0);
    projected_.assign(width_, 0);
}

void Ridge::add(std::span<const float> vector, float weight, float target) {
    if (sides_.size() == panel_) {
        ATTUNE_CHECK(!is_by_touches_);
        flush();
    }
    const float root = std::sqrt(weight);
    scaled_product(std::span(scaled_).subspan(sides_.size() * width_, width_), root, vector,
                   scale_);
    sides_.push_back(root * target);
}

bool Ridge::solve(std::span<float> x) {
    std::ranges::fill(x, 0.0F);
    const bool is_solved = is_by_touches_ ? solve_by_touches(x) : solve_by_factors(x);
    scaled_product(x, 1, x, scale_);
    if (is_solved && std::ranges::all_of(x, [](float value) { return std::isfinite(value); }))
        return true;
    std::ranges::fill(x, 0.0F);
    return false;
}

bool Ridge::solve_by_touches(std::span<float> x) {
    const std::size_t touches = sides_.size();
    if (touches == 0) return true;
    square_.resize(touches * touches);
    const blas::View square{square_.data(), touches, touches, touches};
    blas::multiply_by_itself(1, {scaled_.data(), touches, width_, width_}, blas::Transposed::no, 0,
                             square);
    add_identity(square_, touches);
    if (!blas::cholesky(square)) return false;
    blas::solve_cholesky(square, sides_);
    for (std::size_t i = 0; i < touches; ++i)
        add_scaled(x, sides_[i], std::span(scaled_).subspan(i * width_, width_));
    return true;
}

void Ridge::flush() {
    blas::multiply_by_itself(1, {scaled_.data(), sides_.size(), width_, width_},
                             blas::Transposed::yes, 1, {square_.data(), width_, width_, width_});
    for (std::size_t i = 0; i < sides_.size(); ++i)
        add_scaled(projected_, sides_[i], std::span(scaled_).subspan(i * width_, width_));
    sides_.clear();
}

bool Ridge::solve_by_factors(std::span<float> x) {
    flush();
    add_identity(square_, width_);
    const blas::View square{square_.data(), width_, width_, width_};
    if (!blas::cholesky(square)) return false;
    blas::solve_cholesky(square, projected_);
    std::ranges::copy(projected_, x.begin());
    return true;
}

}  // namespace attune::learn
