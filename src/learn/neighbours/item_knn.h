// Similar items: two items are similar when the same people touched them. An item is scored by how similar it is to those
// of a history, each item looking at its `neighbours` most similar ones only.
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

extern const Learner kItemKnn;

}  // namespace attune::learn
