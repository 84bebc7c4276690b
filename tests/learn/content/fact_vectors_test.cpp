#include "learn/content/fact_vectors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace attune::learn {
namespace {

double cosine(const FactVectors& vectors, std::size_t a, std::size_t b) {
    double out = 0;
    const auto left = vectors.terms.columns_of(a);
    const auto right = vectors.terms.columns_of(b);
    for (std::size_t i = 0; i < left.size(); ++i)
        for (std::size_t j = 0; j < right.size(); ++j)
            if (left[i] == right[j])
                out += static_cast<double>(vectors.terms.values_of(a)[i]) *
                       vectors.terms.values_of(b)[j];
    for (std::size_t i = 0; i < vectors.dimensions; ++i)
        out += static_cast<double>(vectors.embeddings[a * vectors.dimensions + i]) *
               vectors.embeddings[b * vectors.dimensions + i];
    return out;
}

// Of three items two are red: log(1 + 3/2) is what red weighs, log(1 + 3/1) what blue and big do.
TEST(FactVectors, WeighLabelsByTheirRarityAsByHand) {
    const ItemFacts facts{{.labels = {"red", "big"}}, {.labels = {"red"}}, {.labels = {"blue"}}};
    const FactVectors vectors = fact_vectors(facts, {});
    const double red = std::log(2.5);
    const double big = std::log(4.0);
    EXPECT_NEAR(cosine(vectors, 0, 1), red / std::hypot(red, big), 1e-6);
    EXPECT_NEAR(cosine(vectors, 1, 2), 0, 1e-6);
    EXPECT_EQ(vectors.labels.size(), 3U);
}

TEST(FactVectors, HaveLengthOneWhateverIsKnown) {
    const ItemFacts facts{{.text = "a puzzle with dragons", .labels = {"game"}, .price = 10},
                          {.text = "dragons", .embedding = {1, 2}},
                          {.price = 20, .numbers = {{"pages", 320}}},
                          {}};
    const FactVectors vectors = fact_vectors(facts, {});
    for (std::size_t item = 0; item < 3; ++item)
        EXPECT_NEAR(cosine(vectors, item, item), 1, 1e-5) << item;
    EXPECT_EQ(cosine(vectors, 3, 3), 0);
}

TEST(FactVectors, PutNearNumbersTogetherWhereverABorderLies) {
    ItemFacts facts(100);
    for (std::size_t i = 0; i < facts.size(); ++i) facts[i].price = static_cast<double>(i * i);
    const FactVectors vectors = fact_vectors(facts, {});
    for (std::size_t i = 0; i + 1 < facts.size(); ++i)
        EXPECT_GT(cosine(vectors, i, i + 1), 0.95) << i;
    EXPECT_EQ(cosine(vectors, 10, 90), 0);
}

TEST(FactVectors, LeaveOutWhatIsNoNumberAndNoEmbedding) {
    const ItemFacts facts{
        {.price = std::numeric_limits<double>::quiet_NaN(), .embedding = {1, 0}},
        {.numbers = {{"pages", std::numeric_limits<double>::infinity()}}, .embedding = {3}},
        {.embedding = {std::numeric_limits<float>::infinity(), 1}},
        {.embedding = {0, 0}},
        {.embedding = {2, 2}}};
    const FactVectors vectors = fact_vectors(facts, {});
    EXPECT_EQ(vectors.terms.size(), 0U);
    for (const std::size_t item : {1U, 2U, 3U}) EXPECT_EQ(cosine(vectors, item, item), 0);
    EXPECT_NEAR(cosine(vectors, 0, 4), std::sqrt(0.5), 1e-6);
}

TEST(FactVectors, CountWordsByTheirShare) {
    const ItemFacts facts{{.text = "dragon", .labels = {"game"}},
                          {.text = "dragon", .labels = {"book"}},
                          {.text = "garden", .labels = {"game"}}};
    const FactVectors words = fact_vectors(facts, {.text = 3, .labels = 1});
    EXPECT_NEAR(cosine(words, 0, 1), 0.75, 1e-6);
    EXPECT_NEAR(cosine(words, 0, 2), 0.25, 1e-6);
    EXPECT_NEAR(cosine(fact_vectors(facts, {.text = 0}), 0, 2), 1, 1e-6);
}

}  // namespace
}  // namespace attune::learn
