#include "learn/factors/ease_weights.h"

#include "learn/recommend/parallel.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace attune::learn {

namespace {

// Rows of the inverse that one thread reads at once; they divide a tile.
constexpr std::size_t kSlice = 32;

constexpr std::size_t kTile = SymmetricTiles::kSide;

std::vector<float> diagonal_of(const SymmetricTiles& inverse) {
    std::vector<float> diagonal(inverse.rows());
    for (std::size_t place = 0; place < diagonal.size(); ++place)
        diagonal[place] = inverse.at(place, place);
    return diagonal;
}

}  // namespace

DenseItems dense_items(const SparseRows& by_item, std::size_t limit) {
    DenseItems out;
    for (std::size_t item = 0; item < by_item.rows(); ++item)
        if (!by_item.columns_of(item).empty()) out.items.push_back(static_cast<ItemIndex>(item));
    std::ranges::sort(out.items, {}, [&](ItemIndex item) {
        return std::pair(-static_cast<std::int64_t>(by_item.columns_of(item).size()), item);
    });
    if (limit != 0 && limit < out.items.size()) out.items.resize(limit);
    out.places.assign(by_item.rows(), DenseItems::kNone);
    for (std::size_t place = 0; place < out.items.size(); ++place)
        out.places[out.items[place]] = static_cast<std::uint32_t>(place);
    return out;
}

Penalty::Penalty(const SparseRows& by_item, const EaseOptions& options)
    : share_(options.dropout / (1 - options.dropout)) {
    std::size_t touched = 0;
    for (std::size_t item = 0; item < by_item.rows(); ++item)
        if (!by_item.columns_of(item).empty()) ++touched;
    const float mean = static_cast<float>(by_item.size()) / static_cast<float>(touched);
    double squares = 0;
    for (const float value : by_item.values) squares += static_cast<double>(value) * value;
    const double usual = squares / std::max<double>(1, static_cast<double>(by_item.size()));
    everywhere_ = options.regularization * std::sqrt(mean) * static_cast<float>(usual);
}

void Together::add_up(ItemIndex item, const SparseRows& by_person, const SparseRows& by_item) {
    for (const ItemIndex other : seen) sums[other] = 0;
    seen.clear();
    sums.resize(by_person.width);
    const auto people = by_item.columns_of(item);
    const auto weights = by_item.values_of(item);
    for (std::size_t i = 0; i < people.size(); ++i) {
        const auto others = by_person.columns_of(people[i]);
        const auto values = by_person.values_of(people[i]);
        for (std::size_t j = 0; j < others.size(); ++j) {
            const float both = weights[i] * values[j];
            if (both == 0) continue;  // too little for a float
            if (sums[others[j]] == 0) seen.push_back(others[j]);
            sums[others[j]] += both;
        }
    }
}

Result<SymmetricTiles> dense_inverse(const SparseRows& by_person, const SparseRows& by_item,
                                     const DenseItems& dense, const EaseOptions& options,
                                     const Training& training) {
    const Penalty penalty(by_item, options);
    SymmetricTiles square(dense.items.size());
    std::vector<Together> rooms(std::max(1U, training.threads));
    const auto fill = [&](std::size_t row, Together& together) {
        const ItemIndex item = dense.items[row];
        together.add_up(item, by_person, by_item);
        for (const ItemIndex other : together.seen) {
            const std::uint32_t column = dense.places[other];
            if (column != DenseItems::kNone && column <= row)
                square.at(row, column) = together.sums[other];
        }
        square.at(row, row) += penalty.of(together.sums[item]);
    };
    ATTUNE_TRY_VOID(for_chunks(square.rows(), kSlice, training,
                               [&](std::size_t begin, std::size_t end, unsigned worker) {
                                   for (std::size_t row = begin; row < end; ++row)
                                       fill(row, rooms[worker]);
                               }));
    ATTUNE_TRY_VOID(square.invert(training));
    return square;
}

void PairsOfMany::look_at(ItemIndex item) {
    if (least_ <= 1) return;
    for (const ItemIndex other : seen_) people_[other] = 0;
    seen_.clear();
    people_.resize(by_person_.width);
    for (const std::uint32_t person : by_item_.columns_of(item))
        for (const ItemIndex other : by_person_.columns_of(person))
            if (++people_[other] == 1) seen_.push_back(other);
}

Result<void> set_dense_rows(const SparseRows& by_person, const SparseRows& by_item,
                            const SymmetricTiles& inverse, const DenseItems& dense,
                            const EaseOptions& options, const Training& training,
                            ItemWeights& out) {
    const std::vector<float> diagonal = diagonal_of(inverse);
    struct Room {
        std::vector<float> slice;
        PairsOfMany pairs;
    };
    std::vector<Room> rooms(std::max(1U, training.threads),
                            {{}, PairsOfMany(by_person, by_item, options.pair_people)});
    const auto read = [&](std::size_t begin, std::size_t end, Room& room) {
        room.slice.resize((end - begin) * inverse.rows());
        inverse.copy_rows(begin, end - begin, room.slice);
        std::vector<ItemWeight> row;
        for (std::size_t from = begin; from < end; ++from) {
            const float* values = room.slice.data() + (from - begin) * inverse.rows();
            row.clear();
            room.pairs.look_at(dense.items[from]);
            for (std::size_t to = 0; to < inverse.rows(); ++to)
                if (to != from && values[to] != 0 && room.pairs.has(dense.items[to]))
                    row.push_back({dense.items[to], -values[to] / diagonal[to]});
            keep_largest(row, options.neighbours);
            out.set(dense.items[from], row);
        }
    };
    static_assert(kTile % kSlice == 0);
    return for_chunks(inverse.rows(), kSlice, training,
                      [&](std::size_t begin, std::size_t end, unsigned worker) {
                          read(begin, end, rooms[worker]);
                      });
}

Result<ItemWeights> ease_weights(const SparseRows& by_person, const EaseOptions& options,
                                 const Training& training) {
    const SparseRows by_item = by_person.transposed();
    const DenseItems dense = dense_items(by_item, options.dense);
    ATTUNE_TRY(const SymmetricTiles inverse,
               dense_inverse(by_person, by_item, dense, options, training));
    ItemWeights out(by_person.width);
    ATTUNE_TRY_VOID(set_dense_rows(by_person, by_item, inverse, dense, options, training, out));
    ATTUNE_TRY_VOID(set_sparse_items(by_person, by_item, inverse, dense, options, training, out));
    out.pack();
    return out;
}

}  // namespace attune::learn
