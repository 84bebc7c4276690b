// What a ranker is told when it answers is what the log tells when it learns.
#include "engine/recommend/ranking_features.h"

#include "base/json.h"
#include "domain/decision.h"
#include "domain/describe.h"
#include "engine/catalogue/catalogue.h"
#include "engine/models/served_ranker.h"
#include "engine/outcomes/item_ratings.h"
#include "engine/recommend/decision_features.h"
#include "tests/engine/profile/people_world.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

class RankingFeaturesTest : public ::testing::Test {
protected:
    void SetUp() override {
        for (int i = 0; i < 6; ++i) {
            world_.clock.advance(24h);
            domain::Item item{.id = "i" + std::to_string(i)};
            item.categories = {i % 2 == 0 ? "games" : "books"};
            if (i != 5) item.price = 7.77 * (i + 1);
            if (i == 3) item.location = domain::GeoPoint{.latitude = 46.9, .longitude = 7.4};
            ASSERT_TRUE(catalogue_.put(world_.tenant, {.item = item}));
        }
        say("bob", "i0");
        say("cleo", "i0");
        say("ann", "i0");
        say("ann", "i2");
        ASSERT_TRUE(activity_.catch_up(world_.tenant));
        world_.clock.advance(36h);
        asking_.now = world_.clock.now();
        asking_.catalogue = *catalogue_.of(world_.tenant);
        asking_.activity = activity_.of(world_.tenant);
        asking_.facts = *facts_of(*world_.people, world_.tenant, "ann");
        ASSERT_NE(asking_.facts, nullptr);
        asking_.taste = Taste(*asking_.facts, asking_.activity->numbers(), WeightTable());
        ItemRatings ratings;
        ItemEvent event;
        std::string rated = "i1";
        for (const float rating : {5.0F, 5.0F, 2.0F}) {
            event.rating = {.item = rated, .value = rating};
            const auto person = base::hash128(base::HashKey{}, std::to_string(++events_));
            ASSERT_TRUE(ratings.take(person, event, *numbers_.of(world_.tenant)));
            rated = "i2";
        }
        asking_.ratings = ratings.told();
        asking_.place = domain::GeoPoint{.latitude = 47.4, .longitude = 8.5};
        asking_.moment = {.hour = 21, .weekday = 4, .is_mobile = true};
        asking_.in_vain = {{.item = number("i1"), .times = 1.2345F}};
    }
    void say(const std::string& user, const std::string& item) {
        domain::Event e{.id = "e" + std::to_string(++events_), .event = "view"};
        e.user_id = user;
        e.item_id = item;
        e.properties = *base::JsonText::parse(R"({"category":"games"})");
        e.time = e.received_at = world_.clock.now();
        world_.apply({.user_id = user}, {e});
    }
    ItemNumber number(std::string_view item) { return *asking_.catalogue->find(item); }
    static float at(std::span<const float> row, std::string_view name) {
        const auto names = RankingFeatures::names();
        const auto found = std::ranges::find(names, name);
        return found == names.end() ? -1 : row[static_cast<std::size_t>(found - names.begin())];
    }
    std::vector<float> row_of(const Candidate& candidate) {
        std::vector<float> row(RankingFeatures::kCount);
        RankingFeatures(asking_).write(candidate, row);
        return row;
    }

    testing::World world_;
    AllItemNumbers numbers_;
    Catalogue catalogue_{*world_.store, world_.clock, numbers_, {}};
    Activity activity_{*world_.store, world_.tenants, numbers_};
    Asking asking_;
    int events_ = 0;
};

TEST_F(RankingFeaturesTest, TellWhatIsKnownAndLeaveOutWhatIsNot) {
    const auto near = row_of({.item = number("i3")});
    EXPECT_NEAR(at(near, "distance_km"), std::log2(1 + 100.4), 0.1);
    EXPECT_TRUE(std::isnan(at(near, "touched_days")));
    EXPECT_EQ(at(near, "hour"), 21);
    EXPECT_EQ(at(near, "is_mobile"), 1);
    const auto touched = row_of({.item = number("i0")});
    EXPECT_NEAR(at(touched, "people"), std::log2(1 + 3), 0.001);
    EXPECT_NEAR(at(touched, "touched_days"), std::log2(1 + 1.5), 0.001);
    EXPECT_TRUE(std::isnan(at(touched, "distance_km")));
    EXPECT_GT(at(touched, "interest"), at(near, "interest"));
    // Of 7.77 and 23.31 the upper one is what they usually look at: a third of it is log2(3) away.
    EXPECT_NEAR(at(touched, "price_fit"), std::log2(3), 0.001);
    EXPECT_TRUE(std::isnan(at(row_of({.item = number("i5")}), "price")));
    EXPECT_NEAR(at(row_of({.item = number("i1")}), "shown_in_vain"), 1.235, 0.0006);
    // All were given 4 at the mean; one of 5 is a little more than that, a 5 and a 2 a little less. Nobody rated the others.
    EXPECT_NEAR(at(row_of({.item = number("i1")}), "rating"), 4.25, 0.0006);
    EXPECT_NEAR(at(row_of({.item = number("i2")}), "rating"), 3.8, 0.0006);
    EXPECT_NEAR(at(row_of({.item = number("i2")}), "ratings"), std::log2(3), 0.001);
    EXPECT_TRUE(std::isnan(at(touched, "rating")));
    EXPECT_EQ(at(touched, "ratings"), 0);
}

TEST_F(RankingFeaturesTest, OfLearningAreThoseOfAnswering) {
    const auto placement = CompiledPlacement::compile("home", 3, {.name = "Home"});
    ASSERT_TRUE(placement);
    Candidates candidates;
    std::vector<Slot> slots;
    domain::Decision decision{.kind = "recommendation", .subject = "home"};
    for (int i = 0; i < 6; ++i) {
        const ItemNumber item = number("i" + std::to_string(i));
        candidates.add(item);
        for (std::size_t kind = 0; kind < kSourceKinds; ++kind)
            candidates.all().back().by_source[kind] =
                static_cast<float>(i) * 0.0987654F + static_cast<float>(kind) * 0.0123F;
        slots.push_back({.item = item});
        decision.choices.push_back(
            {.of = "placement:home", .chosen = "i" + std::to_string(i), .version = 3});
    }
    const Ranking ranking = ranking_of(**placement, WeightsInForce{}, nullptr);
    decision.features = decision_features(**placement, asking_, ranking, candidates, slots);
    const auto list = read_shown_list(
        R"({"id":"d1","event":"$decision","time":"2026-01-02T03:04:05Z","properties":)" +
        base::to_json(decision) + "}");
    ASSERT_TRUE(list);
    ASSERT_EQ(list->features.size(),
              RankingFeatures::kOfItem.size() + RankingFeatures::kOfAsking.size());
    ASSERT_EQ(list->rows.size(), 6 * list->sources.size());
    ASSERT_EQ(list->feature_rows.size(), 6 * list->features.size());
    const auto same = [](float learned, float answered) {
        return learned == answered || (std::isnan(learned) && std::isnan(answered));
    };
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
        const auto row = row_of(*candidates.find(slots[slot].item));
        for (std::size_t i = 0; i < list->features.size(); ++i) {
            const float learned = list->feature_rows[slot * list->features.size() + i];
            EXPECT_PRED2(same, learned, at(row, list->features[i])) << list->features[i];
        }
        for (std::size_t i = 0; i < list->sources.size(); ++i) {
            const float learned = list->rows[slot * list->sources.size() + i];
            EXPECT_PRED2(same, learned, at(row, "source." + list->sources[i]));
        }
    }
}

}  // namespace
}  // namespace attune::engine
