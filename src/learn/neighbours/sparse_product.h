// The largest entries of a product of two sparse matrices, row by row: what items have in common, over everybody who touched
// them. Each row is summed in a dense row of its worker's, in the order of the left row's columns, so the result is the
// same for any number of threads.
//
//     const SparseRows people = touched.transposed();          // items by people
//     ATTUNE_TRY(const SparseRows similar, best_of_product<DotProduct>(
//         people, touched, 100, training, [&](item, other, const DotProduct& sum) { return sum.value / …; }));
//
// Costs the sum, over the left entries, of the right rows they lead to: quadratic in how much one person touched, which is why
// latest_matrix() bounds that.
#pragma once

#include "learn/recommend/parallel.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace attune::learn {

struct DotProduct {
    void add(float left, float right) { value += left * right; }
    float value = 0;
};

// The same, and from how many different owners of rows the products came, where an owner's rows stand together.
struct OwnedDotProduct {
    void add(float left, float right, std::uint32_t owner) {
        value += left * right;
        people += people == 0 || owner != last ? 1 : 0;
        last = owner;
    }
    float value = 0;
    std::uint32_t people = 0;
    std::uint32_t last = 0;
};

// People by items like Interactions::matrix(), but of each person only the `last` different items touched last.
[[nodiscard]] SparseRows latest_matrix(const Interactions& interactions, std::uint32_t last);

// What best_of_product() of touched.transposed() × touched takes in memory at most, before any of it is taken. `sum_bytes` is
// the size of a Sum.
[[nodiscard]] double product_bytes(const SparseRows& touched, std::size_t keep,
                                   std::size_t sum_bytes, unsigned threads);

using SparseRow = std::vector<std::pair<std::uint32_t, float>>;
// The `keep` largest values of a row (of equals the lower columns), columns ascending.
void keep_largest(SparseRow& row, std::size_t keep);
[[nodiscard]] SparseRows joined(std::vector<SparseRow> rows, std::uint32_t width);

// Row by row of left × right: the sums of products as `Sum` adds them up, turned into a value by `value(row, column, sum)`.
// Values that are not above zero are left out, and of the others the `keep` largest of a row stay. `owners` says whose each
// row of `right` is, for a Sum that asks; each its own when empty.
template <class Sum, class Value>
Result<SparseRows> best_of_product(const SparseRows& left, const SparseRows& right,
                                   std::size_t keep, const Training& training, const Value& value,
                                   std::span<const std::uint32_t> owners = {}) {
    struct Worker {
        std::vector<Sum> sums;
        std::vector<std::uint8_t> is_touched;
        std::vector<std::uint32_t> touched;
    };
    std::vector<Worker> workers(std::max(1U, training.threads));
    std::vector<SparseRow> rows(left.rows());
    const auto sum_row = [&](std::size_t row, Worker& worker) {
        const auto columns = left.columns_of(row);
        const auto values = left.values_of(row);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto others = right.columns_of(columns[i]);
            const auto other_values = right.values_of(columns[i]);
            for (std::size_t j = 0; j < others.size(); ++j) {
                const std::uint32_t column = others[j];
                if (worker.is_touched[column] == 0) {
                    worker.is_touched[column] = 1;
                    worker.touched.push_back(column);
                }
                if constexpr (requires(Sum sum) { sum.add(0.0F, 0.0F, 0U); })
                    worker.sums[column].add(values[i], other_values[j],
                                            owners.empty() ? columns[i] : owners[columns[i]]);
                else
                    worker.sums[column].add(values[i], other_values[j]);
            }
        }
        SparseRow& out = rows[row];
        for (const std::uint32_t column : worker.touched) {
            const float one = value(row, column, worker.sums[column]);
            if (one > 0) out.emplace_back(column, one);
            worker.sums[column] = {};
            worker.is_touched[column] = 0;
        }
        worker.touched.clear();
        keep_largest(out, keep);
    };
    ATTUNE_TRY_VOID(for_chunks(left.rows(), 32, training,
                               [&](std::size_t begin, std::size_t end, unsigned number) {
                                   Worker& worker = workers[number];
                                   worker.sums.resize(right.width);
                                   worker.is_touched.resize(right.width);
                                   for (std::size_t row = begin; row < end; ++row)
                                       sum_row(row, worker);
                               }));
    return joined(std::move(rows), right.width);
}

}  // namespace attune::learn
