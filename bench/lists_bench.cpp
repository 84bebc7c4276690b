// What making a list of 20 from 500 scored candidates costs: by maximal marginal relevance over labels and over vectors, calibrated to
// a person's mix, and with places for exploration. The goal is 0.3 ms.
#include "learn/ranking/diversity.h"
#include "learn/ranking/exploration.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>

namespace attune::learn {
namespace {

using Watch = std::chrono::steady_clock;
constexpr std::size_t kCandidates = 500;
constexpr std::size_t kList = 20;

double median_us(const std::function<std::size_t()>& work) {
    std::vector<double> times;
    std::size_t made = 0;
    for (int i = 0; i < 301; ++i) {
        const auto start = Watch::now();
        made += work();
        times.push_back(std::chrono::duration<double, std::micro>(Watch::now() - start).count());
    }
    if (made == 0) std::printf("nothing was made\n");
    std::ranges::sort(times);
    return times[times.size() / 2];
}

void run() {
    std::mt19937 engine(7);  // NOLINT(bugprone-random-generator-seed): replays
    std::normal_distribution<float> normal;
    std::vector<float> scores(kCandidates);
    for (float& score : scores) score = normal(engine);
    std::vector<Labels> labels(kCandidates);
    Mix person;
    for (Labels& own : labels) {
        const auto one_of = [&](std::uint32_t first, std::uint32_t count) {
            own.push_back(first + static_cast<std::uint32_t>(engine() % count));
        };
        one_of(0, 20);    // a category
        one_of(20, 200);  // a brand
        for (int tag = 0; tag < 3; ++tag) one_of(300, 100);
    }
    for (std::uint32_t label = 0; label < 20; ++label) person[label] = 0.05;
    std::vector<float> vectors(kCandidates * 64);
    for (float& value : vectors) value = normal(engine);
    const std::vector<double> weights = softmax_weights(scores, 0.5);

    std::printf("20 of 500 (goal: 300 us): ");
    std::printf("by labels, five each, %.0f us; ",
                median_us([&] { return diverse(scores, LabelSimilarity(labels), kList).size(); }));
    std::printf("by vectors of 64, %.0f us; ", median_us([&] {
                    return diverse(scores, VectorSimilarity(vectors, 64), kList).size();
                }));
    std::printf("calibrated to 20 categories, %.0f us\n",
                median_us([&] { return calibrated(scores, labels, person, kList).size(); }));
    std::printf("2 places of exploration among 500: %.0f us\n", median_us([&] {
                    return explore(*exploration_chances(weights, 2, 0.001), 2, 7).size();
                }));
}

}  // namespace
}  // namespace attune::learn

int main() { attune::learn::run(); }
