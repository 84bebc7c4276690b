#include "learn/factors/ease_weights.h"
#include "learn/linear/vectors.h"
#include "learn/recommend/parallel.h"

#include <algorithm>

namespace attune::learn {

namespace {

constexpr std::size_t kChunk = 16;

// An item that is not in the inverse: what it was touched together with, and what explains it.
struct SparseItem {
    ItemIndex item = 0;
    std::vector<ItemWeight> dense;     // place and G, the largest
    std::vector<ItemWeight> explains;  // place and weight, the largest so far
};

// G's rows of the items that are not dense: what they have with the dense is kept, and what they say by themselves is set.
Result<std::vector<SparseItem>> read_rows(const SparseRows& by_person, const SparseRows& by_item,
                                          const DenseItems& dense, const EaseOptions& options,
                                          const Training& training, ItemWeights& out) {
    std::vector<SparseItem> items;
    for (ItemIndex item = 0; item < by_item.rows(); ++item)
        if (dense.places[item] == DenseItems::kNone && !by_item.columns_of(item).empty())
            items.push_back({.item = item, .dense = {}, .explains = {}});
    const Penalty penalty(by_item, options);
    struct Room {
        Together together;
        PairsOfMany pairs;
    };
    std::vector<Room> rooms(std::max(1U, training.threads),
                            {{}, PairsOfMany(by_person, by_item, options.pair_people)});
    const auto read = [&](SparseItem& one, Room& room) {
        Together& together = room.together;
        together.add_up(one.item, by_person, by_item);
        room.pairs.look_at(one.item);
        const float own = together.sums[one.item];
        std::vector<ItemWeight> row;
        for (const ItemIndex other : together.seen) {
            if (other == one.item) continue;
            if (room.pairs.has(other))
                row.push_back({other, together.sums[other] / (own + penalty.of(own))});
            if (dense.places[other] != DenseItems::kNone)
                one.dense.push_back({dense.places[other], together.sums[other]});
        }
        keep_largest(row, options.neighbours);
        keep_largest(one.dense, options.neighbours);
        one.dense.shrink_to_fit();
        row.shrink_to_fit();
        out.set(one.item, std::move(row));
    };
    ATTUNE_TRY_VOID(for_chunks(items.size(), kChunk, training,
                               [&](std::size_t begin, std::size_t end, unsigned worker) {
                                   for (std::size_t i = begin; i < end; ++i)
                                       read(items[i], rooms[worker]);
                               }));
    return items;
}

// weights = inverse · G of the item, for the dense places of one band.
void explain(SparseItem& one, std::span<const float> band, std::size_t first, std::size_t width,
             std::size_t limit, std::vector<float>& sums) {
    sums.assign(width, 0);
    for (const ItemWeight& with : one.dense)
        add_scaled(sums, with.weight, band.subspan(with.item * width, width));
    for (std::size_t i = 0; i < width; ++i)
        if (sums[i] != 0) one.explains.push_back({static_cast<ItemIndex>(first + i), sums[i]});
    keep_largest(one.explains, limit);
}

}  // namespace

Result<void> set_sparse_items(const SparseRows& by_person, const SparseRows& by_item,
                              const SymmetricTiles& inverse, const DenseItems& dense,
                              const EaseOptions& options, const Training& training,
                              ItemWeights& out) {
    ATTUNE_TRY(auto items, read_rows(by_person, by_item, dense, options, training, out));
    if (items.empty()) return {};
    constexpr std::size_t kBand = SymmetricTiles::kSide;
    std::vector<float> band;
    std::vector<std::vector<float>> rooms(std::max(1U, training.threads));
    for (std::size_t first = 0; first < inverse.rows(); first += kBand) {
        const std::size_t width = std::min(kBand, inverse.rows() - first);
        band.resize(inverse.rows() * width);
        inverse.copy_band(first / kBand, band);
        ATTUNE_TRY_VOID(for_chunks(items.size(), kChunk, training,
                                   [&](std::size_t begin, std::size_t end, unsigned worker) {
                                       for (std::size_t i = begin; i < end; ++i)
                                           explain(items[i], band, first, width, options.neighbours,
                                                   rooms[worker]);
                                   }));
    }
    PairsOfMany pairs(by_person, by_item, options.pair_people);
    for (const SparseItem& one : items) {
        pairs.look_at(one.item);
        for (const ItemWeight& from : one.explains)
            if (pairs.has(dense.items[from.item]))
                out.append(dense.items[from.item], {one.item, from.weight});
    }
    return {};
}

}  // namespace attune::learn
