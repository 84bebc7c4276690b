// How similar two items are by who touched them: the mathematics of item neighbours and co-visits.
//
//     weigh(touched, Weighting::shared);                       // people (or sessions) by items
//     ATTUNE_TRY(const SparseRows similar, similar_items(touched, {.neighbours = 200}, training));
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

// How similar two items are, by what each person's touch of them weighs (setting "similarity").
enum class Similarity : std::uint8_t {
    cosine = 0,  // dot ÷ (norm²^asymmetry × other norm²^(1 − asymmetry) + shrinkage)
    jaccard,     // dot ÷ (norm² + other norm² − dot + shrinkage)
    pearson,     // correlation over the people who touched both, × n ÷ (n + shrinkage); for ratings
    adjusted,    // cosine of what is above or below each person's own mean; for ratings
};

// What a touch weighs (setting "weighting").
enum class Weighting : std::uint8_t {
    alike = 0,  // 1
    given,      // the sum of the weights given to the pair
    tf_idf,  // √weight × log(items ÷ (1 + items of the person)): who touches everything tells little
    bm25,    // the same idea, with weights that saturate and popular items held back
    shared,  // 1 ÷ √items of the person: everybody has the same say, however much they touch
};

void weigh(SparseRows& touched, Weighting weighting);
// Each value less the mean of its row.
void centre_by_person(SparseRows& touched);

struct SimilarityShape {
    Similarity similarity = Similarity::cosine;
    std::size_t neighbours = 200;
    float shrinkage = 0;
    float asymmetry = 0.5F;
    std::uint32_t pair_people = 1;  // fewer different people make nothing similar
    // Whose each row is; each its own when empty.
    std::span<const std::uint32_t> owners{};
};

// For each item those most similar to it, with similarities above zero; never itself. Adjusted is the cosine of what
// centre_by_person() left. cancelled.
[[nodiscard]] Result<SparseRows> similar_items(const SparseRows& touched,
                                               const SimilarityShape& shape,
                                               const Training& training);

// What that takes in memory at most.
[[nodiscard]] double similarity_bytes(const SparseRows& touched, std::size_t neighbours,
                                      unsigned threads);

}  // namespace attune::learn
