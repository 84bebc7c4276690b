#include "learn/linear/small_systems.h"

#include "base/result.h"
#include "learn/linear/processor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

namespace attune::learn {

namespace {

// Registers of kLanes floats. Products are taken for kLanes pairs of rows at once, kDown rows against the others, so that
// their sums end up side by side in one register.
template <std::size_t kLanes>
using Register = float __attribute__((ext_vector_type(kLanes)));

template <std::size_t kLanes>
constexpr std::size_t kDown = kLanes == 16 ? 4 : 2;

template <class Value>
[[gnu::always_inline]] inline void load(Value& to, const float* from) {
    std::memcpy(&to, from, sizeof(to));
}

// Where the p-th lane of a pair of registers' fold comes from: each group of kGroup lanes gives its first half, or its second.
template <std::size_t kLanes, std::size_t kGroup>
consteval int fold_lane(std::size_t p, bool is_second) {
    const std::size_t register_of = p / (kLanes / 2);
    const std::size_t within = p % (kLanes / 2);
    const std::size_t group = within / (kGroup / 2);
    const std::size_t element = within % (kGroup / 2);
    return static_cast<int>(register_of * kLanes + group * kGroup + element +
                            (is_second ? kGroup / 2 : 0));
}

template <std::size_t kLanes, std::size_t kGroup, std::size_t... kPlaces>
[[gnu::always_inline]] inline void fold_pair(Register<kLanes>& out, const Register<kLanes>& a,
                                             const Register<kLanes>& b,
                                             std::index_sequence<kPlaces...> /*lanes*/) {
    out = __builtin_shufflevector(a, b, fold_lane<kLanes, kGroup>(kPlaces, false)...) +
          __builtin_shufflevector(a, b, fold_lane<kLanes, kGroup>(kPlaces, true)...);
}

// Lane i of sums[0] becomes the sum over the lanes of sums[i].
template <std::size_t kLanes, std::size_t kGroup = kLanes>
[[gnu::always_inline]] inline void fold(std::array<Register<kLanes>, kLanes>& sums) {
    for (std::size_t i = 0; i < kGroup / 2; ++i)
        fold_pair<kLanes, kGroup>(sums[i], sums[2 * i], sums[2 * i + 1],
                                  std::make_index_sequence<kLanes>());
    if constexpr (kGroup > 2) fold<kLanes, kGroup / 2>(sums);
}

// The products of kDown rows with kLanes / kDown others, row by row.
template <std::size_t kLanes>
[[gnu::always_inline]] inline void products(const float* down, const float* across,
                                            std::size_t stride, float* out) {
    constexpr std::size_t kAcross = kLanes / kDown<kLanes>;
    std::array<Register<kLanes>, kLanes> sums{};
    for (std::size_t i = 0; i < stride; i += kLanes) {
        std::array<Register<kLanes>, kAcross> others;
#pragma clang loop unroll(full)
        for (std::size_t c = 0; c < kAcross; ++c) load(others[c], across + c * stride + i);
#pragma clang loop unroll(full)
        for (std::size_t r = 0; r < kDown<kLanes>; ++r) {
            Register<kLanes> own;
            load(own, down + r * stride + i);
#pragma clang loop unroll(full)
            for (std::size_t c = 0; c < kAcross; ++c) sums[r * kAcross + c] += own * others[c];
        }
    }
    fold<kLanes>(sums);
    std::memcpy(out, sums.data(), sizeof(sums[0]));
}

// The upper triangle of I + A·Aᵀ, in rows of `side` floats; `count` rows of A, up to a multiple of kLanes of them readable.
template <std::size_t kLanes>
[[gnu::always_inline]] inline void square_of(const float* rows, std::size_t count,
                                             std::size_t stride, float* square, std::size_t side) {
    constexpr std::size_t kAcross = kLanes / kDown<kLanes>;
    std::array<float, kLanes> block;
    for (std::size_t i = 0; i < count; i += kDown<kLanes>) {
        for (std::size_t j = i / kAcross * kAcross; j < count; j += kAcross) {
            products<kLanes>(rows + i * stride, rows + j * stride, stride, block.data());
            for (std::size_t r = 0; r < kDown<kLanes>; ++r)
                std::memcpy(square + (i + r) * side + j, block.data() + r * kAcross,
                            kAcross * sizeof(float));
        }
    }
    for (std::size_t i = 0; i < count; ++i) square[i * side + i] += 1;
}

// to -= factor·from, from the register that holds `first` on.
template <std::size_t kLanes>
[[gnu::always_inline]] inline void subtract(float* to, float factor, const float* from,
                                            std::size_t first, std::size_t end) {
    for (std::size_t j = first / kLanes * kLanes; j < end; j += kLanes) {
        Register<kLanes> value;
        Register<kLanes> other;
        load(value, to + j);
        load(other, from + j);
        value -= other * factor;
        std::memcpy(to + j, &value, sizeof(value));
    }
}

// Cholesky by rows of the upper triangle, then both substitutions. Everything is read and written along rows, from the
// register that holds the diagonal on: what is left of the diagonal in it is changed too, and never used.
template <std::size_t kLanes>
[[gnu::always_inline]] inline bool solve_upper(float* square, std::size_t count, std::size_t side,
                                               float* b) {
    for (std::size_t k = 0; k < count; ++k) {
        float* pivot_row = square + k * side;
        const float pivot = pivot_row[k];
        if (!(pivot > 0)) return false;
        const float inverse = 1 / std::sqrt(pivot);
        for (std::size_t j = k / kLanes * kLanes; j < side; ++j) pivot_row[j] *= inverse;
        b[k] *= inverse;
        for (std::size_t i = k + 1; i < count; ++i) {
            subtract<kLanes>(square + i * side, pivot_row[i], pivot_row, i, side);
            b[i] -= pivot_row[i] * b[k];
        }
    }
    for (std::size_t k = count; k-- > 0;) {
        b[k] /= square[k * side + k];
        for (std::size_t i = 0; i < k; ++i) b[i] -= square[i * side + k] * b[k];
    }
    return true;
}

template <std::size_t kLanes>
[[gnu::always_inline]] inline bool solve(const float* rows, std::size_t count, std::size_t stride,
                                         float* square, std::size_t side, float* b) {
    square_of<kLanes>(rows, count, stride, square, side);
    return solve_upper<kLanes>(square, count, side, b);
}

bool plain(const float* rows, std::size_t count, std::size_t stride, float* square,
           std::size_t side, float* b) {
    return solve<4>(rows, count, stride, square, side, b);
}

ATTUNE_WIDE bool wide(const float* rows, std::size_t count, std::size_t stride, float* square,
                      std::size_t side, float* b) {
    return solve<8>(rows, count, stride, square, side, b);
}

ATTUNE_WIDEST bool widest(const float* rows, std::size_t count, std::size_t stride, float* square,
                          std::size_t side, float* b) {
    return solve<16>(rows, count, stride, square, side, b);
}

constexpr std::array<SmallSolver, 3> kSolvers{&plain, &wide, &widest};

}  // namespace

std::span<const SmallSolver> small_solvers() {
    static const std::size_t count = best_for_processor<std::size_t>(1, 2, 3);
    return std::span(kSolvers).first(count);
}

bool solve_by_rows(const float* rows, std::size_t stride, std::span<float> b, SmallRoom& room) {
    ATTUNE_CHECK(stride % kRowGrain == 0);
    const std::size_t side = padded(b.size());
    if (room.square.size() < side * side) room.square.resize(side * side);
    return small_solvers().back()(rows, b.size(), stride, room.square.data(), side, b.data());
}

}  // namespace attune::learn
