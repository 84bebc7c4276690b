// Booster: XGBoost behind a face without its handles, conventions and errors. The only file that knows its C interface is
// booster.cpp.
//
//     ATTUNE_TRY(auto booster, Booster::of(log.rows, log.features, options, training));
//     ATTUNE_TRY_VOID(booster.grow(gradients.first, gradients.second));   // one tree
//     ATTUNE_TRY_VOID(booster.score(scores));                             // of the rows it learns from
//     ATTUNE_TRY(const auto json, booster.save());
//
// One thread uses it; it uses as many of its own as it is told.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace attune::learn {

struct BoosterOptions {
    double learning_rate = 0.1;
    unsigned depth = 6;
    double leaf_weight_min = 1;
    double regularization = 1;
    std::uint64_t seed = 1;
    // Those of XGBoost spin while they wait for each other: on a machine that has other work, two took five times as long as one.
    unsigned threads = 1;
};

class Booster {
public:
    // `rows` hold `features` numbers each, NaN where one is missing. Fails with internal and XGBoost's own words.
    [[nodiscard]] static Result<Booster> of(std::span<const float> rows, std::uint32_t features,
                                            const BoosterOptions& options);

    // Adds a tree that follows the gradients; one each for a row.
    [[nodiscard]] Result<void> grow(std::span<const float> first, std::span<const float> second);
    [[nodiscard]] Result<void> score(std::span<float> scores) const;
    // As trees_of_xgboost reads it.
    [[nodiscard]] Result<std::string> save() const;

private:
    struct Handles;
    struct Free {
        void operator()(Handles* handles) const;
    };

    explicit Booster(std::unique_ptr<Handles, Free> handles) : handles_(std::move(handles)) {}

    std::unique_ptr<Handles, Free> handles_;
};

}  // namespace attune::learn
