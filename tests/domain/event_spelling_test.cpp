#include "domain/event_spelling.h"

#include <gtest/gtest.h>

namespace attune::domain {
namespace {

TEST(EventSpelling, CaseBlanksAndSeparatorsDoNotCount) {
    for (const char* name : {"Product Viewed", "product_viewed", "productViewed", "PRODUCT-VIEWED"})
        EXPECT_EQ(plain_event_name(name), "productviewed") << name;
    EXPECT_EQ(plain_event_name("$Identify"), "$Identify") << "reserved names have one spelling";
    EXPECT_EQ(plain_event_name("Größe"), "größe") << "only ASCII has a case here";
    EXPECT_EQ(plain_event_name(" _-."), "");
}

TEST(EventSpelling, AKindsOwnNameMeansEveryNameOfTheKind) {
    for (const char* own : {"view", "View", "VIEW"}) {
        const EventNamed views(own);
        EXPECT_TRUE(views.includes("view"));
        EXPECT_TRUE(views.includes("Product Viewed"));
        EXPECT_TRUE(views.includes("item_viewed"));
        EXPECT_FALSE(views.includes("Page Viewed")) << "that is a page";
        EXPECT_FALSE(views.includes("made_a_wish"));
    }
    EXPECT_TRUE(EventNamed("add_to_cart").includes("Product Added"));
    EXPECT_TRUE(EventNamed("Add To Cart").includes("Product Added"));
    EXPECT_TRUE(EventNamed("$identify").includes("$identify"));
}

TEST(EventSpelling, AnyOtherNameMeansItsOwnSpellingsAlone) {
    const EventNamed viewed("Product Viewed");
    EXPECT_TRUE(viewed.includes("product_viewed"));
    EXPECT_FALSE(viewed.includes("view"));
    EXPECT_FALSE(viewed.includes("Item Viewed"));
    const EventNamed wish("made_a_wish");
    EXPECT_TRUE(wish.includes("Made a wish"));
    EXPECT_FALSE(wish.includes("made_a_fish"));
    EXPECT_FALSE(EventNamed("other").includes("made_a_wish")) << "other is no kind to ask for";
}

}  // namespace
}  // namespace attune::domain
