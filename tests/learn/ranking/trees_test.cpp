#include "learn/ranking/trees.h"

#include "learn/ranking/booster.h"
#include "learn/ranking/xgboost_model.h"
#include "learn/recommend/model_file.h"

#include <gtest/gtest.h>

#include <xgboost/c_api.h>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace attune::learn {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

// Asks for feature 0 first, then for feature 1 on the right.
GivenTree small_tree() {
    return {{.feature = 0, .split = 1, .is_missing_left = true, .left = 1, .right = 2},
            {.value = -1, .cover = 6},
            {.feature = 1, .split = 5, .is_missing_left = false, .left = 3, .right = 4, .cover = 4},
            {.value = 2, .cover = 1},
            {.value = 4, .cover = 3}};
}

float score_of(const Trees& trees, std::vector<float> row) {
    float score = 0;
    trees.score(row, {&score, 1});
    return score;
}

Trees trees_of(std::uint32_t features, float base, const std::vector<GivenTree>& given) {
    auto trees = Trees::of(features, base, given);
    EXPECT_TRUE(trees) << trees.error().message;
    return *std::move(trees);
}

TEST(Trees, SendLessToTheLeftAndWhatIsMissingWhereTheySay) {
    const Trees trees = trees_of(2, 10, {small_tree(), {{.value = 0.5F}}});
    const float infinite = std::numeric_limits<float>::infinity();
    EXPECT_EQ(score_of(trees, {0.99F, 0}), 9.5F);
    EXPECT_EQ(score_of(trees, {1, 0}), 12.5F);
    EXPECT_EQ(score_of(trees, {1, 5}), 14.5F);
    EXPECT_EQ(score_of(trees, {kMissing, 5}), 9.5F);
    EXPECT_EQ(score_of(trees, {2, kMissing}), 14.5F);
    EXPECT_EQ(score_of(trees, {-infinite, infinite}), 9.5F);
    EXPECT_EQ(score_of(trees, {infinite, -infinite}), 12.5F);
}

TEST(Trees, ExplainWhatEachFeatureChangedFromTheMean) {
    const Trees trees = trees_of(2, 10, {small_tree()});
    std::vector<float> why(2);
    // The mean of all is (6·−1 + 1·2 + 3·4) / 10 = 0.8, that of the right half 3.5.
    EXPECT_FLOAT_EQ(trees.explain(std::vector<float>{2, 9}, why), 10.8F);
    EXPECT_FLOAT_EQ(why[0], 2.7F);
    EXPECT_FLOAT_EQ(why[1], 0.5F);
}

TEST(Trees, RefuseWhatIsNoTree) {
    const auto refused = [](GivenTree tree) {
        const auto trees = Trees::of(2, 0, std::vector<GivenTree>{std::move(tree)});
        return !trees && trees.error().code == Code::invalid_argument;
    };
    EXPECT_TRUE(refused({}));
    const auto with = [](auto change) {
        GivenTree tree = small_tree();
        change(tree);
        return tree;
    };
    EXPECT_TRUE(refused(with([](GivenTree& t) { t[2].left = 0; })));   // back to the root
    EXPECT_TRUE(refused(with([](GivenTree& t) { t[2].left = 1; })));   // another's child
    EXPECT_TRUE(refused(with([](GivenTree& t) { t[2].right = 9; })));  // nowhere
    EXPECT_TRUE(refused(with([](GivenTree& t) { t[0].feature = 2; })));
    EXPECT_TRUE(refused(with([](GivenTree& t) { t[0].split = kMissing; })));
    EXPECT_TRUE(refused(with([](GivenTree& t) { t[1].value = kMissing; })));
    EXPECT_TRUE(refused(with([](GivenTree& t) { t[1].cover = -1; })));
    EXPECT_TRUE(refused(with([](GivenTree& t) { t.push_back({.value = 1}); })));  // an orphan
    EXPECT_FALSE(refused(small_tree()));
    GivenTree deep;
    for (std::uint32_t i = 0; i < 2 * Trees::kDepthMax + 4; i += 2) {
        deep.push_back({.feature = 0, .split = 1, .left = i + 1, .right = i + 2});
        deep.push_back({.value = 1});
    }
    deep.push_back({.value = 1});
    EXPECT_TRUE(refused(deep));
    EXPECT_FALSE(Trees::of(0, 0, {}));
    EXPECT_FALSE(Trees::of(1, kMissing, {}));
}

// A model that XGBoost has learned from noise with holes, and its own predictions.
struct Grown {
    static constexpr std::uint32_t kFeatures = 9;
    static constexpr std::size_t kRows = 700;

    explicit Grown(unsigned threads) {
        std::mt19937 engine(31);  // NOLINT(bugprone-random-generator-seed): replays
        std::normal_distribution<float> normal;
        rows.resize(kRows * kFeatures);
        for (float& value : rows) value = engine() % 6 == 0 ? kMissing : normal(engine);
        auto made = Booster::of(rows, kFeatures, {.depth = 6, .threads = threads});
        EXPECT_TRUE(made);
        std::vector<float> first(kRows);
        std::vector<float> second(kRows, 1);
        scores.resize(kRows);
        for (int tree = 0; tree < 60; ++tree) {
            for (std::size_t i = 0; i < kRows; ++i) {
                const float a = rows[i * kFeatures];
                const float b = rows[i * kFeatures + 1];
                const float target = (std::isnan(a) ? 0.3F : a) * (std::isnan(b) ? -1 : b);
                first[i] = std::round((scores[i] - target) * 0x1p20F) * 0x1p-20F;
            }
            EXPECT_TRUE(made->grow(first, second));
            EXPECT_TRUE(made->score(scores));
        }
        json = made->save().value();
    }

    std::vector<float> rows;
    std::vector<float> scores;
    std::string json;
};

// What XGBoost itself says of rows: margins, or contributions by Saabas's method.
std::vector<float> asked(const Grown& grown, const char* config) {
    DMatrixHandle rows = nullptr;
    BoosterHandle booster = nullptr;
    EXPECT_EQ(
        XGDMatrixCreateFromMat(grown.rows.data(), Grown::kRows, Grown::kFeatures, kMissing, &rows),
        0);
    EXPECT_EQ(XGBoosterCreate(nullptr, 0, &booster), 0);
    EXPECT_EQ(XGBoosterLoadModelFromBuffer(booster, grown.json.data(), grown.json.size()), 0);
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* values = nullptr;
    EXPECT_EQ(XGBoosterPredictFromDMatrix(booster, rows, config, &shape, &dimensions, &values), 0);
    const std::size_t size =
        std::accumulate(shape, shape + dimensions, std::size_t{1}, std::multiplies<>());
    std::vector<float> out(values, values + size);
    XGBoosterFree(booster);
    XGDMatrixFree(rows);
    return out;
}

TEST(TreesOfXgboost, ScoreAsXgboostDoes) {
    const Grown grown(1);
    const auto trees = trees_of_xgboost(grown.json);
    ASSERT_TRUE(trees) << trees.error().message;
    EXPECT_EQ(trees->size(), 60U);
    const auto expected = asked(
        grown,
        R"({"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false})");
    std::vector<float> scores(Grown::kRows);
    trees->score(grown.rows, scores);
    for (std::size_t i = 0; i < scores.size(); ++i) EXPECT_NEAR(scores[i], expected[i], 1e-6);
    // A few rows alone are scored as among all.
    std::vector<float> few(3);
    trees->score(std::span(grown.rows).first(few.size() * Grown::kFeatures), few);
    for (std::size_t i = 0; i < few.size(); ++i) EXPECT_EQ(few[i], scores[i]);
}

TEST(TreesOfXgboost, ExplainAsXgboostDoesAndAddUpToTheScore) {
    const Grown grown(1);
    const auto trees = trees_of_xgboost(grown.json);
    ASSERT_TRUE(trees);
    const auto expected = asked(
        grown,
        R"({"type": 3, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false})");
    ASSERT_EQ(expected.size(), Grown::kRows * (Grown::kFeatures + 1));
    std::vector<float> why(Grown::kFeatures);
    for (std::size_t i = 0; i < Grown::kRows; ++i) {
        const auto row = std::span(grown.rows).subspan(i * Grown::kFeatures, Grown::kFeatures);
        const float everybody = trees->explain(row, why);
        for (std::size_t f = 0; f < Grown::kFeatures; ++f)
            EXPECT_NEAR(why[f], expected[i * (Grown::kFeatures + 1) + f], 2e-5);
        EXPECT_NEAR(everybody + std::accumulate(why.begin(), why.end(), 0.0F),
                    score_of(*trees, {row.begin(), row.end()}), 1e-5);
    }
}

TEST(TreesOfXgboost, AreTheSameForAnyNumberOfThreads) { EXPECT_EQ(Grown(1).json, Grown(3).json); }

TEST(TreesOfXgboost, RefuseWhatIsNoModel) {
    for (const std::string_view text :
         {"", "[]", "{}", R"({"learner": {}})",
          R"({"learner": {"learner_model_param": {"base_score": "x", "num_feature": "2"}}})",
          R"({"learner": {"learner_model_param": {"base_score": "0", "num_feature": "2"},
              "gradient_booster": {"model": {"trees": [{}]}}}})"}) {
        const auto trees = trees_of_xgboost(text);
        ASSERT_FALSE(trees);
        EXPECT_EQ(trees.error().code, Code::invalid_argument) << text;
    }
}

TEST(Trees, AreReadBackAsTheyWereSaved) {
    const Trees trees = *trees_of_xgboost(Grown(1).json);
    ModelWriter writer("trees", 1);
    trees.save(writer);
    const std::string bytes = std::move(writer).finish();
    const auto reader = ModelReader::open(bytes);
    ASSERT_TRUE(reader);
    const auto loaded = Trees::load(*reader);
    ASSERT_TRUE(loaded) << loaded.error().message;
    const Grown grown(1);
    std::vector<float> before(Grown::kRows);
    std::vector<float> after(Grown::kRows);
    trees.score(grown.rows, before);
    loaded->score(grown.rows, after);
    EXPECT_EQ(before, after);
    ModelWriter again("trees", 1);
    loaded->save(again);
    EXPECT_EQ(bytes, std::move(again).finish());
}

// Nodes from anywhere never lead outside, nor in circles.
TEST(Trees, LoadNoNodesThatLeadAstray) {
    struct Bytes {
        float split;
        float value;
        std::uint32_t left;
        std::uint32_t place;
    };
    const auto load = [](std::vector<Bytes> nodes, std::uint32_t root) {
        ModelWriter writer("trees", 1);
        writer.put("trees.features", std::uint32_t{2});
        writer.put("trees.base", 0.0F);
        writer.put("trees.nodes", nodes);
        writer.put("trees.roots", std::vector<std::array<std::uint32_t, 2>>{{root, 3}});
        const std::string bytes = std::move(writer).finish();
        return Trees::load(*ModelReader::open(bytes)).has_value();
    };
    const Bytes leaf1{kMissing, 1, 1, 0};
    const Bytes leaf2{kMissing, 2, 2, 0};
    const Bytes fork{0.5F, 1.5F, 1, 3};
    EXPECT_TRUE(load({fork, leaf1, leaf2}, 0));
    EXPECT_FALSE(load({fork, leaf1, leaf2}, 3));
    EXPECT_FALSE(load({fork, leaf1, leaf2}, 2));  // a leaf has no depth
    EXPECT_FALSE(load({fork, leaf1}, 0));
    EXPECT_FALSE(load({fork, leaf1, leaf1}, 0));
    EXPECT_FALSE(load({{0.5F, 1.5F, 0, 3}, leaf1, leaf2}, 0));
    EXPECT_FALSE(load({{0.5F, 1.5F, 1, 4}, leaf1, leaf2}, 0));
    EXPECT_FALSE(load({{0.5F, kMissing, 1, 3}, leaf1, leaf2}, 0));
}

}  // namespace
}  // namespace attune::learn
