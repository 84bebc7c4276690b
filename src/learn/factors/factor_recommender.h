// FactorRecommender: a model that has a vector for each item, and makes one of whoever asks from their history. The score is
// the dot product of the two, and the best items are found by learn/scan.
//
// Immutable, so any thread may ask.
#pragma once

#include "learn/linear/matrix.h"
#include "learn/recommend/learner.h"
#include "learn/recommend/model_file.h"
#include "learn/recommend/recommender.h"
#include "learn/scan/factor_scan.h"

#include <vector>

namespace attune::learn {

class FactorRecommender : public Recommender {
public:
    // A row that learning drove past all numbers says nothing, and is zero from here on.
    explicit FactorRecommender(const Matrix& factors);

    [[nodiscard]] ItemIndex items() const final { return factors_.items(); }
    void score(const Query& query, std::span<float> scores) const final;
    void score_some(const Query& query, std::span<const ItemIndex> some,
                    std::span<float> scores) const final;
    [[nodiscard]] std::vector<Scored> best(const Query& query, std::size_t limit,
                                           const ItemMask& allowed) const final;
    void save(ModelWriter& writer) const override;
    [[nodiscard]] std::size_t bytes() const override { return factors_.bytes(); }

    [[nodiscard]] const FactorScan& item_factors() const { return factors_; }
    // As long as an item's vector, and finite. What they did is folded in here and now.
    [[nodiscard]] virtual std::vector<float> person(const Query& query) const = 0;

private:
    FactorScan factors_;
};

// What save() wrote; data_loss where it does not fit together.
[[nodiscard]] Result<Matrix> load_factors(const ModelReader& reader);
// An array of the model that has to be as long as an item's vector.
[[nodiscard]] Result<std::vector<float>> load_axis_values(const ModelReader& reader,
                                                          std::string_view name,
                                                          const Matrix& factors);

}  // namespace attune::learn
