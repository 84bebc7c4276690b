// exp, ln and the logistic curve from additions, multiplications and divisions alone. IEEE 754
// fixes the result of those to the last bit; the C library's functions are not fixed, and one bit
// is enough to turn a click into none.
#pragma once

namespace attune::learn::simulate {

// e^x within 1e-14 relative for |x| ≤ 700; beyond that 0 or the value at 700.
[[nodiscard]] double exp_of(double x);
// The natural logarithm within 1e-14 relative; x > 0.
[[nodiscard]] double ln_of(double x);
// 1/(1+e^-x).
[[nodiscard]] double sigmoid(double x);

}  // namespace attune::learn::simulate
