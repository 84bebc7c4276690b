#include "learn/factors/ridge.h"

#include "base/result.h"
#include "learn/linear/blas.h"
#include "learn/linear/vectors.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace attune::learn {

namespace {

// What everybody touched has a million rows; they are summed up this many at a time.
constexpr std::size_t kPanel = 1024;

// Up to here, what is written for small systems is quicker than OpenBLAS.
constexpr std::size_t kSmall = 256;

void add_identity(std::span<float> square, std::size_t side) {
    for (std::size_t i = 0; i < side; ++i) square[i * side + i] += 1;
}

}  // namespace

void Ridge::begin(std::span<const float> penalty, std::size_t touches, bool is_held) {
    width_ = penalty.size();
    is_by_touches_ = touches < width_;
    panel_ = is_by_touches_ || is_held ? touches : std::min(touches, kPanel);
    stride_ = padded(width_);
    scale_.resize(width_);
    inverse_roots(scale_, penalty);
    const std::size_t size = padded(panel_) * stride_;
    if (scaled_.size() < size) scaled_.resize(size);
    sides_.clear();
    if (is_by_touches_ || is_held) return;
    square_.assign(width_ * width_, 0);
    projected_.assign(width_, 0);
}

void Ridge::add(std::span<const float> vector, float weight, float target) {
    if (sides_.size() == panel_) {
        ATTUNE_CHECK(!is_by_touches_ && panel_ == kPanel);
        flush();
    }
    const float root = std::sqrt(weight);
    const auto row = std::span(scaled_).subspan(sides_.size() * stride_, stride_);
    scaled_product(row.first(width_), root, vector, scale_);
    std::ranges::fill(row.subspan(width_), 0.0F);
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
    if (touches <= kSmall) {
        if (!solve_by_rows(scaled_.data(), stride_, sides_, small_)) return false;
    } else if (!solve_by_library()) {
        return false;
    }
    for (std::size_t i = 0; i < touches; ++i)
        add_scaled(x, sides_[i], std::span(scaled_).subspan(i * stride_, width_));
    return true;
}

bool Ridge::solve_by_library() {
    const std::size_t touches = sides_.size();
    square_.resize(touches * touches);
    const blas::View square{square_.data(), touches, touches, touches};
    blas::multiply_by_itself(1, {scaled_.data(), touches, width_, stride_}, blas::Transposed::no, 0,
                             square);
    add_identity(square_, touches);
    if (!blas::cholesky(square)) return false;
    blas::solve_cholesky(square, sides_);
    return true;
}

void Ridge::flush() {
    blas::multiply_by_itself(1, {scaled_.data(), sides_.size(), width_, stride_},
                             blas::Transposed::yes, 1, {square_.data(), width_, width_, width_});
    for (std::size_t i = 0; i < sides_.size(); ++i)
        add_scaled(projected_, sides_[i], std::span(scaled_).subspan(i * stride_, width_));
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

// Conjugate gradients on |A·u − b|² + |u|² with u = x / scale: `left` is b − A·u, `slope` Aᵀ·left − u.
bool Ridge::improve(std::span<float> x, std::size_t steps) {
    const std::span<const float> rows(scaled_.data(), sides_.size() * stride_);
    auto& [point, slope, direction, step, left] = descent_;
    point.assign(stride_, 0);
    for (std::size_t k = 0; k < width_; ++k) point[k] = x[k] / scale_[k];
    left = sides_;
    step.resize(sides_.size());
    dots(rows, point, step);
    add_scaled(left, -1, step);
    const auto find_slope = [&] {
        slope.assign(stride_, 0);
        add_rows(slope, left, rows);
        add_scaled(slope, -1, point);
        return dot(slope, slope);
    };
    float steepness = find_slope();
    direction = slope;
    for (std::size_t i = 0; i < steps && steepness > 0; ++i) {
        dots(rows, direction, step);
        const float length = steepness / (dot(step, step) + dot(direction, direction));
        add_scaled(point, length, direction);
        add_scaled(left, -length, step);
        const float before = std::exchange(steepness, find_slope());
        for (std::size_t k = 0; k < stride_; ++k)
            direction[k] = slope[k] + steepness / before * direction[k];
    }
    scaled_product(x, 1, std::span(point).first(width_), scale_);
    if (std::ranges::all_of(x, [](float value) { return std::isfinite(value); })) return true;
    std::ranges::fill(x, 0.0F);
    return false;
}

}  // namespace attune::learn
