// What iALS learned: item vectors on the axes where their Gram matrix is diagonal, and what folding in needs to know.
#pragma once

#include "learn/factors/factor_recommender.h"

namespace attune::learn {

struct IalsPenalties {
    float unobserved = 0;
    float regularization = 0;
    float nu = 1;
    float emphasis = 0;
    // Those of the other side that were touched at all.
    float others = 0;
    // The mean of weight^emphasis over the pairs of training.
    float usual = 1;

    // How much a pair of this summed weight, above zero, counts: 1 in the mean of all, on whatever scale weights are given, so
    // that `unobserved` and `regularization` mean the same for ratings from 1 to 5 as for plain touches.
    [[nodiscard]] float confidence(float weight) const;
    // Regularisation of a row of so many touches. Above zero.
    [[nodiscard]] float of(std::size_t touches) const;
};

class IalsModel final : public FactorRecommender {
public:
    // `diagonal` is that of the factors' Gram matrix, `everybody` the vector of somebody who did nothing yet.
    IalsModel(Matrix factors, std::vector<float> diagonal, std::vector<float> everybody,
              IalsPenalties penalties);

    [[nodiscard]] std::string_view name() const override;
    [[nodiscard]] std::vector<float> person(const Query& query) const override;
    void save(ModelWriter& writer) const override;
    [[nodiscard]] static Result<std::unique_ptr<Recommender>> load(ModelReader& reader);

private:
    std::vector<float> diagonal_;
    std::vector<float> everybody_;
    IalsPenalties penalties_;
};

}  // namespace attune::learn
