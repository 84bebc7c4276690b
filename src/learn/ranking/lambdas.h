// LambdaMART's gradients (Burges, 2010), with each gain divided by the chance that its position is looked at (Joachims, Swaminathan
// and Schnabel, 2017): what a model should change to bring what was earned to the top.
#pragma once

#include "learn/ranking/ranking_log.h"

namespace attune::learn {

struct Gradients {
    std::vector<float> first;
    std::vector<float> second;
};

// For each pair of a decision where i earned more than j, with ρ = 1/(1 + exp(sᵢ − sⱼ)) and
// Δ = |gᵢ − gⱼ| · |1/log2(rankᵢ + 2) − 1/log2(rankⱼ + 2)| / (the best DCG of the gains before division):
// first −= ρΔ at i, += ρΔ at j; second += ρ(1 − ρ)Δ at both.
//
// The results are multiples of 2^-20, so that sums of them in doubles are exact and do not depend on the order of adding,
// and with it not on the number of threads. Writes the decisions begin..end-1; gradients are as long as the log.
void write_lambdas(const RankingLog& log, const PositionBias& bias, std::span<const float> scores,
                   std::size_t begin, std::size_t end, Gradients& gradients);

}  // namespace attune::learn
