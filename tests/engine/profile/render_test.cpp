#include "engine/profile/render.h"

#include "base/json.h"
#include "domain/describe.h"
#include "tests/engine/profile/random_events.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

domain::Event event(std::string id, std::string name, std::int64_t seconds,
                    std::string properties = "{}") {
    domain::Event e;
    e.id = std::move(id);
    e.event = std::move(name);
    e.user_id = "ann";
    e.time = base::Time(std::chrono::seconds(1'740'000'000 + seconds));
    e.properties = base::JsonText::trusted(std::move(properties));
    return e;
}

domain::Profile profile_of(const std::vector<domain::Event>& events) {
    const WeightTable weights;
    FoldState state(weights.fingerprint());
    for (const domain::Event& e : events) fold(state, e, weights);
    return render(state, "ann");
}

TEST(Render, NamedTraitsHaveTheirPlaceAndOthersAreTraits) {
    const domain::Profile p = profile_of(
        {event("1", "$identify", 0, R"({"age":33,"email":"a\u0040b.c","plan":"pro","name":7})")});
    EXPECT_EQ(p.demographics.email, "a@b.c");
    EXPECT_EQ(p.demographics.age, 33);
    EXPECT_FALSE(p.demographics.name);
    EXPECT_EQ(p.demographics.traits.find("plan")->text(), R"("pro")");
    EXPECT_EQ(p.demographics.traits.find("name")->text(), "7");
}

TEST(Render, WhatADemographicCannotMeanStaysATrait) {
    const domain::Profile p = profile_of({event(
        "1", "$identify", 0, R"({"age":-5,"birthday":"10000-01-01","country":"Switzerland"})")});
    EXPECT_FALSE(p.demographics.age);
    EXPECT_FALSE(p.demographics.birthday);
    EXPECT_FALSE(p.demographics.country);
    EXPECT_EQ(p.demographics.traits.find("age")->text(), "-5");
    EXPECT_EQ(p.demographics.traits.find("country")->text(), R"("Switzerland")");
}

TEST(Render, WhatSomebodySaidGoesBeforeWhatWasInferred) {
    domain::Event view = event("1", "view", 0, R"({"category":"games"})");
    view.enriched.device = "mobile";
    view.enriched.locale = "de-CH";
    std::vector<domain::Event> events{view};
    domain::Profile p = profile_of(events);
    EXPECT_EQ(p.preferences.find("device")->value.text(), R"("mobile")");
    EXPECT_EQ(p.preferences.find("device")->source, "inferred");
    EXPECT_LT(p.preferences.find("device")->confidence, 0.2);
    EXPECT_EQ(p.preferences.find("language")->value.text(), R"("de")");
    EXPECT_EQ(p.preferences.find("category")->value.text(), R"("games")");
    events.push_back(event("2", "$preference", 1, R"({"key":"device","value":"desktop"})"));
    p = profile_of(events);
    EXPECT_EQ(p.preferences.find("device")->value.text(), R"("desktop")");
    EXPECT_EQ(p.preferences.find("device")->source, "explicit");
    EXPECT_EQ(p.preferences.find("device")->confidence, 1);
    events.push_back(event("3", "$preference", 2, R"({"key":"device","value":null})"));
    EXPECT_EQ(profile_of(events).preferences.find("device")->source, "inferred");
}

TEST(Render, SharesOfAFamilyAddUpAndDislikesHaveNone) {
    const domain::Profile p = profile_of({event("1", "view", 0, R"({"category":"a","tags":["x"]})"),
                                          event("2", "view", 0, R"({"category":"b"})"),
                                          event("3", "dislike", 0, R"({"category":"c"})")});
    ASSERT_EQ(p.interests.size(), 4u);
    double share = 0;
    for (const domain::Interest& i : p.interests)
        share += i.topic.starts_with("category:") ? i.share : 0;
    EXPECT_NEAR(share, 1, 1e-12);
    EXPECT_EQ(p.interests.back().topic, "category:c");
    EXPECT_LT(p.interests.back().score, 0);
    EXPECT_EQ(p.interests.back().share, 0);
    EXPECT_NEAR(p.interests.front().confidence, 1.0 / 6, 1e-12);
}

TEST(Render, ConsentIsTheLastWord) {
    const domain::Profile p = profile_of(
        {event("1", "$consent", 5, R"({"ads":{"granted":false,"source":"form"},"mail":true})"),
         event("2", "$consent", 1, R"({"ads":true})")});
    EXPECT_FALSE(p.consent.find("ads")->granted);
    EXPECT_EQ(p.consent.find("ads")->source, "form");
    EXPECT_TRUE(p.consent.find("mail")->granted);
}

TEST(Render, FeedbackCarriesValueAndText) {
    domain::Event review = event("1", "review", 0, R"({"text":"Good \u00e9!"})");
    review.item_id = "i";
    review.value = 4.5;
    const domain::Profile p = profile_of({review});
    ASSERT_EQ(p.behaviour.feedback.size(), 1u);
    EXPECT_EQ(p.behaviour.feedback[0].item_id, "i");
    EXPECT_EQ(p.behaviour.feedback[0].kind, "review");
    EXPECT_EQ(p.behaviour.feedback[0].value, 4.5);
    EXPECT_EQ(p.behaviour.feedback[0].text, "Good é!");
}

TEST(Render, PricesAreTheQuartilesOfWhatWasPaid) {
    std::vector<domain::Event> events;
    for (int i = 1; i <= 5; ++i) {
        events.push_back(event(std::to_string(i), "purchase", i));
        events.back().value = 10 * i;
    }
    EXPECT_EQ(profile_of(events).preferences.find("price_band")->value.text(),
              R"({"low":20,"median":30,"high":40})");
}

TEST(Render, EveryProfileIsJsonThatReadsBack) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const std::string json =
            base::to_json(profile_of(testing::RandomEvents(seed).many(seed * 20)));
        auto back = base::from_json<domain::Profile>(json);
        ASSERT_TRUE(back) << back.error().message << "\n" << json;
        EXPECT_EQ(base::to_json(*back), json);
    }
}

}  // namespace
}  // namespace attune::engine
