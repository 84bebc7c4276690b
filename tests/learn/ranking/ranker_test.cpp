#include "learn/ranking/ranker.h"

#include "learn/ranking/lambdas.h"
#include "learn/recommend/model_file.h"

#include <gtest/gtest.h>

#include <xgboost/c_api.h>
#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <numeric>
#include <random>

namespace attune::learn {
namespace {

constexpr std::uint32_t kFeatures = 4;
constexpr std::size_t kShown = 8;

const std::vector<std::string> kNames{"source:ials", "price-fit", "noise", "age"};

struct World {
    PositionBias bias{{1, 0.6, 0.45, 0.35, 0.3, 0.25, 0.2, 0.2}};
    RankingLog log;
    std::vector<float> appeal;  // of each row: what a good ranker finds
};

// What people like depends on two features together and is none of the order it was shown in, which follows the third.
World world(std::size_t decisions, std::uint32_t seed) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<float> uniform(0, 1);
    World out;
    out.log.features = kFeatures;
    for (std::size_t d = 0; d < decisions; ++d) {
        std::vector<std::array<float, kFeatures>> items(kShown);
        for (auto& item : items) {
            for (float& value : item) value = uniform(engine);
            if (engine() % 5 == 0) item[3] = std::numeric_limits<float>::quiet_NaN();
        }
        std::ranges::sort(items, std::greater{}, [](const auto& item) { return item[2]; });
        for (std::size_t k = 0; k < kShown; ++k) {
            const auto& item = items[k];
            const float appeal = item[1] > 0.5F ? 0.6F * item[0] : 0.05F;
            const bool is_clicked = uniform(engine) < out.bias.chance(k) * appeal;
            out.log.rows.insert(out.log.rows.end(), item.begin(), item.end());
            out.log.gains.push_back(is_clicked ? 1 : 0);
            out.log.positions.push_back(static_cast<std::uint16_t>(k));
            out.appeal.push_back(appeal);
        }
        out.log.ends.push_back(static_cast<std::uint32_t>(out.log.gains.size()));
    }
    return out;
}

RankerOptions quick() {
    return {.trees_max = 60, .learning_rate = 0.2, .depth = 3, .decisions_min = 100};
}

LearnedRanker learned(const World& from, const PositionBias& bias, Training training = {}) {
    auto made = learn_ranker(from.log, kNames, bias, quick(), training);
    EXPECT_TRUE(made) << made.error().message;
    return *std::move(made);
}

// How near the ranker's order is to that by what people really like.
double truth_of(const Ranker& ranker, World& fresh) {
    std::vector<float> scores(fresh.appeal.size());
    ranker.score(fresh.log.rows, scores);
    fresh.log.gains = fresh.appeal;
    return ndcg(fresh.log, scores, {}, 3);
}

std::string saved(const Ranker& ranker) {
    ModelWriter writer("ranker", 1);
    ranker.save(writer);
    return std::move(writer).finish();
}

TEST(Ranker, OrdersByWhatPeopleLikeWhateverTheOrderTheyWereShown) {
    const World lesson = world(1'500, 51);
    const LearnedRanker made = learned(lesson, lesson.bias);
    EXPECT_GT(made.quality.after, made.quality.before + 0.1);
    EXPECT_GT(made.quality.trees, 0U);
    EXPECT_EQ(made.ranker.trees().size(), made.quality.trees);
    World fresh = world(300, 52);
    EXPECT_GT(truth_of(made.ranker, fresh), 0.93);
}

// Without it, the feature that decided the order looks like what people want.
TEST(Ranker, IsBetterForTheCorrectionOfPositions) {
    const World lesson = world(1'500, 53);
    World fresh = world(300, 54);
    const double with = truth_of(learned(lesson, lesson.bias).ranker, fresh);
    const double without = truth_of(learned(lesson, {}).ranker, fresh);
    EXPECT_GT(with, without);
}

// XGBoost's own rank:ndcg from the same decisions, as deep and as slow: the order it gives to others.
std::vector<float> order_of_xgboost(const RankingLog& lesson, const RankingLog& exam) {
    DMatrixHandle rows[2] = {};
    BoosterHandle booster = nullptr;
    for (const RankingLog* log : {&lesson, &exam}) {
        DMatrixHandle& made = rows[log == &exam ? 1 : 0];
        EXPECT_EQ(XGDMatrixCreateFromMat(log->rows.data(), log->gains.size(), kFeatures,
                                         std::numeric_limits<float>::quiet_NaN(), &made),
                  0);
        std::vector<unsigned> sizes;
        for (std::size_t d = 0; d < log->decisions(); ++d)
            sizes.push_back(static_cast<unsigned>(log->ends[d] - log->begin_of(d)));
        EXPECT_EQ(XGDMatrixSetFloatInfo(made, "label", log->gains.data(), log->gains.size()), 0);
        EXPECT_EQ(XGDMatrixSetUIntInfo(made, "group", sizes.data(), sizes.size()), 0);
    }
    EXPECT_EQ(XGBoosterCreate(rows, 1, &booster), 0);
    const std::pair<const char*, const char*> parameters[] = {
        {"objective", "rank:ndcg"}, {"tree_method", "hist"}, {"eta", "0.2"},
        {"max_depth", "3"},         {"lambda", "2"},         {"nthread", "1"},
        {"verbosity", "0"}};
    for (const auto& [name, value] : parameters)
        EXPECT_EQ(XGBoosterSetParam(booster, name, value), 0);
    for (int tree = 0; tree < 40; ++tree)
        EXPECT_EQ(XGBoosterUpdateOneIter(booster, tree, rows[0]), 0);
    bst_ulong count = 0;
    const float* scores = nullptr;
    EXPECT_EQ(XGBoosterPredict(booster, rows[1], 1, 0, 0, &count, &scores), 0);
    std::vector<float> out(scores, scores + count);
    XGBoosterFree(booster);
    for (DMatrixHandle handle : rows) XGDMatrixFree(handle);
    return out;
}

TEST(Ranker, IsAsGoodAsXgboostsWherePositionsDoNotMatter) {
    World lesson = world(1'500, 60);
    std::mt19937 engine(61);  // NOLINT(bugprone-random-generator-seed): replays
    std::uniform_real_distribution<float> uniform(0, 1);
    for (std::size_t i = 0; i < lesson.appeal.size(); ++i)
        lesson.log.gains[i] = uniform(engine) < lesson.appeal[i] ? 1 : 0;
    World fresh = world(300, 62);
    const double ours = truth_of(learned(lesson, {}).ranker, fresh);
    const double theirs = ndcg(fresh.log, order_of_xgboost(lesson.log, fresh.log), {}, 3);
    std::cout << "NDCG@3 by what people like: " << ours << ", XGBoost's rank:ndcg " << theirs
              << "\n";
    EXPECT_GT(ours, theirs - 0.01);
}

TEST(Ranker, IsTheSameForAnyNumberOfThreads) {
    const World lesson = world(300, 55);
    const auto one = learned(lesson, lesson.bias, {.seed = 7});
    const auto three = learned(lesson, lesson.bias, {.seed = 7, .threads = 3});
    EXPECT_EQ(saved(one.ranker), saved(three.ranker));
    EXPECT_EQ(one.quality.after, three.quality.after);
}

TEST(Ranker, IsReadBackAsItWasSaved) {
    const World lesson = world(300, 56);
    const Ranker ranker = learned(lesson, lesson.bias).ranker;
    const std::string bytes = saved(ranker);
    const auto reader = ModelReader::open(bytes);
    ASSERT_TRUE(reader);
    const auto loaded = Ranker::load(*reader);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->names(), kNames);
    EXPECT_EQ(saved(*loaded), bytes);
    const std::string empty = ModelWriter("ranker", 1).finish();
    EXPECT_FALSE(Ranker::load(*ModelReader::open(empty)));
}

TEST(Ranker, SaysWhyItCannotLearn) {
    const World few = world(50, 57);
    const auto too_few = learn_ranker(few.log, kNames, {}, quick(), {});
    ASSERT_FALSE(too_few);
    EXPECT_EQ(too_few.error().code, Code::failed_precondition);

    const World enough = world(400, 58);
    const auto unnamed = learn_ranker(enough.log, {"one"}, {}, quick(), {});
    ASSERT_FALSE(unnamed);
    EXPECT_EQ(unnamed.error().code, Code::invalid_argument);

    RankerOptions small = quick();
    small.bytes_max = 1'000;
    const auto too_large = learn_ranker(enough.log, kNames, {}, small, {});
    ASSERT_FALSE(too_large);
    EXPECT_EQ(too_large.error().code, Code::resource_exhausted);

    RankerOptions blind = quick();
    blind.held_out = 0;
    const auto untested = learn_ranker(enough.log, kNames, {}, blind, {});
    ASSERT_FALSE(untested);
    EXPECT_EQ(untested.error().code, Code::invalid_argument);

    // All clicks are old: nothing tells what to do now.
    World faded = world(400, 58);
    std::fill(faded.log.gains.begin() + 300 * kShown, faded.log.gains.end(), 0.0F);
    const auto stale = learn_ranker(faded.log, kNames, {}, quick(), {});
    ASSERT_FALSE(stale);
    EXPECT_EQ(stale.error().code, Code::failed_precondition);

    std::stop_source stop;
    stop.request_stop();
    const auto stopped = learn_ranker(enough.log, kNames, {}, quick(), {.stop = stop.get_token()});
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Code::cancelled);
}

TEST(Lambdas, PullUpWhatEarnedAndPushDownTheRest) {
    const RankingLog log{
        .features = 1, .rows = {0, 0, 0}, .gains = {0, 0, 1}, .positions = {0, 1, 2}, .ends = {3}};
    Gradients out{.first = std::vector<float>(3), .second = std::vector<float>(3)};
    write_lambdas(log, {}, std::vector<float>(3), 0, 1, out);
    // All at zero: each pair's rho is a half, and what an exchange of ranks would change differs.
    const double above = 0.5 * (1 - 1 / std::log2(4));
    const double next = 0.5 * (1 / std::log2(3) - 1 / std::log2(4));
    EXPECT_NEAR(out.first[0], above, 1e-6);
    EXPECT_NEAR(out.first[1], next, 1e-6);
    EXPECT_NEAR(out.first[2], -(above + next), 1e-6);
    EXPECT_NEAR(out.second[2], (above + next) / 2, 1e-6);
    // Twice as improbable to be looked at: twice the pull.
    Gradients twice = out;
    write_lambdas(log, {{1, 1, 0.5}}, std::vector<float>(3), 0, 1, twice);
    EXPECT_NEAR(twice.first[2], 2 * out.first[2], 1e-5);
}

TEST(Lambdas, OfADecisionSumToNothingAndLieOnAGrid) {
    const World from = world(40, 59);
    std::vector<float> scores(from.log.gains.size());
    std::iota(scores.begin(), scores.end(), 0.0F);
    for (float& score : scores) score = std::sin(score);
    Gradients out{.first = std::vector<float>(scores.size()),
                  .second = std::vector<float>(scores.size())};
    write_lambdas(from.log, from.bias, scores, 0, from.log.decisions(), out);
    for (std::size_t d = 0; d < from.log.decisions(); ++d) {
        double sum = 0;
        for (std::size_t i = from.log.begin_of(d); i < from.log.ends[d]; ++i) {
            sum += out.first[i];
            EXPECT_EQ(out.first[i] * 0x1p20F, std::round(out.first[i] * 0x1p20F));
            EXPECT_GE(out.second[i], 0);
        }
        EXPECT_NEAR(sum, 0, 1e-5);
    }
}

}  // namespace
}  // namespace attune::learn
