#include "learn/linear/vectors.h"

#include "base/result.h"

#include <cstring>

namespace attune::learn {

namespace {

// Each loop is written once, for sixteen lanes, and compiled for three kinds of processor: clang makes four, two or one register
// of the lanes. Inlined into a function with a target, a loop takes on that target.
using Lanes [[gnu::vector_size(64)]] = float;
constexpr std::size_t kLanes = 16;

[[gnu::always_inline]] inline void dots_loop(const float* rows, std::size_t count,
                                             const float* vector, std::size_t width, float* out) {
    for (std::size_t row = 0; row < count; ++row, rows += width) {
        Lanes even{};
        Lanes odd{};
        Lanes a;
        Lanes b;
        std::size_t i = 0;
        for (; i + 2 * kLanes <= width; i += 2 * kLanes) {
            std::memcpy(&a, rows + i, sizeof(a));
            std::memcpy(&b, vector + i, sizeof(b));
            even += a * b;
            std::memcpy(&a, rows + i + kLanes, sizeof(a));
            std::memcpy(&b, vector + i + kLanes, sizeof(b));
            odd += a * b;
        }
        for (; i + kLanes <= width; i += kLanes) {
            std::memcpy(&a, rows + i, sizeof(a));
            std::memcpy(&b, vector + i, sizeof(b));
            even += a * b;
        }
        even += odd;
        float sum = 0;
        for (std::size_t lane = 0; lane < kLanes; ++lane) sum += even[lane];
        for (; i < width; ++i) sum += rows[i] * vector[i];
        out[row] = sum;
    }
}

[[gnu::always_inline]] inline void add_scaled_loop(float* to, float factor, const float* from,
                                                   std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) to[i] += factor * from[i];
}

[[gnu::always_inline]] inline void scaled_product_loop(float* to, float factor, const float* a,
                                                       const float* b, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) to[i] = factor * a[i] * b[i];
}

struct Loops {
    void (*dots)(const float*, std::size_t, const float*, std::size_t, float*);
    void (*add_scaled)(float*, float, const float*, std::size_t);
    void (*scaled_product)(float*, float, const float*, const float*, std::size_t);
};

#define ATTUNE_LOOPS(name, ...)                                                             \
    __VA_ARGS__ void name##_dots(const float* rows, std::size_t count, const float* vector, \
                                 std::size_t width, float* out) {                           \
        dots_loop(rows, count, vector, width, out);                                         \
    }                                                                                       \
    __VA_ARGS__ void name##_add_scaled(float* to, float factor, const float* from,          \
                                       std::size_t count) {                                 \
        add_scaled_loop(to, factor, from, count);                                           \
    }                                                                                       \
    __VA_ARGS__ void name##_scaled_product(float* to, float factor, const float* a,         \
                                           const float* b, std::size_t count) {             \
        scaled_product_loop(to, factor, a, b, count);                                       \
    }                                                                                       \
    constexpr Loops k_##name{&name##_dots, &name##_add_scaled, &name##_scaled_product};

ATTUNE_LOOPS(plain, )
ATTUNE_LOOPS(wide, [[gnu::target("avx2,fma")]])
ATTUNE_LOOPS(widest, [[gnu::target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]])

#undef ATTUNE_LOOPS

const Loops& loops() {
    static const Loops& chosen = [] -> const Loops& {
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
            return k_widest;
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return k_wide;
        return k_plain;
    }();
    return chosen;
}

}  // namespace

float dot(std::span<const float> a, std::span<const float> b) {
    ATTUNE_CHECK(a.size() == b.size());
    float out = 0;
    loops().dots(a.data(), 1, b.data(), a.size(), &out);
    return out;
}

void add_scaled(std::span<float> to, float factor, std::span<const float> from) {
    ATTUNE_CHECK(to.size() == from.size());
    loops().add_scaled(to.data(), factor, from.data(), to.size());
}

void scaled_product(std::span<float> to, float factor, std::span<const float> a,
                    std::span<const float> b) {
    ATTUNE_CHECK(to.size() == a.size() && a.size() == b.size());
    loops().scaled_product(to.data(), factor, a.data(), b.data(), to.size());
}

void dots(std::span<const float> rows, std::span<const float> vector, std::span<float> out) {
    ATTUNE_CHECK(rows.size() == vector.size() * out.size());
    loops().dots(rows.data(), out.size(), vector.data(), vector.size(), out.data());
}

}  // namespace attune::learn
