#include "learn/neighbours/similarity.h"

#include "learn/neighbours/sparse_product.h"

#include <cmath>
#include <numeric>

namespace attune::learn {

namespace {

// Sums over the people who touched both: what a correlation needs.
struct CoRatings {
    void add(float left, float right) {
        ++people;
        x += left;
        y += right;
        xx += static_cast<double>(left) * left;
        yy += static_cast<double>(right) * right;
        xy += static_cast<double>(left) * right;
    }
    [[nodiscard]] double correlation() const {
        const double n = people;
        const double spread = (n * xx - x * x) * (n * yy - y * y);
        return spread > 1e-12 ? (n * xy - x * y) / std::sqrt(spread) : 0;
    }
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    std::uint32_t people = 0;
};

void weigh_as_tf_idf(SparseRows& touched) {
    for (std::size_t person = 0; person < touched.rows(); ++person) {
        const auto items = static_cast<double>(touched.columns_of(person).size());
        const double idf = std::max(1e-3, std::log(touched.width / (1 + items)));
        for (std::uint64_t i = touched.begins[person]; i < touched.begins[person + 1]; ++i)
            touched.values[i] = static_cast<float>(std::sqrt(touched.values[i]) * idf);
    }
}

// K1 and B as they are commonly set for items described by people.
void weigh_as_bm25(SparseRows& touched) {
    constexpr double kK1 = 100;
    constexpr double kB = 0.8;
    std::vector<double> lengths(touched.width);
    for (std::size_t i = 0; i < touched.size(); ++i)
        lengths[touched.columns[i]] += touched.values[i];
    const double mean =
        std::reduce(lengths.begin(), lengths.end()) / std::max<double>(1, touched.width);
    for (std::size_t person = 0; person < touched.rows(); ++person) {
        const auto items = static_cast<double>(touched.columns_of(person).size());
        const double idf = std::max(1e-3, std::log(touched.width / (1 + items)));
        for (std::uint64_t i = touched.begins[person]; i < touched.begins[person + 1]; ++i) {
            const double length = 1 - kB + kB * lengths[touched.columns[i]] / mean;
            const double weight = touched.values[i];
            touched.values[i] =
                static_cast<float>(weight * (kK1 + 1) / (kK1 * length + weight) * idf);
        }
    }
}

// Scaled so that items weigh about as much as they have people, as without it: shrinkage then means the same.
void weigh_as_shared(SparseRows& touched) {
    const auto mean = static_cast<float>(static_cast<double>(touched.size()) /
                                         std::max<double>(1, static_cast<double>(touched.rows())));
    for (std::size_t person = 0; person < touched.rows(); ++person) {
        const auto items = static_cast<float>(touched.columns_of(person).size());
        for (std::uint64_t i = touched.begins[person]; i < touched.begins[person + 1]; ++i)
            touched.values[i] = std::sqrt(mean / items);
    }
}

}  // namespace

void weigh(SparseRows& touched, Weighting weighting) {
    if (weighting == Weighting::alike) std::ranges::fill(touched.values, 1.0F);
    if (weighting == Weighting::shared) weigh_as_shared(touched);
    if (weighting == Weighting::tf_idf) weigh_as_tf_idf(touched);
    if (weighting == Weighting::bm25) weigh_as_bm25(touched);
}

void centre_by_person(SparseRows& touched) {
    for (std::size_t person = 0; person < touched.rows(); ++person) {
        const auto row = std::span(touched.values)
                             .subspan(touched.begins[person],
                                      touched.begins[person + 1] - touched.begins[person]);
        if (row.empty()) continue;
        const float mean = std::reduce(row.begin(), row.end()) / static_cast<float>(row.size());
        for (float& value : row) value -= mean;
    }
}

namespace {

std::vector<float> squares(const SparseRows& rows) {
    std::vector<float> out(rows.rows());
    for (std::size_t row = 0; row < out.size(); ++row)
        for (const float value : rows.values_of(row)) out[row] += value * value;
    return out;
}

// Of each two different items, where enough people stand behind them. Whether they do is only counted where it is asked.
template <class Value>
Result<SparseRows> best_of_owned(const SparseRows& people, const SparseRows& touched,
                                 const SimilarityShape& shape, const Training& training,
                                 const Value& value) {
    if (shape.pair_people <= 1)
        return best_of_product<DotProduct>(
            people, touched, shape.neighbours, training,
            [&](std::size_t item, std::size_t other, const DotProduct& dot) {
                return item == other ? 0.0F : value(item, other, dot);
            });
    return best_of_product<OwnedDotProduct>(
        people, touched, shape.neighbours, training,
        [&](std::size_t item, std::size_t other, const OwnedDotProduct& dot) {
            return item == other || dot.people < shape.pair_people ? 0.0F : value(item, other, dot);
        },
        shape.owners);
}

}  // namespace

Result<SparseRows> similar_items(const SparseRows& touched, const SimilarityShape& shape,
                                 const Training& training) {
    const SparseRows people = touched.transposed();
    const std::vector<float> square = squares(people);
    const float shrinkage = shape.shrinkage;
    switch (shape.similarity) {
        case Similarity::pearson:
            return best_of_product<CoRatings>(
                people, touched, shape.neighbours, training,
                [&](std::size_t item, std::size_t other, const CoRatings& sum) {
                    if (item == other || sum.people < shape.pair_people) return 0.0F;
                    return static_cast<float>(sum.correlation()) * static_cast<float>(sum.people) /
                           (static_cast<float>(sum.people) + shrinkage);
                });
        case Similarity::jaccard:
            return best_of_owned(people, touched, shape, training,
                                 [&](std::size_t item, std::size_t other, const auto& dot) {
                                     return dot.value /
                                            (square[item] + square[other] - dot.value + shrinkage);
                                 });
        case Similarity::cosine:
        case Similarity::adjusted:
            break;
    }
    std::vector<float> own(square.size());
    std::vector<float> others(square.size());
    for (std::size_t i = 0; i < square.size(); ++i) {
        own[i] = std::pow(square[i], shape.asymmetry);
        others[i] = std::pow(square[i], 1 - shape.asymmetry);
    }
    return best_of_owned(people, touched, shape, training,
                         [&](std::size_t item, std::size_t other, const auto& dot) {
                             if (dot.value <= 0) return 0.0F;
                             return dot.value / (own[item] * others[other] + shrinkage);
                         });
}

double similarity_bytes(const SparseRows& touched, std::size_t neighbours, unsigned threads) {
    return product_bytes(touched, neighbours, sizeof(CoRatings), threads);
}

}  // namespace attune::learn
