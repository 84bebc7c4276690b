#include "learn/linear/vectors.h"

#include "base/result.h"
#include "learn/linear/processor.h"

#include <array>
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

// A few columns at a time stay in registers while all rows pass by.
[[gnu::always_inline]] inline void add_rows_loop(float* to, std::size_t width, const float* factors,
                                                 const float* rows, std::size_t count) {
    constexpr std::size_t kTogether = 4;
    std::size_t column = 0;
    for (; column + kTogether * kLanes <= width; column += kTogether * kLanes) {
        std::array<Lanes, kTogether> sums;
        std::memcpy(sums.data(), to + column, sizeof(sums));
        for (std::size_t i = 0; i < count; ++i) {
            std::array<Lanes, kTogether> row;
            std::memcpy(row.data(), rows + i * width + column, sizeof(row));
            for (std::size_t k = 0; k < kTogether; ++k) sums[k] += row[k] * factors[i];
        }
        std::memcpy(to + column, sums.data(), sizeof(sums));
    }
    for (; column + kLanes <= width; column += kLanes) {
        Lanes sum;
        Lanes row;
        std::memcpy(&sum, to + column, sizeof(sum));
        for (std::size_t i = 0; i < count; ++i) {
            std::memcpy(&row, rows + i * width + column, sizeof(row));
            sum += row * factors[i];
        }
        std::memcpy(to + column, &sum, sizeof(sum));
    }
    for (; column < width; ++column)
        for (std::size_t i = 0; i < count; ++i) to[column] += factors[i] * rows[i * width + column];
}

[[gnu::always_inline]] inline void inverse_roots_loop(float* to, const float* values,
                                                      std::size_t count) {
    std::size_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        Lanes value;
        std::memcpy(&value, values + i, sizeof(value));
        value = 1 / __builtin_elementwise_sqrt(value);
        std::memcpy(to + i, &value, sizeof(value));
    }
    for (; i < count; ++i) to[i] = 1 / __builtin_elementwise_sqrt(values[i]);
}

struct Loops {
    void (*dots)(const float*, std::size_t, const float*, std::size_t, float*);
    void (*add_scaled)(float*, float, const float*, std::size_t);
    void (*scaled_product)(float*, float, const float*, const float*, std::size_t);
    void (*add_rows)(float*, std::size_t, const float*, const float*, std::size_t);
    void (*inverse_roots)(float*, const float*, std::size_t);
};

#define ATTUNE_LOOPS(name, ...)                                                                \
    __VA_ARGS__ void name##_dots(const float* rows, std::size_t count, const float* vector,    \
                                 std::size_t width, float* out) {                              \
        dots_loop(rows, count, vector, width, out);                                            \
    }                                                                                          \
    __VA_ARGS__ void name##_add_scaled(float* to, float factor, const float* from,             \
                                       std::size_t count) {                                    \
        add_scaled_loop(to, factor, from, count);                                              \
    }                                                                                          \
    __VA_ARGS__ void name##_scaled_product(float* to, float factor, const float* a,            \
                                           const float* b, std::size_t count) {                \
        scaled_product_loop(to, factor, a, b, count);                                          \
    }                                                                                          \
    __VA_ARGS__ void name##_add_rows(float* to, std::size_t width, const float* factors,       \
                                     const float* rows, std::size_t count) {                   \
        add_rows_loop(to, width, factors, rows, count);                                        \
    }                                                                                          \
    __VA_ARGS__ void name##_inverse_roots(float* to, const float* values, std::size_t count) { \
        inverse_roots_loop(to, values, count);                                                 \
    }                                                                                          \
    constexpr Loops k_##name{&name##_dots, &name##_add_scaled, &name##_scaled_product,         \
                             &name##_add_rows, &name##_inverse_roots};

ATTUNE_LOOPS(plain, )
ATTUNE_LOOPS(wide, ATTUNE_WIDE)
ATTUNE_LOOPS(widest, ATTUNE_WIDEST)

#undef ATTUNE_LOOPS

const Loops& loops() {
    static const Loops& chosen = *best_for_processor(&k_plain, &k_wide, &k_widest);
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

void add_rows(std::span<float> to, std::span<const float> factors, std::span<const float> rows) {
    ATTUNE_CHECK(rows.size() == to.size() * factors.size());
    loops().add_rows(to.data(), to.size(), factors.data(), rows.data(), factors.size());
}

void inverse_roots(std::span<float> to, std::span<const float> values) {
    ATTUNE_CHECK(to.size() == values.size());
    loops().inverse_roots(to.data(), values.data(), to.size());
}

}  // namespace attune::learn
