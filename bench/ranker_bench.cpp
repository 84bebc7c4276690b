// What ordering 500 candidates costs: 30 features, 200 trees, against XGBoost's own prediction of the same model, in the same run;
// and what learning such a ranker from 5,000 decisions takes.
#include "learn/ranking/booster.h"
#include "learn/ranking/ranker.h"
#include "learn/ranking/xgboost_model.h"

#include <xgboost/c_api.h>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <random>

namespace attune::learn {
namespace {

using Watch = std::chrono::steady_clock;
constexpr std::uint32_t kFeatures = 30;
constexpr std::size_t kCandidates = 500;
constexpr std::size_t kTrees = 200;

double median_us(const std::function<void()>& work) {
    std::vector<double> times;
    for (int i = 0; i < 301; ++i) {
        const auto start = Watch::now();
        work();
        times.push_back(std::chrono::duration<double, std::micro>(Watch::now() - start).count());
    }
    std::ranges::sort(times);
    return times[times.size() / 2];
}

std::vector<float> rows_of(std::size_t count, std::mt19937& engine) {
    std::normal_distribution<float> normal;
    std::vector<float> rows(count * kFeatures);
    for (float& value : rows)
        value = engine() % 8 == 0 ? std::numeric_limits<float>::quiet_NaN() : normal(engine);
    return rows;
}

std::string grown(std::mt19937& engine) {
    constexpr std::size_t kRows = 6'000;
    const auto rows = rows_of(kRows, engine);
    auto booster = Booster::of(rows, kFeatures, {.depth = 6});
    std::vector<float> scores(kRows);
    std::vector<float> first(kRows);
    const std::vector<float> second(kRows, 1);
    for (std::size_t tree = 0; tree < kTrees; ++tree) {
        for (std::size_t i = 0; i < kRows; ++i) {
            const float* row = rows.data() + i * kFeatures;
            float target = 0;
            for (std::size_t f = 0; f + 1 < kFeatures; ++f)
                if (!std::isnan(row[f] * row[f + 1])) target += std::sin(row[f] * row[f + 1]);
            first[i] = scores[i] - target;
        }
        if (!booster->grow(first, second) || !booster->score(scores)) return {};
    }
    return booster->save().value();
}

void run_serving() {
    std::mt19937 engine(7);  // NOLINT(bugprone-random-generator-seed): replays
    const std::string json = grown(engine);
    const auto trees = trees_of_xgboost(json);
    const auto rows = rows_of(kCandidates, engine);
    std::vector<float> scores(kCandidates);
    const double ours = median_us([&] { trees->score(rows, scores); });

    BoosterHandle booster = nullptr;
    DMatrixHandle proxy = nullptr;
    XGBoosterCreate(nullptr, 0, &booster);
    XGBoosterLoadModelFromBuffer(booster, json.data(), json.size());
    XGBoosterSetParam(booster, "nthread", "1");
    XGProxyDMatrixCreate(&proxy);
    const std::string array = R"({"data": [)" +
                              std::to_string(reinterpret_cast<std::uintptr_t>(rows.data())) +
                              R"(, true], "shape": [500, 30], "typestr": "<f4", "version": 3})";
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* theirs = nullptr;
    const double xgboost = median_us([&] {
        XGBoosterPredictFromDense(
            booster, array.c_str(),
            R"({"type": 1, "iteration_begin": 0, "iteration_end": 0, "missing": NaN, "strict_shape": false, "cache_id": 0})",
            proxy, &shape, &dimensions, &theirs);
    });
    double difference = 0;
    for (std::size_t i = 0; i < kCandidates; ++i)
        difference = std::max(difference, std::abs(double{scores[i]} - theirs[i]));
    XGDMatrixFree(proxy);
    XGBoosterFree(booster);

    std::vector<float> why(kFeatures);
    const double explained =
        median_us([&] { (void)trees->explain(std::span(rows).first(kFeatures), why); });
    std::printf(
        "500 candidates x 30 features x %zu trees (%zu KB): %.0f us (goal: well under 1,000); "
        "XGBoost "
        "%.0f us; largest difference %.1e\n",
        trees->size(), trees->bytes() / 1024, ours, xgboost, difference);
    std::printf("why one of them: %.1f us\n", explained);
}

void run_learning() {
    constexpr std::size_t kDecisions = 5'000;
    constexpr std::size_t kShown = 20;
    std::mt19937 engine(8);  // NOLINT(bugprone-random-generator-seed): replays
    RankingLog log{.features = kFeatures};
    log.rows = rows_of(kDecisions * kShown, engine);
    std::uniform_real_distribution<float> uniform(0, 1);
    for (std::size_t i = 0; i < kDecisions * kShown; ++i) {
        const float* row = log.rows.data() + i * kFeatures;
        const float appeal = row[0] > 0.5F && row[1] < 0.5F ? 0.3F : 0.03F;
        log.gains.push_back(uniform(engine) < appeal / (1 + static_cast<float>(i % kShown)) ? 1
                                                                                            : 0);
        log.positions.push_back(static_cast<std::uint16_t>(i % kShown));
        if (i % kShown == kShown - 1) log.ends.push_back(static_cast<std::uint32_t>(i + 1));
    }
    PositionBias bias;
    for (std::size_t k = 0; k < kShown; ++k)
        bias.chances.push_back(1 / (1 + static_cast<double>(k)));
    std::vector<std::string> names;
    for (std::size_t f = 0; f < kFeatures; ++f) names.push_back("f" + std::to_string(f));
    const auto start = Watch::now();
    const auto made = learn_ranker(log, names, bias, {}, {});
    const double seconds = std::chrono::duration<double>(Watch::now() - start).count();
    if (!made)
        std::printf("not learned: %s\n", made.error().message.c_str());
    else
        std::printf(
            "learning from %zu decisions of 20: %.1f s, %zu trees, NDCG@10 %.4f as shown, %.4f "
            "ranked\n",
            kDecisions, seconds, made->quality.trees, made->quality.before, made->quality.after);
}

}  // namespace
}  // namespace attune::learn

int main() {
    attune::learn::run_serving();
    attune::learn::run_learning();
}
