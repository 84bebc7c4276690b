// ServedRanker: a ranker together with its id. It finds its features by their names among those that it is asked with, so one that
// was learned before others were added, or by a placement that lacks some, answers all the same.
//
//     const auto ranker = models.published_ranker(tenant);
//     if (ranker) ranker->score(names, rows, scores);       // rows: as many numbers each as there are names
//
// Immutable; any thread may ask.
#pragma once

#include "base/result.h"
#include "learn/ranking/ranker.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class ServedRanker {
public:
    ServedRanker(std::string id, learn::Ranker ranker);

    [[nodiscard]] std::string_view id() const { return id_; }
    [[nodiscard]] const learn::Ranker& ranker() const { return ranker_; }

    // The higher the better; of no unit. What is not among the names is missing.
    void score(std::span<const std::string_view> names, std::span<const float> rows,
               std::span<float> scores) const;

    struct Part {
        std::string_view feature;  // lives as long as the ranker
        float value = 0;           // NaN: it was missing
        float contribution = 0;
    };
    // What moved one score most, either way, the strongest first. Contributions of all features sum to the score's distance
    // from what is usual.
    [[nodiscard]] std::vector<Part> explain(std::span<const std::string_view> names,
                                            std::span<const float> row, std::size_t limit) const;

    [[nodiscard]] std::string save() const;
    // data_loss where the bytes are damaged.
    [[nodiscard]] static Result<std::shared_ptr<const ServedRanker>> load(std::string id,
                                                                          std::string_view bytes);

private:
    [[nodiscard]] std::vector<float> in_own_order(std::span<const std::string_view> names,
                                                  std::span<const float> rows) const;

    const std::string id_;
    const learn::Ranker ranker_;
};

}  // namespace attune::engine
