#include "learn/neighbours/item_knn.h"

#include "learn/neighbours/item_rows.h"
#include "learn/neighbours/sparse_product.h"

#include <array>
#include <cmath>
#include <numeric>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{
        .name = "similarity",
        .doc = "0 cosine, 1 Jaccard, 2 Pearson, 3 adjusted cosine; the last two are for ratings.",
        .fallback = 0,
        .min = 0,
        .max = 3,
        .scale = Scale::whole},
    Setting{.name = "weighting",
            .doc = "What a touch weighs: 0 all alike, 1 as given, 2 TF-IDF, 3 BM25, 4 shared.",
            .fallback = 4,
            .min = 0,
            .max = 4,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 0,
            .search_high = 4},
    Setting{.name = "neighbours",
            .doc = "How many similar items each item looks at.",
            .fallback = 200,
            .min = 1,
            .max = 10'000,
            .scale = Scale::logarithmic,
            .is_searched = true,
            .search_low = 10,
            .search_high = 1'000},
    Setting{
        .name = "shrinkage",
        .doc = "Added to what a similarity is divided by: what rests on few people counts less.",
        .fallback = 15,
        .min = 0,
        .max = 10'000,
        .is_searched = true,
        .search_low = 0,
        .search_high = 100},
    Setting{.name = "asymmetry",
            .doc =
                "The share of a cosine's norm that the recommended item has; less favours what is "
                "popular.",
            .fallback = 0.4,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0.2,
            .search_high = 0.8},
    Setting{.name = "normalisation",
            .doc = "The power of the sum of an item's similarities that they are divided by.",
            .fallback = 0,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0,
            .search_high = 1},
    Setting{
        .name = "recency_decay",
        .doc = "What an item of the history weighs of the one touched after it; below 1 where what "
               "was touched last tells most.",
        .fallback = 1,
        .min = 0,
        .max = 1,
        .is_searched = true,
        .search_low = 0.6,
        .search_high = 1},
    Setting{.name = "history",
            .doc = "How many of somebody's latest items are learned from.",
            .fallback = 2'000,
            .min = 2,
            .max = 100'000,
            .scale = Scale::whole},
};

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

std::vector<float> squares(const SparseRows& rows) {
    std::vector<float> out(rows.rows());
    for (std::size_t row = 0; row < out.size(); ++row)
        for (const float value : rows.values_of(row)) out[row] += value * value;
    return out;
}

struct Shape {
    Similarity similarity;
    std::size_t neighbours;
    float shrinkage;
    float asymmetry;
};

Result<SparseRows> similar_items(const SparseRows& touched, const Shape& shape,
                                 const Training& training) {
    const SparseRows people = touched.transposed();
    const std::vector<float> square = squares(people);
    const float shrinkage = shape.shrinkage;
    switch (shape.similarity) {
        case Similarity::pearson:
            return best_of_product<CoRatings>(
                people, touched, shape.neighbours, training,
                [&](std::size_t item, std::size_t other, const CoRatings& sum) {
                    if (item == other) return 0.0F;
                    return static_cast<float>(sum.correlation()) * static_cast<float>(sum.people) /
                           (static_cast<float>(sum.people) + shrinkage);
                });
        case Similarity::jaccard:
            return best_of_product<DotProduct>(
                people, touched, shape.neighbours, training,
                [&](std::size_t item, std::size_t other, const DotProduct& dot) {
                    if (item == other) return 0.0F;
                    return dot.value / (square[item] + square[other] - dot.value + shrinkage);
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
    return best_of_product<DotProduct>(
        people, touched, shape.neighbours, training,
        [&](std::size_t item, std::size_t other, const DotProduct& dot) {
            if (item == other || dot.value <= 0) return 0.0F;
            return dot.value / (own[item] * others[other] + shrinkage);
        });
}

void normalise(SparseRows& rows, double exponent) {
    if (exponent == 0) return;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        const auto values = rows.values_of(row);
        const float sum = std::reduce(values.begin(), values.end());
        if (sum <= 0) continue;
        const auto scale = static_cast<float>(std::pow(sum, -exponent));
        for (std::uint64_t i = rows.begins[row]; i < rows.begins[row + 1]; ++i)
            rows.values[i] *= scale;
    }
}

Result<std::unique_ptr<Recommender>> learn_item_knn(const Lesson& lesson, const Settings& settings,
                                                    const Training& training) {
    const auto weighting = static_cast<Weighting>(settings.whole("weighting"));
    SparseRows touched = latest_matrix(lesson.interactions, settings.whole("history"));
    weigh(touched, weighting);
    const Shape shape{.similarity = static_cast<Similarity>(settings.whole("similarity")),
                      .neighbours = settings.whole("neighbours"),
                      .shrinkage = static_cast<float>(settings["shrinkage"]),
                      .asymmetry = static_cast<float>(settings["asymmetry"])};
    if (shape.similarity == Similarity::adjusted) centre_by_person(touched);
    ATTUNE_TRY(SparseRows similar, similar_items(touched, shape, training));
    normalise(similar, settings["normalisation"]);
    // Each item keeps those that it looks at; a history is answered by those that look at its items.
    return std::make_unique<ItemRows>(
        kItemKnn.name, similar.transposed(),
        HistoryReading{
            .step_decay = static_cast<float>(settings["recency_decay"]),
            .by_weight = weighting != Weighting::alike && weighting != Weighting::shared});
}

Result<std::unique_ptr<Recommender>> load_item_knn(ModelReader& reader) {
    return ItemRows::load(kItemKnn.name, reader);
}

}  // namespace

const Learner kItemKnn{
    .name = "item-knn",
    .summary =
        "What is similar to the items somebody touched, because the same people touched both.",
    .settings = kSettings,
    .learn = &learn_item_knn,
    .load = &load_item_knn};

}  // namespace attune::learn
