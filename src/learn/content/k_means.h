// k-means: rows of numbers into clusters of near ones (Lloyd's rounds from a k-means++ start; Arthur and Vassilvitskii 2007).
//
//     ATTUNE_TRY(const Clustering found, k_means(factors, 64, {.clusters = 100}, training));
//     found.of[item];       // its cluster, or kNoCluster for a row of zeros, of which nothing is known
//
// The same rows and seed give the same clusters for any number of threads. Costs rows × clusters × dimensions a round.
#pragma once

#include "learn/recommend/learner.h"

#include <span>
#include <vector>

namespace attune::learn {

inline constexpr std::uint32_t kNoCluster = ~std::uint32_t{0};

struct ClusteringShape {
    std::uint32_t clusters =
        2;  // at most; as many as there are different rows where those are fewer
    std::uint32_t rounds = 20;  // at most; earlier when nothing moves any more
};

struct Clustering {
    std::uint32_t clusters = 0;
    std::vector<float> centres;     // clusters × dimensions
    std::vector<std::uint32_t> of;  // a cluster for each row
    double spread = 0;              // the sum of the squared distances to the centres
};

// `rows` holds `dimensions` numbers a row. cancelled.
[[nodiscard]] Result<Clustering> k_means(std::span<const float> rows, std::size_t dimensions,
                                         const ClusteringShape& shape, const Training& training);

}  // namespace attune::learn
