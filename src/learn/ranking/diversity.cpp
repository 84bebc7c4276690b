#include "learn/ranking/diversity.h"

#include "learn/ranking/unit_range.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attune::learn {

namespace {

Labels unique(Labels labels) {
    std::ranges::sort(labels);
    const auto [first, last] = std::ranges::unique(labels);
    labels.erase(first, last);
    return labels;
}

}  // namespace

LabelSimilarity::LabelSimilarity(std::span<const Labels> labels) {
    labels_.reserve(labels.size());
    for (const Labels& given : labels) {
        const auto candidate = static_cast<Candidate>(labels_.size());
        for (const std::uint32_t label : labels_.emplace_back(unique(given)))
            having_[label].push_back(candidate);
    }
}

// Only candidates that share a label are met, which is what makes this cheap: most share none.
void LabelSimilarity::to(Candidate candidate, std::span<float> out) const {
    std::ranges::fill(out, 0.0F);
    const Labels& own = labels_[candidate];
    for (const std::uint32_t label : own)
        for (const Candidate other : having_.find(label)->second) out[other] += 1;
    for (std::size_t i = 0; i < out.size(); ++i)
        if (out[i] > 0) out[i] /= static_cast<float>(own.size() + labels_[i].size()) - out[i];
}

VectorSimilarity::VectorSimilarity(std::span<const float> vectors, std::size_t dimensions)
    : unit_(vectors.begin(), vectors.end()), dimensions_(dimensions) {
    ATTUNE_CHECK(dimensions > 0 && vectors.size() % dimensions == 0);
    for (std::size_t begin = 0; begin < unit_.size(); begin += dimensions_) {
        const auto row = std::span(unit_).subspan(begin, dimensions_);
        double squares = 0;
        for (const float value : row) squares += double{value} * value;
        const double scale = squares > 0 ? 1 / std::sqrt(squares) : 0;
        for (float& value : row) value = static_cast<float>(value * scale);
    }
}

void VectorSimilarity::to(Candidate candidate, std::span<float> out) const {
    const float* own = unit_.data() + candidate * dimensions_;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const float* other = unit_.data() + i * dimensions_;
        // Four sums: one would wait for itself.
        float sums[4] = {};
        std::size_t d = 0;
        for (; d + 4 <= dimensions_; d += 4)
            for (std::size_t lane = 0; lane < 4; ++lane)
                sums[lane] += own[d + lane] * other[d + lane];
        for (; d < dimensions_; ++d) sums[0] += own[d] * other[d];
        out[i] = std::clamp((sums[0] + sums[1]) + (sums[2] + sums[3]), 0.0F, 1.0F);
    }
}

std::vector<Candidate> diverse(std::span<const float> scores, const Likeness& similarity,
                               std::size_t limit, const DiverseOptions& options) {
    const std::vector<double> relevance = unit_range(scores);
    std::vector<float> nearest(scores.size());  // the likeness to the most alike in the list
    std::vector<float> likeness(scores.size());
    std::vector<char> is_taken(scores.size());
    const auto take = [&](Candidate candidate) {
        is_taken[candidate] = 1;
        similarity.to(candidate, likeness);
        for (std::size_t i = 0; i < nearest.size(); ++i)
            nearest[i] = std::max(nearest[i], likeness[i]);
    };
    for (const Candidate candidate : options.placed) take(candidate);
    std::vector<Candidate> list;
    while (list.size() < limit) {
        double best_value = -std::numeric_limits<double>::infinity();
        std::size_t best = scores.size();
        for (std::size_t i = 0; i < scores.size(); ++i) {
            const double value =
                options.relevance * relevance[i] - (1 - options.relevance) * nearest[i];
            if (!is_taken[i] && value > best_value) {
                best_value = value;
                best = i;
            }
        }
        if (best == scores.size()) break;
        take(static_cast<Candidate>(best));
        list.push_back(static_cast<Candidate>(best));
    }
    return list;
}

}  // namespace attune::learn
