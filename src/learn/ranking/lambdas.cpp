#include "learn/ranking/lambdas.h"

#include "learn/ranking/ranks.h"

#include <algorithm>
#include <cmath>

namespace attune::learn {

namespace {

float on_grid(double value) { return static_cast<float>(std::round(value * 0x1p20) * 0x1p-20); }

// One decision, with its scratch memory kept from the one before.
class Decision {
public:
    void add(const RankingLog& log, const PositionBias& bias, std::span<const float> scores,
             std::size_t begin, std::size_t count, Gradients& out) {
        const auto gains = std::span(log.gains).subspan(begin, count);
        const auto scored = scores.subspan(begin, count);
        const double ideal = best_dcg(gains);
        if (ideal == 0) return;
        weigh(log, bias, begin, count);
        rank(scored);
        first_.assign(count, 0);
        second_.assign(count, 0);
        for (std::size_t i = 0; i < count; ++i) {
            if (weighed_[i] == 0) continue;
            for (std::size_t j = 0; j < count; ++j)
                if (weighed_[j] < weighed_[i]) add_pair(scored, i, j, ideal);
        }
        for (std::size_t i = 0; i < count; ++i) {
            out.first[begin + i] = on_grid(first_[i]);
            out.second[begin + i] = on_grid(second_[i]);
        }
    }

private:
    double best_dcg(std::span<const float> gains) {
        sorted_.assign(gains.begin(), gains.end());
        std::ranges::sort(sorted_, std::greater{});
        double sum = 0;
        for (std::size_t rank = 0; rank < sorted_.size(); ++rank)
            sum += sorted_[rank] * discount(rank);
        return sum;
    }

    void weigh(const RankingLog& log, const PositionBias& bias, std::size_t begin,
               std::size_t count) {
        weighed_.resize(count);
        for (std::size_t i = 0; i < count; ++i)
            weighed_[i] = log.gains[begin + i] / bias.chance(log.positions[begin + i]);
    }

    void rank(std::span<const float> scores) {
        order_by(scores, order_);
        discounts_.resize(scores.size());
        for (std::size_t rank = 0; rank < order_.size(); ++rank)
            discounts_[order_[rank]] = discount(rank);
    }

    void add_pair(std::span<const float> scores, std::size_t i, std::size_t j, double ideal) {
        const double rho = 1 / (1 + std::exp(double{scores[i]} - scores[j]));
        const double delta =
            (weighed_[i] - weighed_[j]) * std::abs(discounts_[i] - discounts_[j]) / ideal;
        first_[i] -= rho * delta;
        first_[j] += rho * delta;
        second_[i] += rho * (1 - rho) * delta;
        second_[j] += rho * (1 - rho) * delta;
    }

    std::vector<float> sorted_;
    std::vector<double> weighed_;
    std::vector<std::uint32_t> order_;
    std::vector<double> discounts_;
    std::vector<double> first_;
    std::vector<double> second_;
};

}  // namespace

void write_lambdas(const RankingLog& log, const PositionBias& bias, std::span<const float> scores,
                   std::size_t begin, std::size_t end, Gradients& gradients) {
    Decision decision;
    for (std::size_t d = begin; d < end; ++d) {
        const std::size_t first = log.begin_of(d);
        decision.add(log, bias, scores, first, log.ends[d] - first, gradients);
    }
}

}  // namespace attune::learn
