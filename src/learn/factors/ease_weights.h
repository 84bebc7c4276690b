// The steps of EASE, each over the dense items in order of how many touched them. See ease.h.
#pragma once

#include "learn/factors/item_weights.h"
#include "learn/linear/symmetric_tiles.h"
#include "learn/recommend/learner.h"

#include <vector>

namespace attune::learn {

struct EaseOptions {
    std::size_t dense = 0;  // 0 for all that were touched
    std::size_t neighbours = 500;
    float regularization = 30;
    float dropout = 0;
    std::uint32_t pair_people = 1;  // who touched both of two items, for one to speak for the other
};

// Which items are dense: place → item and back.
struct DenseItems {
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    std::vector<ItemIndex> items;       // most touched first, of equals the lower number
    std::vector<std::uint32_t> places;  // of each item of the catalogue, or kNone
};

// `limit` 0 for all that were touched.
[[nodiscard]] DenseItems dense_items(const SparseRows& by_item, std::size_t limit);

// The inverse of what the dense items have together, with the penalty on the diagonal.
[[nodiscard]] Result<SymmetricTiles> dense_inverse(const SparseRows& by_person,
                                                   const SparseRows& by_item,
                                                   const DenseItems& dense,
                                                   const EaseOptions& options,
                                                   const Training& training);

// What one thread adds up for one item: its row of G, the items that it was touched together with.
struct Together {
    std::vector<float> sums;      // of each item; 0 where not in `seen`
    std::vector<ItemIndex> seen;  // the item itself too

    void add_up(ItemIndex item, const SparseRows& by_person, const SparseRows& by_item);
};

// Which items so many people touched together with one. A room of one thread.
class PairsOfMany {
public:
    PairsOfMany(const SparseRows& by_person, const SparseRows& by_item, std::uint32_t least)
        : by_person_(by_person), by_item_(by_item), least_(least) {}

    void look_at(ItemIndex item);
    [[nodiscard]] bool has(ItemIndex other) const {
        return least_ <= 1 || people_[other] >= least_;
    }

private:
    const SparseRows& by_person_;
    const SparseRows& by_item_;
    std::uint32_t least_;
    std::vector<std::uint32_t> people_;
    std::vector<ItemIndex> seen_;
};

// What is added to G's diagonal.
class Penalty {
public:
    Penalty(const SparseRows& by_item, const EaseOptions& options);
    [[nodiscard]] float of(float diagonal) const { return everywhere_ + share_ * diagonal; }

private:
    float everywhere_ = 0;
    float share_;
};

[[nodiscard]] Result<void> set_dense_rows(const SparseRows& by_person, const SparseRows& by_item,
                                          const SymmetricTiles& inverse, const DenseItems& dense,
                                          const EaseOptions& options, const Training& training,
                                          ItemWeights& out);

// The others, after the dense rows were set: each gets weights from the dense items by ridge regression, and gives
// weights by itself alone. Does nothing where all that was touched is dense.
[[nodiscard]] Result<void> set_sparse_items(const SparseRows& by_person, const SparseRows& by_item,
                                            const SymmetricTiles& inverse, const DenseItems& dense,
                                            const EaseOptions& options, const Training& training,
                                            ItemWeights& out);

[[nodiscard]] Result<ItemWeights> ease_weights(const SparseRows& by_person,
                                               const EaseOptions& options,
                                               const Training& training);

}  // namespace attune::learn
