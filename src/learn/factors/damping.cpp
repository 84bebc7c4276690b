#include "learn/factors/damping.h"

#include <cmath>

namespace attune::learn {

float emphasised(float weight, float emphasis) {
    return emphasis == 0 ? 1 : std::pow(weight, emphasis);
}

DampedRows damped(const Interactions& interactions, const Damping& damping) {
    DampedRows out{.rows = interactions.matrix(), .item_sums = {}};
    SparseRows& rows = out.rows;
    for (float& value : rows.values) value = emphasised(value, damping.emphasis);
    out.item_sums.assign(rows.width, 0);
    std::vector<float> person_sums(rows.rows());
    for (std::size_t person = 0; person < rows.rows(); ++person) {
        for (std::uint64_t i = rows.begins[person]; i < rows.begins[person + 1]; ++i) {
            out.item_sums[rows.columns[i]] += rows.values[i];
            person_sums[person] += rows.values[i];
        }
    }
    for (std::size_t person = 0; person < rows.rows(); ++person) {
        for (std::uint64_t i = rows.begins[person]; i < rows.begins[person + 1]; ++i)
            rows.values[i] /= std::pow(person_sums[person], damping.person) *
                              std::pow(out.item_sums[rows.columns[i]], damping.item);
    }
    return out;
}

}  // namespace attune::learn
