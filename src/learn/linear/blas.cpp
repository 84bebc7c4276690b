#include "learn/linear/blas.h"

#include <cblas.h>

#include <mutex>
#include <string>

// LAPACK is Fortran: everything by address, by columns. A row-major lower triangle is its upper one.
// NOLINTBEGIN(readability-identifier-naming): the names that the library has.
extern "C" {
void spotrf_(const char* triangle, const int* n, float* a, const int* stride, int* info);
void spotrs_(const char* triangle, const int* n, const int* right_sides, const float* a,
             const int* stride, float* b, const int* b_stride, int* info);
void strtri_(const char* triangle, const char* diagonal, const int* n, float* a, const int* stride,
             int* info);
void slauum_(const char* triangle, const int* n, float* a, const int* stride, int* info);
void ssyevd_(const char* job, const char* triangle, const int* n, float* a, const int* stride,
             float* values, float* work, const int* work_size, int* whole_work,
             const int* whole_work_size, int* info);
}
// NOLINTEND(readability-identifier-naming)

namespace attune::learn::blas {

namespace {

int small(std::size_t size) { return static_cast<int>(size); }

CBLAS_TRANSPOSE turned(Transposed is) { return is == Transposed::yes ? CblasTrans : CblasNoTrans; }

// OpenBLAS would start threads of its own inside each of ours. The number is one for the whole process, which is why every
// call comes through here.
void alone() {
    static std::once_flag once;
    std::call_once(once, [] { openblas_set_num_threads(1); });
}

}  // namespace

void multiply(float alpha, ConstView a, Transposed a_is, ConstView b, Transposed b_is, float beta,
              View c) {
    alone();
    const std::size_t inner = a_is == Transposed::yes ? a.rows : a.columns;
    ATTUNE_CHECK((a_is == Transposed::yes ? a.columns : a.rows) == c.rows);
    ATTUNE_CHECK((b_is == Transposed::yes ? b.columns : b.rows) == inner);
    ATTUNE_CHECK((b_is == Transposed::yes ? b.rows : b.columns) == c.columns);
    cblas_sgemm(CblasRowMajor, turned(a_is), turned(b_is), small(c.rows), small(c.columns),
                small(inner), alpha, a.data, small(a.stride), b.data, small(b.stride), beta, c.data,
                small(c.stride));
}

void multiply_by_itself(float alpha, ConstView a, Transposed a_is, float beta, View c) {
    alone();
    const bool is_turned = a_is == Transposed::yes;
    ATTUNE_CHECK(c.rows == c.columns && c.rows == (is_turned ? a.columns : a.rows));
    cblas_ssyrk(CblasRowMajor, CblasLower, turned(a_is), small(c.rows),
                small(is_turned ? a.rows : a.columns), alpha, a.data, small(a.stride), beta, c.data,
                small(c.stride));
}

bool cholesky(View a) {
    alone();
    ATTUNE_CHECK(a.rows == a.columns);
    const int n = small(a.rows);
    const int stride = small(a.stride);
    int info = 0;
    spotrf_("U", &n, a.data, &stride, &info);
    return info == 0;
}

void solve_cholesky(ConstView factor, std::span<float> b) {
    alone();
    ATTUNE_CHECK(factor.rows == b.size() && factor.columns == b.size());
    const int n = small(b.size());
    const int stride = small(factor.stride);
    const int one = 1;
    int info = 0;
    spotrs_("U", &n, &one, factor.data, &stride, b.data(), &n, &info);
}

void divide_from_right(View a, ConstView l, Transposed l_is, float alpha) {
    alone();
    ATTUNE_CHECK(a.columns == l.rows && l.rows == l.columns);
    cblas_strsm(CblasRowMajor, CblasRight, CblasLower, turned(l_is), CblasNonUnit, small(a.rows),
                small(a.columns), alpha, l.data, small(l.stride), a.data, small(a.stride));
}

void divide_from_left(ConstView l, View a) {
    alone();
    ATTUNE_CHECK(a.rows == l.rows && l.rows == l.columns);
    cblas_strsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, small(a.rows),
                small(a.columns), 1, l.data, small(l.stride), a.data, small(a.stride));
}

void multiply_from_left(ConstView l, View a) {
    alone();
    ATTUNE_CHECK(a.rows == l.rows && l.rows == l.columns);
    cblas_strmm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, small(a.rows),
                small(a.columns), 1, l.data, small(l.stride), a.data, small(a.stride));
}

void invert_triangle(View l) {
    alone();
    const int n = small(l.rows);
    const int stride = small(l.stride);
    int info = 0;
    strtri_("U", "N", &n, l.data, &stride, &info);
    ATTUNE_CHECK(info == 0);
}

void square_triangle(View l) {
    alone();
    const int n = small(l.rows);
    const int stride = small(l.stride);
    int info = 0;
    slauum_("U", &n, l.data, &stride, &info);
    ATTUNE_CHECK(info == 0);
}

Result<std::vector<float>> eigen(Matrix& a) {
    alone();
    ATTUNE_CHECK(a.rows() == a.columns());
    const int n = small(a.rows());
    std::vector<float> values(a.rows());
    std::vector<float> work(1 + 6 * a.rows() + 2 * a.rows() * a.rows());
    std::vector<int> whole_work(3 + 5 * a.rows());
    const int work_size = small(work.size());
    const int whole_work_size = small(whole_work.size());
    int info = 0;
    ssyevd_("V", "U", &n, a.data(), &n, values.data(), work.data(), &work_size, whole_work.data(),
            &whole_work_size, &info);
    if (info != 0)
        return fail(Code::internal, "no eigenvectors of a matrix of " + std::to_string(n) +
                                        " rows (ssyevd says " + std::to_string(info) + ")");
    return values;
}

}  // namespace attune::learn::blas
