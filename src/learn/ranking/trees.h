// Trees: a sum of decision trees over rows of features, flattened for speed. What a gradient-boosting library has learned is
// turned into this once; nothing of the library is needed to answer.
//
//     ATTUNE_TRY(const auto trees, Trees::of(features, base, std::move(given)));
//     trees.score(rows, scores);                    // rows: one after another, NaN where a feature is missing
//     const float why = trees.explain(row, contributions);
//
// Immutable, so any thread may ask.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace attune::learn {

class ModelReader;
class ModelWriter;

// A tree as its learner gives it; the first node is the root, children come after their parents.
struct GivenNode {
    std::uint32_t feature = 0;
    float split = 0;               // less goes left, the rest right
    bool is_missing_left = false;  // where NaN goes
    std::uint32_t left = 0;        // 0 for a leaf
    std::uint32_t right = 0;
    float value = 0;  // of a leaf
    float cover = 1;  // how much data reached it
};
using GivenTree = std::vector<GivenNode>;

class Trees {
public:
    static constexpr std::uint32_t kFeaturesMax = 4'096;
    static constexpr std::size_t kDepthMax = 64;

    // invalid_argument where a tree is none: a child that does not come after its parent, or has two of them, a feature
    // that is not below `features`, a number that is not finite, or a depth above kDepthMax.
    [[nodiscard]] static Result<Trees> of(std::uint32_t features, float base,
                                          std::span<const GivenTree> trees);
    // What save() wrote; data_loss where it is damaged.
    [[nodiscard]] static Result<Trees> load(const ModelReader& reader);
    void save(ModelWriter& writer) const;

    [[nodiscard]] std::uint32_t features() const { return features_; }
    [[nodiscard]] std::size_t size() const { return trees_.size(); }
    [[nodiscard]] std::size_t bytes() const;

    // scores[i] = base + the leaves that rows[i] reaches, added in the order of the trees. `rows` holds features() numbers for
    // each score.
    void score(std::span<const float> rows, std::span<float> scores) const;

    // What each feature did to one row's score (Saabas, 2014): at every split on the way, how the mean of what can still
    // be reached changes. Returns what holds for everybody; with the contributions it sums to the score, within rounding.
    // A row of 30 features takes 200 trees 2 µs; Shapley values would take a millisecond.
    [[nodiscard]] float explain(std::span<const float> row, std::span<float> contributions) const;

private:
    // Sixteen bytes, children side by side. A leaf is its own left child, and its split is NaN, which nothing reaches: rows that
    // arrive early stay, so all rows take as many steps as the tree is deep and none has to be asked.
    struct Node {
        float split = 0;
        float value = 0;  // of a leaf; of others the mean of the leaves below, by cover
        std::uint32_t left = 0;
        // Rows are laid out twice while they are scored: first with what is missing at minus infinity, then with it at plus
        // infinity. A node looks where it is sent to the right side.
        std::uint32_t place = 0;
    };
    static_assert(sizeof(Node) == 16);
    struct Tree {
        std::uint32_t root = 0;
        std::uint32_t depth = 0;
    };

    [[nodiscard]] float at(std::span<const float> row, std::uint32_t place) const;
    void add(const float* group, std::span<float> scores, const Tree& tree) const;

    std::uint32_t features_ = 0;
    float base_ = 0;
    std::vector<Node> nodes_;
    std::vector<Tree> trees_;
};

}  // namespace attune::learn
