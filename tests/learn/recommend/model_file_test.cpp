#include "learn/recommend/model_file.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

std::string a_model() {
    ModelWriter writer("ials", 3);
    writer.put("items", std::uint32_t{7});
    writer.put("factors", std::vector<float>{1.5F, -2});
    writer.put("note", std::string_view("hello"));
    return std::move(writer).finish();
}

TEST(ModelFile, GivesBackWhatWasPut) {
    const std::string bytes = a_model();
    const auto reader = ModelReader::open(bytes);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->kind(), "ials");
    EXPECT_EQ(reader->layout(), 3U);
    EXPECT_EQ(*reader->number<std::uint32_t>("items"), 7U);
    EXPECT_EQ(*reader->array<float>("factors"), (std::vector<float>{1.5F, -2}));
    EXPECT_EQ(*reader->text("note"), "hello");
    EXPECT_TRUE(reader->has("note"));
    EXPECT_FALSE(reader->has("nothing"));
}

TEST(ModelFile, SaysWhatIsMissingOrOfAnotherWidth) {
    const std::string bytes = a_model();
    const auto reader = ModelReader::open(bytes);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->array<float>("nothing").error().code, Code::data_loss);
    EXPECT_FALSE(reader->array<double>("factors"));
    EXPECT_FALSE(reader->number<float>("factors"));
}

TEST(ModelFile, AnyFlippedByteAndAnyCutIsNoticed) {
    const std::string bytes = a_model();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string flipped = bytes;
        flipped[i] = static_cast<char>(flipped[i] ^ 0x40);
        EXPECT_FALSE(ModelReader::open(flipped)) << i;
        EXPECT_FALSE(ModelReader::open(std::string_view(bytes).substr(0, i))) << i;
    }
}

}  // namespace
}  // namespace attune::learn
