#include "learn/recommend/interactions.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace attune::learn {

SparseRows SparseRows::transposed() const {
    SparseRows out;
    out.width = static_cast<std::uint32_t>(rows());
    out.begins.assign(std::size_t{width} + 1, 0);
    for (const std::uint32_t column : columns) ++out.begins[column + 1];
    for (std::size_t i = 1; i < out.begins.size(); ++i) out.begins[i] += out.begins[i - 1];
    out.columns.resize(size());
    out.values.resize(size());
    std::vector<std::uint64_t> next(out.begins.begin(), out.begins.end() - 1);
    for (std::size_t row = 0; row < rows(); ++row) {
        for (std::uint64_t i = begins[row]; i < begins[row + 1]; ++i) {
            const std::uint64_t place = next[columns[i]]++;
            out.columns[place] = static_cast<std::uint32_t>(row);
            out.values[place] = values[i];
        }
    }
    return out;
}

namespace {

// Stable; nearly every log is in order already.
void sort_by_time(std::span<Touch> row) {
    if (std::ranges::is_sorted(row, {}, &Touch::time)) return;
    std::vector<std::pair<std::size_t, Touch>> numbered;
    numbered.reserve(row.size());
    for (const Touch& touch : row) numbered.emplace_back(numbered.size(), touch);
    std::ranges::sort(numbered, {},
                      [](const auto& one) { return std::pair(one.second.time, one.first); });
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = numbered[i].second;
}

}  // namespace

Result<Interactions> Interactions::of(std::vector<Deed> deeds, PersonIndex people,
                                      ItemIndex items) {
    Interactions out;
    out.items_ = items;
    out.begins_.assign(std::size_t{people} + 1, 0);
    for (const Deed& deed : deeds) {
        if (deed.person >= people || deed.touch.item >= items || !std::isfinite(deed.touch.weight))
            return fail(Code::invalid_argument,
                        "interaction of person " + std::to_string(deed.person) + " with item " +
                            std::to_string(deed.touch.item) +
                            ": a number past its count, or a weight that is not finite");
        ++out.begins_[deed.person + 1];
    }
    for (std::size_t i = 1; i < out.begins_.size(); ++i) out.begins_[i] += out.begins_[i - 1];
    out.touches_.resize(deeds.size());
    std::vector<std::uint64_t> next(out.begins_.begin(), out.begins_.end() - 1);
    for (const Deed& deed : deeds) out.touches_[next[deed.person]++] = deed.touch;
    for (PersonIndex person = 0; person < people; ++person) {
        const auto row =
            std::span(out.touches_)
                .subspan(out.begins_[person], out.begins_[person + 1] - out.begins_[person]);
        sort_by_time(row);
    }
    return out;
}

SparseRows Interactions::matrix() const {
    SparseRows out;
    out.width = items_;
    out.begins.reserve(begins_.size());
    std::vector<Touch> row;
    for (PersonIndex person = 0; person < people(); ++person) {
        const History history = of_person(person);
        row.assign(history.begin(), history.end());
        std::ranges::sort(row, {}, &Touch::item);
        for (std::size_t i = 0; i < row.size();) {
            float sum = 0;
            std::size_t same = i;
            for (; same < row.size() && row[same].item == row[i].item; ++same)
                sum += row[same].weight;
            if (sum > 0) {
                out.columns.push_back(row[i].item);
                out.values.push_back(sum);
            }
            i = same;
        }
        out.begins.push_back(out.columns.size());
    }
    return out;
}

}  // namespace attune::learn
