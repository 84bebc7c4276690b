#include "engine/vocabulary/event_names.h"

#include "../profile/people_world.h"
#include "engine/vocabulary/spelling.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

TEST(DidYouMean, NamesTheNearestWordWhereOneIsNear) {
    const std::vector<std::string_view> known{"state", "variants", "defaultVariant", "targeting"};
    EXPECT_EQ(did_you_mean("defaultVarient", known), "; did you mean 'defaultVariant'?");
    EXPECT_EQ(did_you_mean("targetting", known), "; did you mean 'targeting'?");
    EXPECT_EQ(did_you_mean("STATE", known), "; did you mean 'state'?");
    EXPECT_EQ(did_you_mean("description", known), "");
    EXPECT_EQ(did_you_mean("a", std::vector<std::string_view>{"b", "c"}), "");
    EXPECT_EQ(did_you_mean("", known), "");
    EXPECT_EQ(did_you_mean("x", {}), "");
}

class EventNamesTest : public ::testing::Test {
protected:
    void send(std::string_view name) {
        domain::Event event = testing::view("e" + std::to_string(++events_), "ann", std::nullopt);
        event.event = std::string(name);
        world_.apply({.user_id = "ann"}, {std::move(event)});
    }
    HeardNames heard() {
        const auto found = names_.heard(world_.tenant);
        EXPECT_TRUE(found) << found.error().message;
        return **found;
    }

    testing::World world_;
    EventNames names_{*world_.store};
    int events_ = 0;
};

TEST_F(EventNamesTest, WhatWasSentIsHadAndWhatWasNotIsToldWithWhatIsSpelledAlike) {
    send("purchase");
    send("purchased");
    send("view \"all\"");
    const HeardNames names = heard();
    EXPECT_TRUE(names.is_whole);
    EXPECT_TRUE(names.has("purchase"));
    EXPECT_TRUE(names.has("view \"all\""));
    EXPECT_FALSE(names.has("purchse"));
    EXPECT_EQ(names.describe_unknown("purchse"),
              "no event 'purchse' was ever sent; did you mean 'purchase' or 'purchased'?");
    EXPECT_EQ(names.describe_unknown("refund"), "no event 'refund' was ever sent");
    send("refund");
    EXPECT_TRUE(heard().has("refund"));
}

TEST_F(EventNamesTest, WhoSentNothingYetHasMisspelledNothing) {
    EXPECT_TRUE(heard().has("purchse"));
    send("$decision");
    EXPECT_TRUE(heard().has("purchse"));
    send("view");
    EXPECT_FALSE(heard().has("purchse"));
    EXPECT_TRUE(heard().has("$decision"));
}

TEST_F(EventNamesTest, TheLogIsReadOnceInItsLife) {
    for (int i = 0; i < 10; ++i) send("view");
    (void)heard();
    const auto kept = world_.store->get_document(world_.tenant, "event_names", "heard");
    ASSERT_TRUE(kept && *kept);
    EXPECT_TRUE((*kept)->value.contains(R"("names":["view"])")) << (*kept)->value;
    send("purchase");
    EventNames again(*world_.store);
    const auto found = again.heard(world_.tenant);
    ASSERT_TRUE(found);
    EXPECT_EQ((*found)->names, (std::set<std::string, std::less<>>{"purchase", "view"}));
}

TEST_F(EventNamesTest, WhatOnlySomebodyErasedSentIsForgotten) {
    send("view");
    domain::Event only_hers = testing::view("x1", "eve", std::nullopt);
    only_hers.event = "call_eve";
    world_.apply({.user_id = "eve"}, {std::move(only_hers)});
    EXPECT_TRUE(heard().has("call_eve"));
    names_.forget(world_.tenant);
    EXPECT_TRUE(heard().has("call_eve")) << "she is still there";
    ASSERT_TRUE(world_.people->erase(world_.tenant, "eve"));
    names_.forget(world_.tenant);
    EXPECT_EQ(heard().describe_unknown("call_evee"), "no event 'call_evee' was ever sent");
    EXPECT_TRUE(heard().has("view"));
    const auto kept = world_.store->get_document(world_.tenant, "event_names", "heard");
    ASSERT_TRUE(kept && *kept);
    EXPECT_FALSE((*kept)->value.contains("eve")) << (*kept)->value;
}

TEST_F(EventNamesTest, WhileTheLogIsNotReadToItsEndNothingIsCalledUnknown) {
    HeardNames names{.names = {"view"}, .is_whole = false};
    EXPECT_TRUE(names.has("purchase"));
}

TEST(Spelling, CountsWhatMustBeDoneToAWord) {
    EXPECT_EQ(letters_apart("purchase", "purchase"), 0u);
    EXPECT_EQ(letters_apart("Purchase", "purchase"), 0u);
    EXPECT_EQ(letters_apart("purhcase", "purchase"), 1u) << "neighbours that changed places";
    EXPECT_EQ(letters_apart("", "view"), 4u);
    EXPECT_EQ(letters_apart("kitten", "sitting"), 3u);
    EXPECT_EQ(letters_apart(std::string(100, 'a'), std::string(100, 'b')), 64u);
    EXPECT_EQ(letters_apart("kitten", "sitting", 3), 3u);
    EXPECT_EQ(letters_apart("kitten", "sitting", 2), 3u) << "and no more is looked for";
    EXPECT_EQ(letters_apart("purhcase", "purchase", 1), 1u);
    EXPECT_EQ(letters_apart("view", "viewed all", 2), 3u);
    EXPECT_EQ(letters_apart("", "view", 4), 4u);
}

}  // namespace
}  // namespace attune::engine
