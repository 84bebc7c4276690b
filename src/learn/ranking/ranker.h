// Ranker: orders candidates by what was clicked and bought when such candidates were shown. Learned from decisions by LambdaMART
// (gradient-boosted trees that bring to the top what was earned), corrected for where things stood.
//
//     ATTUNE_TRY(const auto learned, learn_ranker(log, names, bias, {}, {.seed = 7}));
//     if (learned.quality.after > learned.quality.before) ranker = learned.ranker;
//     ranker.score(rows, scores);                        // 500 candidates of 30 features: 0.2 ms
//     ranker.explain(row, contributions);                // of the few that are shown
//
// Immutable, so any thread may ask. Until there are enough decisions, learn/ranking/blend.h ranks.
#pragma once

#include "learn/ranking/ranking_log.h"
#include "learn/ranking/trees.h"
#include "learn/recommend/learner.h"

#include <string>
#include <vector>

namespace attune::learn {

class Ranker {
public:
    // invalid_argument unless there is a name for each feature of the trees, without line breaks.
    [[nodiscard]] static Result<Ranker> of(std::vector<std::string> names, Trees trees);
    [[nodiscard]] static Result<Ranker> load(const ModelReader& reader);
    void save(ModelWriter& writer) const;

    // Of the features, in the order of a row: whoever asks matches them by name, so a model survives that others are added.
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    [[nodiscard]] const Trees& trees() const { return trees_; }
    [[nodiscard]] std::size_t bytes() const { return trees_.bytes(); }

    // As of Trees.
    void score(std::span<const float> rows, std::span<float> scores) const {
        trees_.score(rows, scores);
    }
    [[nodiscard]] float explain(std::span<const float> row, std::span<float> contributions) const {
        return trees_.explain(row, contributions);
    }

private:
    Ranker(std::vector<std::string> names, Trees trees)
        : names_(std::move(names)), trees_(std::move(trees)) {}

    std::vector<std::string> names_;
    Trees trees_;
};

struct RankerOptions {
    unsigned trees_max = 400;
    double learning_rate = 0.08;
    unsigned depth = 5;
    double leaf_weight_min =
        1;  // of the second gradients; a click against one other weighs up to a quarter
    double regularization = 2;  // L2 on leaves
    // The last decisions of the log, held out to tell when to stop, and by how much the ranker is better.
    double held_out = 0.2;
    unsigned patience = 40;  // trees without improvement
    std::size_t limit = 10;  // of the NDCG that is compared
    // Decisions in which something was earned and something was not; with fewer, there is nothing to learn.
    std::size_t decisions_min = 200;
    std::size_t bytes_max = std::size_t{2} << 30;
};

struct RankerQuality {
    double before = 0;  // NDCG on what was held out, in the order it was shown
    double after = 0;   // in the ranker's order
    std::size_t trees = 0;
    std::size_t decisions = 0;  // that were learned from, what was held out included
};

struct LearnedRanker {
    Ranker ranker;
    RankerQuality quality;
};

// The log's decisions are in order of time. The same log, options and seed give the same ranker, whatever the threads.
// invalid_argument where the log does not fit together; failed_precondition where it has too few decisions, or clicks only early or only late; resource_exhausted
// before anything is taken that would not fit; cancelled.
[[nodiscard]] Result<LearnedRanker> learn_ranker(const RankingLog& log,
                                                 std::vector<std::string> names,
                                                 const PositionBias& bias,
                                                 const RankerOptions& options,
                                                 const Training& training);

}  // namespace attune::learn
