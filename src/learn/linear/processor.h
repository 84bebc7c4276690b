// Which processor this is. A release is built for any x86-64-v2; loops that matter are compiled for wider ones too, and the
// widest that the processor has is chosen while the program runs.
//
//     ATTUNE_WIDE float sum_wide(…) { return sum_loop<8>(…); }
//     static const auto chosen = best_for_processor(&sum_plain, &sum_wide, &sum_widest);
#pragma once

#define ATTUNE_WIDE [[gnu::target("avx2,fma")]]
#define ATTUNE_WIDEST [[gnu::target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]]

namespace attune::learn {

template <class Choice>
[[nodiscard]] Choice best_for_processor(Choice plain, Choice wide, Choice widest) {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
        return widest;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return wide;
    return plain;
}

}  // namespace attune::learn
