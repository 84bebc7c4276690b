#include "learn/neighbours/sparse_product.h"

#include "learn/neighbours/item_rows.h"

namespace attune::learn {

SparseRows latest_matrix(const Interactions& interactions, std::uint32_t last) {
    const SparseRows all = interactions.matrix();
    SparseRows out;
    out.width = all.width;
    out.begins.reserve(all.begins.size());
    out.columns.reserve(all.size());
    out.values.reserve(all.size());
    std::vector<ItemIndex> kept;
    for (PersonIndex person = 0; person < all.rows(); ++person) {
        const auto columns = all.columns_of(person);
        const auto values = all.values_of(person);
        kept.clear();
        if (columns.size() > last) {
            const History history = interactions.of_person(person);
            for (const RowWeight& one : read_history(history, {.last = last}, all.width))
                kept.push_back(one.item);
            std::ranges::sort(kept);
        }
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (columns.size() > last && !std::ranges::binary_search(kept, columns[i])) continue;
            out.columns.push_back(columns[i]);
            out.values.push_back(values[i]);
        }
        out.begins.push_back(out.columns.size());
    }
    return out;
}

// A row is no longer than what its people touched besides; it is there as a list of pairs, and once more when the lists are
// joined and when the result is turned around.
double product_bytes(const SparseRows& touched, std::size_t keep, std::size_t sum_bytes,
                     unsigned threads) {
    constexpr double kPairBytes = sizeof(std::uint32_t) + sizeof(float);
    std::vector<std::uint64_t> met(touched.width);
    for (std::size_t person = 0; person < touched.rows(); ++person) {
        const auto items = touched.columns_of(person);
        for (const std::uint32_t item : items) met[item] += items.size() - 1;
    }
    double pairs = 0;
    for (const std::uint64_t one : met)
        pairs += static_cast<double>(std::min<std::uint64_t>({one, keep, touched.width}));
    const double workers = static_cast<double>(std::max(1U, threads)) * touched.width *
                           (static_cast<double>(sum_bytes) + sizeof(std::uint32_t) + 1);
    return pairs * kPairBytes * 3 + static_cast<double>(touched.size()) * kPairBytes * 2 + workers;
}

void keep_largest(SparseRow& row, std::size_t keep) {
    if (row.size() > keep) {
        std::ranges::nth_element(
            row, row.begin() + static_cast<std::ptrdiff_t>(keep), [](const auto& a, const auto& b) {
                return a.second != b.second ? a.second > b.second : a.first < b.first;
            });
        row.resize(keep);
    }
    std::ranges::sort(row);
    row.shrink_to_fit();
}

SparseRows joined(std::vector<SparseRow> rows, std::uint32_t width) {
    std::size_t size = 0;
    for (const SparseRow& row : rows) size += row.size();
    SparseRows out;
    out.width = width;
    out.begins.reserve(rows.size() + 1);
    out.columns.reserve(size);
    out.values.reserve(size);
    for (SparseRow& row : rows) {
        for (const auto& [column, value] : row) {
            out.columns.push_back(column);
            out.values.push_back(value);
        }
        row = {};
        out.begins.push_back(out.columns.size());
    }
    return out;
}

}  // namespace attune::learn
