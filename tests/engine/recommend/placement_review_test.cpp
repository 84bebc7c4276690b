#include "engine/recommend/placement_review.h"

#include "base/json.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

Result<void> checked(std::string_view filter) {
    domain::Placement placement{.name = "p"};
    placement.filter = *base::JsonText::parse(filter);
    const auto compiled = CompiledPlacement::compile("p", 1, placement);
    EXPECT_TRUE(compiled) << filter;
    return check_sense(**compiled);
}

TEST(PlacementReview, AFilterThatNothingCanPassIsRefused) {
    for (
        const char* filter :
        {"false", R"({"==":[1,2]})",
         R"({"and":[{"==":[{"var":"item.brand"},"a"]},{"==":[{"var":"item.brand"},"b"]}]})",
         R"({"and":[{"in":[{"var":"item.brand"},["a","b"]]},{"==":[{"var":"item.brand"},"c"]}]})"}) {
        const auto refused = checked(filter);
        ASSERT_FALSE(refused) << filter;
        EXPECT_EQ(refused.error().fields.at(0).pointer, "/filter");
    }
}

TEST(PlacementReview, OneThatSomethingMayPassIsNot) {
    for (const char* filter :
         {"true", R"({"in_segment":["vip"]})", R"({"==":[{"var":"item.brand"},"a"]})",
          R"({"and":[{"in":[{"var":"item.brand"},["a","b"]]},{"==":[{"var":"item.brand"},"b"]}]})",
          R"({"or":[{"==":[{"var":"item.brand"},"a"]},{"==":[{"var":"item.brand"},"b"]}]})"})
        EXPECT_TRUE(checked(filter)) << filter;
}

}  // namespace
}  // namespace attune::engine
