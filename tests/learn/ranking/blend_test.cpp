#include "learn/ranking/blend.h"

#include "learn/recommend/model_file.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace attune::learn {
namespace {

constexpr float kSilent = std::numeric_limits<float>::quiet_NaN();

SourceBlend blend_of(std::vector<std::string> sources, BlendOptions options = {}) {
    auto blend = SourceBlend::of(std::move(sources), options);
    EXPECT_TRUE(blend) << blend.error().message;
    return *std::move(blend);
}

std::string saved(const SourceBlend& blend) {
    ModelWriter writer("blend", 1);
    blend.save(writer);
    return std::move(writer).finish();
}

double sum_of(const SourceBlend& blend) {
    return std::accumulate(blend.weights().begin(), blend.weights().end(), 0.0);
}

// Decisions of ten in which only the second of three sources knows what is clicked.
void teach(SourceBlend& blend, int decisions, std::uint32_t seed) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<float> uniform(0, 1);
    for (int d = 0; d < decisions; ++d) {
        std::vector<float> rows;
        std::vector<float> gains;
        for (int i = 0; i < 10; ++i) {
            const float knows = uniform(engine);
            rows.insert(rows.end(), {uniform(engine), knows, uniform(engine)});
            gains.push_back(uniform(engine) < 0.3F * knows * knows ? 1 : 0);
        }
        blend.learn({.rows = rows, .gains = gains});
    }
}

TEST(SourceBlend, BeginsWithAllSourcesAlikeAndPassesOverTheSilent) {
    const SourceBlend blend = blend_of({"a", "b"});
    std::vector<float> scores(3);
    blend.score(std::vector<float>{1, 0, 1, kSilent, 7, -2}, scores);
    EXPECT_EQ(scores, (std::vector<float>{0.5F, 0.5F, 0.5F}));
    std::vector<float> parts(2);
    blend.explain(std::vector<float>{0.5F, kSilent}, parts);
    EXPECT_EQ(parts, (std::vector<float>{0.25F, 0}));
}

TEST(SourceBlend, MovesToTheSourceThatKnows) {
    SourceBlend blend = blend_of({"a", "knows", "c"});
    teach(blend, 400, 61);
    EXPECT_GT(blend.weights()[1], 0.8);
    EXPECT_GE(blend.weights()[0], 0.02);
    EXPECT_GE(blend.weights()[2], 0.02);
    EXPECT_NEAR(sum_of(blend), 1, 1e-12);
}

TEST(SourceBlend, LearnsNothingFromWhatTellsNothingApart) {
    SourceBlend blend = blend_of({"a", "b"});
    const std::string before = saved(blend);
    blend.learn({.rows = std::vector<float>{1, 0, 0, 1}, .gains = std::vector<float>{0, 0}});
    blend.learn({.rows = std::vector<float>{1, 0, 0, 1}, .gains = std::vector<float>{1, 1}});
    blend.learn({.rows = {}, .gains = {}});
    EXPECT_EQ(saved(blend), before);
}

TEST(SourceBlend, LearnsLessFromEachLaterDecision) {
    SourceBlend blend = blend_of({"a", "b"}, {.floor = 0});
    const std::vector<float> rows{1, 0, 0, 1};
    const std::vector<float> gains{1, 0};
    blend.learn({.rows = rows, .gains = gains});
    // At equal weights: slope −4 · ½ · (1, −1), rate 0.5.
    EXPECT_NEAR(blend.weights()[0], 1 / (1 + std::exp(-2.0)), 1e-12);
    SourceBlend other = blend_of({"a", "b"}, {.floor = 0});
    teach(blend, 0, 1);
    for (int i = 0; i < 100; ++i)
        other.learn({.rows = rows, .gains = i % 2 == 0 ? gains : std::vector<float>{0, 1}});
    const double before = other.weights()[0];
    other.learn({.rows = rows, .gains = gains});
    EXPECT_LT(std::abs(other.weights()[0] - before), 0.06);
}

TEST(SourceBlend, CountsAClickFurtherDownForMore) {
    // The first was clicked above, the second below: equal but for where they stood.
    const std::vector<float> rows{1, 0, 0, 1, 0, 0};
    const std::vector<float> gains{1, 1, 0};
    SourceBlend even = blend_of({"a", "b"});
    even.learn({.rows = rows, .gains = gains});
    EXPECT_NEAR(even.weights()[0], 0.5, 1e-12);
    SourceBlend corrected = blend_of({"a", "b"});
    corrected.learn({.rows = rows, .gains = gains, .chances = std::vector<double>{1, 0.5, 0.4}});
    EXPECT_GT(corrected.weights()[1], corrected.weights()[0]);
}

RC_GTEST_PROP(SourceBlend, KeepsItsWeightsAMix, ()) {
    const auto sources = *rc::gen::inRange<std::size_t>(1, 6);
    std::vector<std::string> names;
    for (std::size_t k = 0; k < sources; ++k) names.push_back(std::to_string(k));
    SourceBlend blend = blend_of(names, {.rate = 50, .floor = 0.01, .sharpness = 100});
    const auto decisions = *rc::gen::inRange(0, 30);
    for (int d = 0; d < decisions; ++d) {
        const auto rows =
            *rc::gen::container<std::vector<int>>(sources * 4, rc::gen::inRange(0, 11));
        const auto gains = *rc::gen::container<std::vector<int>>(4, rc::gen::inRange(0, 3));
        std::vector<float> values;
        for (const int value : rows) values.push_back(static_cast<float>(value) / 10);
        blend.learn({.rows = values, .gains = std::vector<float>(gains.begin(), gains.end())});
        RC_ASSERT(std::abs(sum_of(blend) - 1) < 1e-9);
        for (const double weight : blend.weights()) RC_ASSERT(weight >= 0.0099);
    }
}

TEST(SourceBlend, IsTheSameForTheSameDecisionsAndIsReadBack) {
    SourceBlend one = blend_of({"a", "knows", "c"});
    SourceBlend two = blend_of({"a", "knows", "c"});
    teach(one, 50, 62);
    teach(two, 50, 62);
    const std::string bytes = saved(one);
    EXPECT_EQ(bytes, saved(two));
    auto loaded = SourceBlend::load(*ModelReader::open(bytes));
    ASSERT_TRUE(loaded) << loaded.error().message;
    teach(one, 50, 63);
    teach(*loaded, 50, 63);
    EXPECT_EQ(saved(one), saved(*loaded));
    EXPECT_EQ(loaded->decisions(), one.decisions());
}

TEST(SourceBlend, RefusesWhatIsNone) {
    EXPECT_FALSE(SourceBlend::of({}));
    EXPECT_FALSE(SourceBlend::of({"a", "a"}));
    EXPECT_FALSE(SourceBlend::of({"a\n"}));
    EXPECT_FALSE(SourceBlend::of({"a", "b"}, {.floor = 0.5}));
    EXPECT_FALSE(SourceBlend::of({"a"}, {.rate = 0}));
    ModelWriter writer("blend", 1);
    writer.put("sources", std::string_view("a\nb\n"));
    writer.put("options", std::vector<double>{0.5, 0.02, 4});
    writer.put("weights", std::vector<double>{0.9, 0.9});
    writer.put("decisions", std::uint64_t{3});
    const std::string bytes = std::move(writer).finish();
    const auto loaded = SourceBlend::load(*ModelReader::open(bytes));
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Code::data_loss);
}

TEST(ToUnit, ComparesWhatASourceFound) {
    std::vector<float> scores{-3, kSilent, 1, -1};
    to_unit(scores);
    EXPECT_FLOAT_EQ(scores[0], 0.1F);
    EXPECT_TRUE(std::isnan(scores[1]));
    EXPECT_FLOAT_EQ(scores[2], 1);
    EXPECT_FLOAT_EQ(scores[3], 0.55F);
    std::vector<float> alike{5, 5};
    to_unit(alike);
    EXPECT_EQ(alike, (std::vector<float>{1, 1}));
}

}  // namespace
}  // namespace attune::learn
