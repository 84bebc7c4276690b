#include "engine/track/properties.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

Properties read(std::string_view json, domain::EventKind kind, WrongFields& wrong) {
    domain::IncomingEvent event{.user_id = "ann"};
    event.properties = base::JsonText::parse(json).value();
    return read_properties(event, kind, {}, {}, wrong);
}

TEST(Properties, OfStatementsAreCheckedEvenWhenThereAreNone) {
    domain::IncomingEvent event{.user_id = "ann"};
    WrongFields wrong;
    (void)read_properties(event, domain::EventKind::consent, {}, {}, wrong);
    EXPECT_FALSE(wrong.empty());
    WrongFields none;
    EXPECT_EQ(read_properties(event, domain::EventKind::identify, {}, {}, none).json.text(), "{}");
    EXPECT_TRUE(none.empty());
}

TEST(Properties, NameThePageOfPagesAndScreens) {
    WrongFields wrong;
    EXPECT_EQ(
        read(R"({"path":"/a","url":"https://x/a","referrer":"r"})", domain::EventKind::page, wrong)
            .page,
        "/a");
    EXPECT_EQ(read(R"({"name":"Home"})", domain::EventKind::screen, wrong).page, "Home");
    EXPECT_EQ(read(R"({"path":"/a"})", domain::EventKind::view, wrong).page, std::nullopt);
    EXPECT_TRUE(wrong.empty());
}

TEST(Properties, OfTheWrongKindAreNoFields) {
    WrongFields wrong;
    const Properties found = read(R"({"product_id":{"a":1},"revenue":"12","sku":""})",
                                  domain::EventKind::purchase, wrong);
    EXPECT_EQ(found.item_id, std::nullopt);
    EXPECT_EQ(found.value, std::nullopt);
    EXPECT_TRUE(wrong.empty());
}

}  // namespace
}  // namespace attune::engine
