// SourceBlend: what several sources say of a candidate, as one score, until there are enough decisions for a ranker
// (learn/ranking/ranker.h). The weights sum to 1, none is negative, and each decision with a click moves them.
//
//     ATTUNE_TRY(auto blend, SourceBlend::of({"ials", "transitions", "trending"}));
//     blend.score(rows, scores);                       // a row: what each source gives, 0 to 1, NaN where it is silent
//     blend.learn({.rows = rows, .gains = gains});     // once it is known what was clicked
//
// One thread learns at a time; whoever only scores may copy it.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace attune::learn {

class ModelReader;
class ModelWriter;

struct BlendOptions {
    // Of a decision after n others: rate / √(1 + n). Early clicks move the weights, later ones correct them.
    double rate = 0.5;
    // No source falls below this: who is never asked cannot prove better.
    double floor = 0.02;
    // How surely the better score of two should be the one that is clicked: what a difference of scores is multiplied by.
    double sharpness = 4;
};

// A decision and what became of it.
struct BlendLesson {
    std::span<const float> rows;   // of what was shown: as many numbers each as there are sources
    std::span<const float> gains;  // 0 where nothing happened
    // The chance that each position is looked at, as of PositionBias; empty: all alike.
    std::span<const double> chances{};
    double weight = 1;  // how much it moves, beside a click; at most 8
};

class SourceBlend {
public:
    static constexpr std::size_t kSourcesMax = 64;

    // All sources alike. invalid_argument unless there are 1 to 64 different names of one line, and floor × sources < 1.
    [[nodiscard]] static Result<SourceBlend> of(std::vector<std::string> sources,
                                                const BlendOptions& options = {});
    // From these weights on: one a source, made to sum to 1, none below the floor. invalid_argument where one is negative or
    // not finite, or all are 0.
    [[nodiscard]] static Result<SourceBlend> from(std::vector<std::string> sources,
                                                  std::span<const double> weights,
                                                  const BlendOptions& options = {});
    [[nodiscard]] static Result<SourceBlend> load(const ModelReader& reader);
    void save(ModelWriter& writer) const;

    [[nodiscard]] const std::vector<std::string>& sources() const { return sources_; }
    [[nodiscard]] std::span<const double> weights() const { return weights_; }
    [[nodiscard]] std::uint64_t decisions() const { return decisions_; }  // learned from

    // scores[i] = Σ weight · row: 0 to 1.
    void score(std::span<const float> rows, std::span<float> scores) const;
    // What each source adds to a score; they sum to it.
    void explain(std::span<const float> row, std::span<float> contributions) const;

    // Exponentiated gradient (Kivinen and Warmuth, 1997) on the logistic loss of pairs, one clicked more than the other, with
    // the sharpness β and the gain over the position's chance as the pair's weight:
    // loss = Σ pairs ln(1 + exp(−β Σ weight · (row i − row j))); weight ∝ weight · exp(−rate · lesson's weight · slope); who falls below the floor is lifted
    // to it.
    // A decision in which nothing tells anything apart changes nothing and does not count.
    void learn(const BlendLesson& lesson);

private:
    SourceBlend() = default;

    std::vector<std::string> sources_;
    BlendOptions options_;
    std::vector<double> weights_;
    std::uint64_t decisions_ = 0;
};

// Brings the scores of one source to 0 to 1 within a request: the best it found at 1, the last at 0.1, by size between; what it did not
// find (NaN) stays NaN. Sources differ in scale from request to request, so only this compares them.
void to_unit(std::span<float> scores);

}  // namespace attune::learn
