// ItemWeights: how much one item says for another, the largest weights of each row. What was touched picks rows, and their
// weighted sum is the score of everything.
//
//     ItemWeights weights(items);
//     weights.set(touched, std::move(entries));      // each row once, from any thread, then
//     weights.pack();
//     weights.add(evidence, emphasis, scores);
//
// Once packed, immutable.
#pragma once

#include "learn/factors/evidence.h"
#include "learn/recommend/model_file.h"

#include <span>
#include <vector>

namespace attune::learn {

struct ItemWeight {
    ItemIndex item = 0;
    float weight = 0;
};

// The `limit` of largest absolute weight, ascending by item; of equals the lower items.
void keep_largest(std::vector<ItemWeight>& row, std::size_t limit);

class ItemWeights {
public:
    explicit ItemWeights(ItemIndex items) : building_(items) {}
    explicit ItemWeights(SparseRows rows) : rows_(std::move(rows)) {}

    void set(ItemIndex item, std::vector<ItemWeight> row) { building_[item] = std::move(row); }
    // More entries for a row that was set; none twice.
    void append(ItemIndex item, ItemWeight one) { building_[item].push_back(one); }
    void pack();

    [[nodiscard]] const SparseRows& rows() const { return rows_; }
    // scores[j] += Σ over the evidence emphasised(weight) · weight of j in the touched item's row.
    void add(std::span<const Evidence> evidence, float emphasis, std::span<float> scores) const;

    void save(ModelWriter& writer) const;
    [[nodiscard]] static Result<ItemWeights> load(const ModelReader& reader);
    [[nodiscard]] std::size_t bytes() const;

private:
    std::vector<std::vector<ItemWeight>> building_;
    SparseRows rows_;
};

}  // namespace attune::learn
