#include "app/item_facts_file.h"

#include <gtest/gtest.h>

#include <unistd.h>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace attune::app {
namespace {

class ItemFactsFile : public testing::Test {
protected:
    ~ItemFactsFile() override { std::filesystem::remove_all(folder_); }

    Result<learn::ItemFacts> read(const std::string& name, const std::string& text) {
        std::filesystem::create_directories(folder_);
        const std::string path = folder_ + "/" + name;
        std::ofstream(path) << text;
        return read_item_facts(path, names_);
    }

    const std::string folder_ = testing::TempDir() + "item-facts-" + std::to_string(::getpid());
    learn::Names names_;
};

TEST_F(ItemFactsFile, RowsAreKnownByTheNumbersOfTheirItems) {
    names_.number("touched");
    names_.number("b");
    const auto facts =
        read("items.csv",
             "id,title,description,categories,tags,brand,price,pages,latitude,longitude\n"
             "a,Chess,for two,games|board,,acme,2.5,,48.2,16.4\n"
             "b,Go,,games,new,,,320,,\n");
    ASSERT_TRUE(facts) << facts.error().message;
    ASSERT_EQ(facts->size(), 3U);
    EXPECT_TRUE((*facts)[0].text.empty());
    const learn::ItemFact& go = (*facts)[1];
    EXPECT_EQ(go.text, "Go");
    EXPECT_EQ(go.labels, (std::vector<std::string>{"category:games", "tag:new"}));
    EXPECT_EQ(go.numbers, (std::vector<std::pair<std::string, double>>{{"pages", 320}}));
    EXPECT_FALSE(go.price);
    const learn::ItemFact& chess = (*facts)[names_.number("a")];
    EXPECT_EQ(chess.text, "Chess\nfor two");
    EXPECT_EQ(chess.labels,
              (std::vector<std::string>{"category:games", "category:board", "brand:acme"}));
    EXPECT_EQ(chess.price, 2.5);
    ASSERT_TRUE(chess.place);
    EXPECT_EQ(chess.place->latitude, 48.2);
}

TEST_F(ItemFactsFile, EmbeddingsLieSideBySideEachOfLengthOne) {
    const auto facts =
        read("items.ndjson", R"({"id":"a","embeddings":{"image":[3,4],"text":[0,0,2]}})"
                             "\n"
                             R"({"id":"b","embeddings":{"text":[5,0,0]}})"
                             "\n"
                             R"({"id":"c"})"
                             "\n");
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ((*facts)[0].embedding, (std::vector<float>{0.6F, 0.8F, 0, 0, 1}));
    EXPECT_EQ((*facts)[1].embedding, (std::vector<float>{0, 0, 1, 0, 0}));
    EXPECT_TRUE((*facts)[2].embedding.empty());
}

TEST_F(ItemFactsFile, ABadRowIsNamedWithItsFileAndLine) {
    const auto price = read("items.csv", "id,price\na,1\nb,cheap\n");
    ASSERT_FALSE(price);
    EXPECT_NE(price.error().message.find("items.csv, line 3, /price"), std::string::npos)
        << price.error().message;
    const auto length = read("items.ndjson", R"({"id":"a","embeddings":{"image":[3,4]}})"
                                             "\n"
                                             R"({"id":"b","embeddings":{"image":[3]}})"
                                             "\n");
    ASSERT_FALSE(length);
    EXPECT_NE(length.error().message.find("line 2"), std::string::npos) << length.error().message;
}

}  // namespace
}  // namespace attune::app
