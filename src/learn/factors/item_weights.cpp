#include "learn/factors/item_weights.h"

#include "learn/factors/damping.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace attune::learn {

void keep_largest(std::vector<ItemWeight>& row, std::size_t limit) {
    if (row.size() > limit) {
        const auto middle = row.begin() + static_cast<std::ptrdiff_t>(limit);
        std::ranges::nth_element(row, middle, {}, [](const ItemWeight& one) {
            return std::pair(-std::abs(one.weight), one.item);
        });
        row.erase(middle, row.end());
    }
    std::ranges::sort(row, {}, &ItemWeight::item);
}

void ItemWeights::pack() {
    rows_ = {};
    rows_.width = static_cast<std::uint32_t>(building_.size());
    rows_.begins.reserve(building_.size() + 1);
    std::size_t size = 0;
    for (const auto& row : building_) size += row.size();
    rows_.columns.reserve(size);
    rows_.values.reserve(size);
    for (auto& row : building_) {
        std::ranges::sort(row, {}, &ItemWeight::item);
        for (const ItemWeight& one : row) {
            rows_.columns.push_back(one.item);
            rows_.values.push_back(one.weight);
        }
        rows_.begins.push_back(rows_.columns.size());
        row = {};
    }
    building_ = {};
}

void ItemWeights::add(std::span<const Evidence> evidence, float emphasis,
                      std::span<float> scores) const {
    for (const Evidence& one : evidence) {
        const float factor = emphasised(one.weight, emphasis);
        const auto columns = rows_.columns_of(one.item);
        const auto values = rows_.values_of(one.item);
        for (std::size_t i = 0; i < columns.size(); ++i) scores[columns[i]] += factor * values[i];
    }
}

void ItemWeights::save(ModelWriter& writer) const {
    writer.put("items", rows_.width);
    writer.put("begins", rows_.begins);
    writer.put("columns", rows_.columns);
    writer.put("weights", rows_.values);
}

Result<ItemWeights> ItemWeights::load(const ModelReader& reader) {
    SparseRows rows;
    ATTUNE_TRY(rows.width, reader.number<std::uint32_t>("items"));
    ATTUNE_TRY(rows.begins, reader.array<std::uint64_t>("begins"));
    ATTUNE_TRY(rows.columns, reader.array<std::uint32_t>("columns"));
    ATTUNE_TRY(rows.values, reader.array<float>("weights"));
    if (rows.begins.size() != std::size_t{rows.width} + 1 || rows.begins.front() != 0 ||
        !std::ranges::is_sorted(rows.begins) || rows.begins.back() != rows.columns.size())
        return reader.damaged("begins");
    const auto is_item = [&](std::uint32_t column) { return column < rows.width; };
    if (!std::ranges::all_of(rows.columns, is_item)) return reader.damaged("columns");
    const auto is_finite = [](float value) { return std::isfinite(value); };
    if (rows.values.size() != rows.columns.size() || !std::ranges::all_of(rows.values, is_finite))
        return reader.damaged("weights");
    return ItemWeights(std::move(rows));
}

std::size_t ItemWeights::bytes() const {
    return rows_.size() * (sizeof(std::uint32_t) + sizeof(float)) +
           rows_.begins.size() * sizeof(std::uint64_t);
}

}  // namespace attune::learn
