// Weights of a blend, learned on an exam that none of the members has seen the answers of: the mean NDCG over its people is
// climbed from the best single member by changing one weight at a time, by large steps first. NDCG is flat between its
// jumps, so a gradient would say nothing, and with a handful of weights none is needed.
#pragma once

#include "learn/evaluate/blend.h"
#include "learn/evaluate/exam.h"

namespace attune::learn {

struct WeighOptions {
    std::size_t at = 10;
    std::size_t depth = 100;
    // A member that brings less than this share of the blend's NDCG is left out: it costs at every question.
    double least_share = 0.002;
};

struct Weighed {
    std::vector<double> weights;  // of the members in order, summing to 1; 0: left out
    std::vector<double> alone;    // the NDCG of each by itself
    double ndcg = 0;              // of the blend, on the exam it was learned on
};

// The members' own weights are not read.
[[nodiscard]] Result<Weighed> weigh(std::span<const BlendMember> members, const Exam& exam,
                                    const WeighOptions& options, const Training& training);

}  // namespace attune::learn
