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
            for (const ItemWeight& one : read_history(history, {.last = last}, all.width))
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
