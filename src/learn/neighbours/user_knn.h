// Similar people: what those who are most like somebody touched. The one family of models that holds what others did:
// kindred_rows.h says how.
#pragma once

#include "learn/neighbours/kindred_rows.h"
#include "learn/recommend/learner.h"

namespace attune::learn {

extern const Learner kUserKnn;

struct SimilarPerson {
    PersonIndex person = 0;  // their number in training
    float likeness = 0;      // from 0 to 1
    friend bool operator==(const SimilarPerson&, const SimilarPerson&) = default;
};

// The people most like somebody with that history, best first, of equals the lower number first; without themselves, where
// their number in training is known. Empty where the model is none of kUserKnn.
[[nodiscard]] std::vector<SimilarPerson> similar_people(const Recommender& model, History history,
                                                        std::size_t limit,
                                                        PersonIndex without = KindredRows::kNone);

}  // namespace attune::learn
