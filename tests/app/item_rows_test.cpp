#include "app/item_rows.h"

#include <gtest/gtest.h>

#include <vector>

namespace attune::app {
namespace {

struct Seen {
    std::uint64_t line = 0;
    Result<domain::Item> item;
};

std::vector<Seen> rows_of(std::string_view text, const ItemRowOptions& options,
                          std::optional<Error>* failure = nullptr) {
    std::vector<Seen> seen;
    const auto rows = ItemRows::make(options);
    const auto visit = [&](const ItemRow& row) { seen.push_back({row.line, row.item}); };
    // In small pieces, as a file may come.
    for (std::size_t at = 0; at < text.size(); at += 7) rows->feed(text.substr(at, 7), visit);
    rows->finish(visit);
    if (failure != nullptr) *failure = rows->failure();
    return seen;
}

std::string pointer_of(const Seen& row) {
    return row.item                          ? "saved"
           : row.item.error().fields.empty() ? "whole"
                                             : row.item.error().fields[0].pointer;
}

TEST(ItemRows, ColumnsAreFieldsOrAttributes) {
    const auto rows = rows_of(
        "id,title,categories,tags,price,hidden,latitude,longitude,available_from,pages,colour,"
        "embeddings.image\n"
        "a,\"Chess, blue\",games | board,|new||,2.99,yes,48.2,16.4,2026-01-01T00:00:00Z,320,red,"
        "\"[0.5, 1]\"\n"
        "b,,,,,,,,,,,\n",
        {.is_csv = true});
    ASSERT_EQ(rows.size(), 2u);
    ASSERT_TRUE(rows[0].item) << rows[0].item.error().message;
    const domain::Item& item = *rows[0].item;
    EXPECT_EQ(rows[0].line, 2u);
    EXPECT_EQ(item.title, "Chess, blue");
    EXPECT_EQ(item.categories, (std::vector<std::string>{"games", "board"}));
    EXPECT_EQ(item.tags, (std::vector<std::string>{"new"}));
    EXPECT_EQ(item.price, 2.99);
    EXPECT_TRUE(item.hidden);
    EXPECT_EQ(item.location->latitude, 48.2);
    EXPECT_EQ(item.location->longitude, 16.4);
    EXPECT_EQ(item.available_from, base::parse_time("2026-01-01T00:00:00Z"));
    EXPECT_EQ(item.attributes.text(), R"({"colour":"red","pages":320})");
    EXPECT_EQ(item.embeddings->find("image")->at(0), 0.5F);
    ASSERT_TRUE(rows[1].item);
    EXPECT_FALSE(rows[1].item->title);
    EXPECT_FALSE(rows[1].item->location);
}

TEST(ItemRows, AColumnThatIsCalledAsAMemberIsThatMember) {
    const auto rows = rows_of(
        "id,location,attributes,embeddings,pages,hidden\n"
        "a,\"{\"\"latitude\"\":48.2,\"\"longitude\"\":16.4}\",\"{\"\"colour\"\":\"\"red\"\"}\",\"{"
        "\"\"image\"\":[1,2]}\",320,TRUE\n"
        "b,Vienna,,,,\n"
        "c,,red,,,\n"
        "d,,,[1],,\n",
        {.is_csv = true});
    ASSERT_EQ(rows.size(), 4U);
    ASSERT_TRUE(rows[0].item) << rows[0].item.error().message;
    EXPECT_EQ(rows[0].item->location->latitude, 48.2);
    EXPECT_EQ(rows[0].item->attributes.text(), R"({"colour":"red","pages":320})");
    EXPECT_EQ(rows[0].item->embeddings->find("image")->at(1), 2.0F);
    EXPECT_TRUE(rows[0].item->hidden);
    EXPECT_EQ(pointer_of(rows[1]), "/location");
    EXPECT_EQ(pointer_of(rows[2]), "/attributes");
    EXPECT_EQ(pointer_of(rows[3]), "/embeddings");
}

TEST(ItemRows, APriceThatIsNoNumberIsRefused) {
    for (const char* price : {"nan", "inf", "-inf", "1e999", "2,5x"}) {
        const auto rows = rows_of("id,price\na,\"" + std::string(price) + "\"\n", {.is_csv = true});
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(pointer_of(rows[0]), "/price") << price;
    }
}

TEST(ItemRows, OtherNamesAndWhatAllRowsShareAreTold) {
    const auto rows =
        rows_of("sku;name;since\nx1;Lamp;1767225600\n",
                {.is_csv = true,
                 .delimiter = ';',
                 .columns = {{"id", "sku"}, {"title", "name"}, {"created_at", "since"}},
                 .constants = {{"currency", "EUR"}, {"categories", "light|home"}},
                 .time_format = "unix"});
    ASSERT_EQ(rows.size(), 1u);
    ASSERT_TRUE(rows[0].item) << rows[0].item.error().message;
    EXPECT_EQ(rows[0].item->id, "x1");
    EXPECT_EQ(rows[0].item->currency, "EUR");
    EXPECT_EQ(rows[0].item->categories.size(), 2u);
    EXPECT_EQ(rows[0].item->created_at, base::parse_time("2026-01-01T00:00:00Z"));
}

TEST(ItemRows, AColumnThatIsNamedAndNotThereFailsTheFile) {
    std::optional<Error> failure;
    EXPECT_TRUE(
        rows_of("a,b\n1,2\n", {.is_csv = true, .columns = {{"id", "sku"}}}, &failure).empty());
    ASSERT_TRUE(failure);
    EXPECT_NE(failure->message.find("'sku'"), std::string::npos);
}

TEST(ItemRows, AWrongCellCostsItsRowAndIsNamed) {
    const auto rows = rows_of(
        "id,price,hidden,latitude,available_until,embeddings.x\n"
        "a,cheap,,,,\n"
        "b,,maybe,,,\n"
        "c,,,12,,\n"
        "d,,,,tomorrow,\n"
        "e,,,,,1 2\n"
        ",1,,,,\n"
        "g,-1,,,,\n"
        "h,1,,,,\n",
        {.is_csv = true});
    ASSERT_EQ(rows.size(), 8u);
    EXPECT_EQ(pointer_of(rows[0]), "/price");
    EXPECT_EQ(pointer_of(rows[1]), "/hidden");
    EXPECT_EQ(pointer_of(rows[2]), "/location");
    EXPECT_EQ(pointer_of(rows[3]), "/available_until");
    EXPECT_EQ(pointer_of(rows[4]), "/embeddings/x");
    EXPECT_EQ(pointer_of(rows[5]), "/id");
    EXPECT_EQ(pointer_of(rows[6]), "/price");
    EXPECT_EQ(pointer_of(rows[7]), "saved");
}

TEST(ItemRows, TextThatIsNoUtf8IsRefused) {
    const auto rows = rows_of("id,title\na,\xff\n", {.is_csv = true});
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_FALSE(rows[0].item);
}

TEST(ItemRows, LinesAreItemsAsTheServerShowsThem) {
    const auto rows = rows_of(
        R"({"id":"a","title":"A","hidden":false,"updated_at":"2026-01-01T00:00:00Z","version":3})"
        "\n\n{\"id\":7}\nno json\n",
        {});
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(pointer_of(rows[0]), "saved");
    EXPECT_EQ(rows[1].line, 3u);
    EXPECT_EQ(pointer_of(rows[1]), "/id");
    EXPECT_FALSE(rows[2].item);
}

}  // namespace
}  // namespace attune::app
