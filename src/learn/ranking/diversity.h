// Diversity: a list that is good as a whole, made one item at a time from scored candidates.
//
//     const LabelSimilarity similarity(labels);                       // "category:games" and so on, as numbers
//     auto list = diverse(scores, similarity, 20, {.relevance = 0.8}); // candidates, first to last
//     auto list = calibrated(scores, labels, mix_of(history), 20, {}); // keeps the person's own mix
//
// Pure functions. Scores are brought to 0 to 1 between the worst and the best candidate, so trade-offs do not depend on who scored. Of
// equals, the candidate with the lower number is taken.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace attune::learn {

using Candidate = std::uint32_t;  // its place among the scores
using Labels = std::vector<std::uint32_t>;

// How alike candidates are, 0 to 1.
class Likeness {
public:
    virtual ~Likeness() = default;
    // To each of the candidates; out is as long as there are candidates.
    virtual void to(Candidate candidate, std::span<float> out) const = 0;
};

// The labels that both have, of those that either has (Jaccard). Without labels: 0.
class LabelSimilarity final : public Likeness {
public:
    explicit LabelSimilarity(std::span<const Labels> labels);
    void to(Candidate candidate, std::span<float> out) const override;

private:
    std::vector<Labels> labels_;  // without repeats
    std::map<std::uint32_t, std::vector<Candidate>> having_;
};

// The cosine of their vectors, at least 0; 0 to those whose vector is zero.
class VectorSimilarity final : public Likeness {
public:
    // As many numbers for each candidate as there are dimensions.
    VectorSimilarity(std::span<const float> vectors, std::size_t dimensions);
    void to(Candidate candidate, std::span<float> out) const override;

private:
    std::vector<float> unit_;  // of length 1 each, or 0
    std::size_t dimensions_;
};

struct DiverseOptions {
    // λ: 1 is the order of the scores, 0 looks at nothing but difference.
    double relevance = 0.7;
    // Candidates that are in the list already, because somebody pinned them: the others differ from them too.
    std::span<const Candidate> placed{};
};

// Maximal marginal relevance (Carbonell and Goldstein, 1998): next comes the candidate with the largest
// λ · score − (1 − λ) · its likeness to the most alike in the list. Up to `limit`, without those that were placed.
[[nodiscard]] std::vector<Candidate> diverse(std::span<const float> scores,
                                             const Likeness& similarity, std::size_t limit,
                                             const DiverseOptions& options = {});

// A share of each label, together 1.
using Mix = std::map<std::uint32_t, double>;

struct LabelledTouch {
    std::span<const std::uint32_t> labels;
    double weight = 1;
};

// The mix of what somebody did: each touch spreads its weight evenly over its labels. Empty where nothing has both.
[[nodiscard]] Mix mix_of(std::span<const LabelledTouch> touches);

struct CalibratedOptions {
    // λ: 0 is the order of the scores, 1 looks at nothing but the mix.
    double calibration = 0.8;
    // α: how much of the person's mix is mixed into the list's before comparing, so that a label that the list lacks costs
    // much, but not infinitely much. Above 0.
    double smoothing = 0.01;
    std::span<const Candidate> placed{};
};

// Σ p · ln(p / ((1 − α) q + α p)) over the labels of the person's mix p: 0 where the list's mix q is the same, more the less of it is
// there. 0 for an empty p.
[[nodiscard]] double miscalibration(const Mix& person, const Mix& list, double smoothing = 0.01);

// Calibrated recommendations (Steck, 2018): next comes the candidate with which (1 − λ) · Σ scores − λ · miscalibration of the list
// becomes largest.
[[nodiscard]] std::vector<Candidate> calibrated(std::span<const float> scores,
                                                std::span<const Labels> labels, const Mix& person,
                                                std::size_t limit,
                                                const CalibratedOptions& options = {});

}  // namespace attune::learn
