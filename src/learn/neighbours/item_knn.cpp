#include "learn/neighbours/item_knn.h"

#include "learn/neighbours/item_rows.h"
#include "learn/neighbours/similarity.h"
#include "learn/neighbours/sparse_product.h"
#include "learn/recommend/budget.h"
#include "learn/recommend/pair_people.h"

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
            .scale = Scale::whole,
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
        .fallback = 0.99,
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
    kPairPeople,
    kMemoryGb,
};

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
    ATTUNE_TRY_VOID(check_budget(
        kItemKnn.name, similarity_bytes(touched, settings.whole("neighbours"), training.threads),
        settings["memory_gb"], "fewer neighbours, or a shorter history"));
    weigh(touched, weighting);
    const SimilarityShape shape{.similarity = static_cast<Similarity>(settings.whole("similarity")),
                                .neighbours = settings.whole("neighbours"),
                                .shrinkage = static_cast<float>(settings["shrinkage"]),
                                .asymmetry = static_cast<float>(settings["asymmetry"]),
                                .pair_people = settings.whole(kPairPeople.name)};
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
