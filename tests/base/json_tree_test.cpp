#include "base/json_tree.h"

#include "base/json.h"

#include <gtest/gtest.h>

namespace attune::base {
namespace {

TEST(JsonTree, IsTheValueWithoutTheDocument) {
    for (
        const std::string_view text :
        {R"({"a":[1,-2,18446744073709551615,0.5,true,false,null,"","\u00e9\n"],"b":{"c":{},"d":[]},"":{"x":[[["y"]]]}})",
         "[]", "{}", "null", R"("only text")", "7", "[[],[[]],{\"a\":{}}]"}) {
        std::optional<JsonTree> kept;
        {
            const auto document = JsonDocument::parse(text);
            ASSERT_TRUE(document) << text;
            kept.emplace(document->root());
            EXPECT_EQ(kept->root().text(), document->root().text());
        }
        const JsonTree moved = *std::move(kept);
        EXPECT_EQ(moved.root().text(), *JsonText::parse(text));
    }
}

TEST(JsonTree, MayBeAPartOfADocument) {
    const auto document = JsonDocument::parse(R"({"a":1,"b":{"c":["x","y"]},"d":2})");
    const JsonTree kept(*document->root().find("b"));
    EXPECT_EQ(kept.root().text().text(), R"({"c":["x","y"]})");
    EXPECT_EQ(kept.root().find("c")->size(), 2u);
}

TEST(JsonTree, TakesTheRoomItNeeds) {
    const auto document = JsonDocument::parse(R"({"theme":"dark"})");
    const JsonTree kept(document->root());
    EXPECT_EQ(kept.bytes(), 3 * sizeof(JsonNode) + sizeof "theme" - 1 + sizeof "dark" - 1);
}

}  // namespace
}  // namespace attune::base
