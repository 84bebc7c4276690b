#include "learn/content/clusters.h"

#include "tests/learn/recommend/recommender_contract.h"

namespace attune::learn {
namespace {

constexpr ItemIndex kItems = 24;

// Even items are games, odd ones are books; each fourth is on sale.
ItemFacts games_and_books() {
    ItemFacts facts(kItems);
    for (ItemIndex item = 0; item < kItems; ++item) {
        facts[item].labels = {item % 2 == 0 ? "games" : "books"};
        facts[item].text = item % 2 == 0 ? "play together" : "read alone";
        if (item % 4 == 0) facts[item].labels.emplace_back("sale");
    }
    return facts;
}

TEST(Clusters, KeepTheContract) {
    const ItemFacts facts = games_and_books();
    check_recommender(kClusters, {.settings = {{"clusters", 2}}, .facts = &facts, .items = kItems});
}

class TwoClusters : public testing::Test {
protected:
    TwoClusters() {
        // Item 0 has three people, item 2 one, item 1 one.
        const auto made = Interactions::of({{0, {.item = 0}},
                                            {1, {.item = 0}},
                                            {2, {.item = 0}},
                                            {0, {.item = 2}},
                                            {1, {.item = 1}}},
                                           3, kItems);
        EXPECT_TRUE(made);
        model_ = learned(kClusters, {*made, &facts_}, {{"clusters", 2}});
        clusters_ = as_clusters(*model_);
        EXPECT_NE(clusters_, nullptr);
    }

    ItemFacts facts_ = games_and_books();
    std::unique_ptr<Recommender> model_;
    const Clusters* clusters_ = nullptr;
};

TEST_F(TwoClusters, ScoreAsComputedByHand) {
    // Three quarters of the history are games.
    const std::vector<Touch> history{
        {.item = 4, .weight = 1}, {.item = 8, .weight = 2}, {.item = 3, .weight = 1}};
    const auto model = learned(
        kClusters,
        {*Interactions::of({{0, {.item = 0}}, {1, {.item = 0}}, {2, {.item = 0}}}, 3, kItems),
         &facts_},
        {{"clusters", 2}, {"recency_decay", 1}});
    const auto scores = scores_of(*model, {.history = history});
    EXPECT_FLOAT_EQ(scores[0], 0.75F);                     // the most popular game
    EXPECT_FLOAT_EQ(scores[2], 0.75F * std::sqrt(0.25F));  // (1 + 0) ÷ (1 + 3)
    EXPECT_FLOAT_EQ(scores[1], 0.25F);                     // nobody touched any book
}

TEST_F(TwoClusters, ServeWhomOnlyLabelsAreKnownOf) {
    const std::vector<LabelWeight> books{{"books"}, {"no such label", 9}};
    const auto best = clusters_->best_for_labels(books, 3, ItemMask(kItems));
    ASSERT_EQ(best.size(), 3U);
    EXPECT_EQ(best[0].item, 1U);
    for (const Scored& one : best) EXPECT_EQ(one.item % 2, 1U);
    EXPECT_TRUE(clusters_->best_for_labels({}, 3, ItemMask(kItems)).empty());
}

TEST_F(TwoClusters, SayWhatSomebodyIsInterestedIn) {
    const std::vector<LabelWeight> both{{"books", 1}, {"games", 3}};
    const auto interests = clusters_->interests(both);
    ASSERT_EQ(interests.size(), 2U);
    EXPECT_FLOAT_EQ(interests[0].share, 0.75F);
    EXPECT_EQ(clusters_->labels_of(interests[0].cluster, 1),
              (std::vector<std::string_view>{"games"}));
    EXPECT_EQ(clusters_->labels_of(interests[1].cluster, 5),
              (std::vector<std::string_view>{"books"}));
}

TEST_F(TwoClusters, RefuseAModelWhoseLabelsDoNotFit) {
    ModelWriter writer(kClusters.name, 1);
    writer.put("clusters", std::uint32_t{1});
    writer.put("of", std::vector<std::uint32_t>{0, 5});
    writer.put("standing", std::vector<float>{1, 1});
    writer.put("labels", std::string_view("ab"));
    writer.put("label_ends", std::vector<std::uint64_t>{3});
    const std::string bytes = std::move(writer).finish();
    auto reader = ModelReader::open(bytes);
    ASSERT_TRUE(reader);
    const auto loaded = kClusters.load(*reader);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Code::data_loss);
}

}  // namespace
}  // namespace attune::learn
