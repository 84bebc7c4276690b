// FactorRecommender: a model that has a vector for each item, and makes one of whoever asks from their history. The score is
// the dot product of the two. What scans items faster than one by one takes both from here:
//
//     if (const auto* model = dynamic_cast<const FactorRecommender*>(&any)) {
//         FactorScan scan(model->item_factors());
//         scan.best(model->person(query), 10, allowed);
//     }
//
// Immutable, so any thread may ask.
#pragma once

#include "learn/linear/matrix.h"
#include "learn/recommend/learner.h"
#include "learn/recommend/model_file.h"
#include "learn/recommend/recommender.h"

#include <vector>

namespace attune::learn {

class FactorRecommender : public Recommender {
public:
    explicit FactorRecommender(Matrix factors) : factors_(std::move(factors)) {}

    [[nodiscard]] ItemIndex items() const final { return static_cast<ItemIndex>(factors_.rows()); }
    void score(const Query& query, std::span<float> scores) const final;
    void score_some(const Query& query, std::span<const ItemIndex> some,
                    std::span<float> scores) const final;
    void save(ModelWriter& writer) const override;
    [[nodiscard]] std::size_t bytes() const override {
        return factors_.values().size() * sizeof(float);
    }

    [[nodiscard]] const Matrix& item_factors() const { return factors_; }
    // As long as an item's vector, and finite. What they did is folded in here and now.
    [[nodiscard]] virtual std::vector<float> person(const Query& query) const = 0;

private:
    Matrix factors_;
};

// What save() wrote; data_loss where it does not fit together.
[[nodiscard]] Result<Matrix> load_factors(const ModelReader& reader);
// An array of the model that has to be as long as an item's vector.
[[nodiscard]] Result<std::vector<float>> load_axis_values(const ModelReader& reader,
                                                          std::string_view name,
                                                          const Matrix& factors);

}  // namespace attune::learn
