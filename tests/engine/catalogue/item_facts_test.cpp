#include "engine/catalogue/item_facts.h"

#include "base/manual_clock.h"
#include "engine/catalogue/catalogue.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attune::engine {
namespace {

constexpr TenantId kTenant{1};

class ItemFactsTest : public testing::Test {
protected:
    std::unique_ptr<store::MemoryStore> store_ = store::open_memory({});
    base::ManualClock clock_{base::Time(std::chrono::seconds(1'780'000'000))};
    AllItemNumbers numbers_;
    Catalogue catalogue_{*store_, clock_, numbers_, {}};
};

TEST_F(ItemFactsTest, AFactSaysWhatTheItemSays) {
    // A number that is no item of the catalogue.
    ASSERT_TRUE(numbers_.of(kTenant)->number_for("gone"));
    domain::Item item;
    item.id = "book";
    item.title = "Waves";
    item.description = "Of the sea";
    item.categories = {"novel"};
    item.tags = {"sea"};
    item.brand = "Blue";
    item.price = 12;
    item.location = domain::GeoPoint{1, 2};
    item.attributes = base::JsonText::trusted(R"({"colour":"red","pages":320})");
    ASSERT_TRUE(catalogue_.put(kTenant, ItemEdit{item}));
    const learn::ItemFacts facts = item_facts(**catalogue_.of(kTenant), 3);
    ASSERT_EQ(facts.size(), 3u);
    EXPECT_TRUE(facts[0].text.empty());
    EXPECT_EQ(facts[1].text, "Waves\nOf the sea");
    EXPECT_EQ(facts[1].labels,
              (std::vector<std::string>{"category:novel", "brand:Blue", "tag:sea"}));
    EXPECT_EQ(facts[1].price, 12);
    EXPECT_EQ(facts[1].place->longitude, 2);
    EXPECT_EQ(facts[1].numbers, (std::vector<std::pair<std::string, double>>{{"pages", 320}}));
    EXPECT_TRUE(facts[1].embedding.empty());
}

TEST_F(ItemFactsTest, VectorsOfAllNamesAreOneAndWeighAlike) {
    domain::Item both;
    both.id = "both";
    both.embeddings.emplace()["image"] = {3, 4};
    (*both.embeddings)["text"] = {0, 0, 10};
    domain::Item one;
    one.id = "one";
    one.embeddings.emplace()["text"] = {1, 1, 1};
    domain::Item none;
    none.id = "none";
    for (const auto& item : {both, one, none}) ASSERT_TRUE(catalogue_.put(kTenant, ItemEdit{item}));
    const learn::ItemFacts facts = item_facts(**catalogue_.of(kTenant), 3);
    EXPECT_EQ(facts[0].embedding, (std::vector<float>{0.6F, 0.8F, 0, 0, 1}));
    ASSERT_EQ(facts[1].embedding.size(), 5u);
    EXPECT_EQ(facts[1].embedding[1], 0);
    EXPECT_NEAR(facts[1].embedding[2], 1 / std::sqrt(3.), 1e-6);
    EXPECT_TRUE(facts[2].embedding.empty());
}

}  // namespace
}  // namespace attune::engine
