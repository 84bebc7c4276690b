// Activity over a store that people write to: what it knows is what the log says, at once, after a restart, and when somebody
// is erased.
#include "engine/activity/activity.h"

#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/decision.h"
#include "domain/describe.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>
#include <tuple>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::World;

class ActivityTest : public ::testing::Test {
protected:
    ActivityTest() {
        world_.people->tell_of_erasures([this](TenantId tenant, const store::PersonId& person) {
            activity_->forget(tenant, person);
        });
    }
    void restart() {
        activity_.reset();
        activity_ = std::make_unique<Activity>(*world_.store, world_.tenants, numbers_);
    }
    std::shared_ptr<const ActivityOfTenant> caught_up() {
        EXPECT_TRUE(activity_->catch_up(world_.tenant));
        return activity_->of(world_.tenant);
    }
    domain::Event said(std::string_view name, std::optional<std::string> item) {
        domain::Event e{.id = "e" + std::to_string(++events_), .event = std::string(name)};
        e.item_id = std::move(item);
        e.time = e.received_at = world_.clock.now();
        return e;
    }
    void say(const std::string& user, std::string_view name, std::optional<std::string> item) {
        domain::Event e = said(name, std::move(item));
        e.user_id = user;
        world_.apply({.user_id = user}, {e});
    }
    std::string recommend(const std::string& user, const std::vector<std::string>& items) {
        domain::Decision decision{.kind = "recommendation", .subject = "home"};
        for (const std::string& item : items)
            decision.choices.push_back({.of = "placement:home", .chosen = item});
        domain::Event e = said("$decision", {});
        e.user_id = user;
        e.properties = base::JsonText::trusted(base::to_json(decision));
        world_.apply({.user_id = user}, {e});
        return e.id;
    }
    ItemNumber number(std::string_view item) {
        return *numbers_.of(world_.tenant)->number_for(item);
    }
    std::vector<std::string> names(const std::vector<learn::Scored>& list) {
        std::vector<std::string> out;
        for (const learn::Scored& one : list)
            out.emplace_back(numbers_.of(world_.tenant)->id_of(one.item));
        return out;
    }
    // All that can be known of some items.
    std::string told(std::span<const std::string> items) {
        const auto activity = caught_up();
        std::string out;
        for (const std::string& item : items) {
            const ItemActivity one = activity->counts(number(item));
            for (const std::uint32_t count : {one.people, one.recent, one.shown, one.clicked})
                out += std::to_string(count) + ' ';
            const std::vector<learn::Touch> history{{.item = number(item)}};
            for (const learn::Scored& next : activity->after(history, 100, mask_, now()))
                out += std::to_string(next.item) + ':' + std::to_string(next.score) + ' ';
            out += '\n';
        }
        return out + std::to_string(activity->totals().touches);
    }
    std::int64_t now() {
        return std::chrono::floor<std::chrono::seconds>(world_.clock.now().time_since_epoch())
            .count();
    }

    World world_;
    AllItemNumbers numbers_;
    std::unique_ptr<Activity> activity_ =
        std::make_unique<Activity>(*world_.store, world_.tenants, numbers_);
    learn::ItemMask mask_{1'000};
    int events_ = 0;
};

TEST_F(ActivityTest, WhoRefusesIsInNothingThatIsLearnedFromThenOnAndAfterARestart) {
    const auto consents = [&](const std::string& user, std::string_view properties) {
        domain::Event e = said("$consent", {});
        e.user_id = user;
        e.properties = *base::JsonText::parse(properties);
        world_.apply({.user_id = user}, {e});
    };
    const auto people = [&](std::string_view item) {
        return caught_up()->counts(number(item)).people;
    };
    for (const char* user : {"ann", "bob"}) say(user, "view", "m1");
    EXPECT_EQ(people("m1"), 2U);
    consents("ann", R"({"train":{"granted":false,"source":"banner"}})");
    say("ann", "view", "m2");
    EXPECT_EQ(people("m1"), 1U);
    EXPECT_EQ(people("m2"), 0U);
    restart();
    EXPECT_EQ(people("m1"), 1U);
    EXPECT_EQ(people("m2"), 0U);
    // Another purpose is not this one; and what was before is not taken up again.
    consents("ann", R"({"personalise":true})");
    say("ann", "view", "m3");
    EXPECT_EQ(people("m3"), 0U);
    consents("ann", R"({"train":true})");
    say("ann", "view", "m4");
    EXPECT_EQ(people("m4"), 1U);
    EXPECT_EQ(people("m2"), 0U);
    consents("bob", R"({"personalise":false})");
    EXPECT_EQ(people("m1"), 0U);
}

TEST_F(ActivityTest, OfTwoWhoTurnOutToBeOneTheRefusalOfEitherHolds) {
    domain::Event refusal = said("$consent", {});
    refusal.anonymous_id = "device";
    refusal.properties = *base::JsonText::parse(R"({"train":false})");
    world_.apply({.anonymous_id = "device"}, {refusal});
    say("ann", "view", "m1");
    EXPECT_EQ(caught_up()->counts(number("m1")).people, 1U);
    domain::Event login = said("view", "m2");
    login.user_id = "ann";
    login.anonymous_id = "device";
    world_.apply({.user_id = "ann", .anonymous_id = "device"}, {login});
    EXPECT_EQ(caught_up()->counts(number("m1")).people, 0U);
    EXPECT_EQ(caught_up()->counts(number("m2")).people, 0U);
}

TEST_F(ActivityTest, AnswersOfATenantThatNobodyWatchedYetAreOfItsLog) {
    for (const char* user : {"ann", "bob"}) say(user, "view", "m1");
    restart();
    const auto activity = activity_->of(world_.tenant);
    EXPECT_TRUE(activity->is_current());
    EXPECT_EQ(activity->counts(number("m1")).people, 2U);
    EXPECT_EQ(activity_->warming_up(), 0U);
}

TEST_F(ActivityTest, WhatManyTouchedIsPopularAndWhatOneTouchedOftenIsNot) {
    for (const char* user : {"ann", "bob", "cem"}) say(user, "view", "song");
    for (const char* user : {"ann", "bob"}) say(user, "purchase", "film");
    for (int i = 0; i < 50; ++i) say("ann", "purchase", "book");
    const auto activity = caught_up();
    EXPECT_EQ(names(activity->popular(10, mask_)), (std::vector<std::string>{"song", "film"}));
    EXPECT_EQ(activity->counts(number("book")).people, 1U);
    learn::ItemMask without = mask_;
    without.forbid(number("song"));
    EXPECT_EQ(names(activity->popular(10, without)), (std::vector<std::string>{"film"}));
    EXPECT_TRUE(activity->popular(10, learn::ItemMask(0)).empty());
}

TEST_F(ActivityTest, TheProductsOfAnOrderAreTouchedAsItsItemIs) {
    domain::Event order = said("Order Completed", {});
    order.user_id = "ann";
    order.properties = base::JsonText::trusted(
        R"({"products":[{"product_id":"a","price":3},{"sku":"b"},{"price":1},{"item_id":7}]})");
    world_.apply({.user_id = "ann"}, {order});
    const auto activity = caught_up();
    for (const char* item : {"a", "b", "7"})
        EXPECT_EQ(activity->counts(number(item)).people, 1U) << item;
}

TEST_F(ActivityTest, WhatWasRecommendedIsShownAndWhatNamesItsDecisionIsAClick) {
    const std::string decision = recommend("ann", {"song", "film"});
    domain::Event click = said("click", "film");
    click.user_id = "ann";
    click.decision_id = decision;
    world_.apply({.user_id = "ann"}, {click});
    say("bob", "impression", "song");
    const auto activity = caught_up();
    EXPECT_EQ(activity->counts(number("song")).shown, 2U);
    EXPECT_EQ(activity->counts(number("song")).clicked, 0U);
    EXPECT_EQ(activity->counts(number("song")).people, 0U);
    EXPECT_EQ(activity->counts(number("film")).clicked, 1U);
}

TEST_F(ActivityTest, AVisitorWhoTurnsOutToBeAUserIsOnePersonWithThem) {
    domain::Event seen = said("view", "song");
    seen.anonymous_id = "v1";
    world_.apply({.anonymous_id = "v1"}, {seen});
    say("ann", "view", "song");
    say("bob", "view", "song");
    EXPECT_EQ(caught_up()->counts(number("song")).people, 3U);
    domain::Event identify = said("$identify", {});
    identify.user_id = "ann";
    identify.anonymous_id = "v1";
    world_.apply({.user_id = "ann", .anonymous_id = "v1"}, {identify});
    EXPECT_EQ(caught_up()->counts(number("song")).people, 2U);
    restart();
    EXPECT_EQ(caught_up()->counts(number("song")).people, 2U);
}

TEST_F(ActivityTest, WhatWasReadIsReadAgainAfterARestart) {
    for (int i = 0; i < 400; ++i)
        say("u" + std::to_string(i % 37), "view", "i" + std::to_string(i * i % 53));
    std::vector<std::string> items;
    for (int i = 0; i < 53; ++i) items.push_back("i" + std::to_string(i));
    const std::string before = told(items);
    restart();
    EXPECT_EQ(told(items), before);
}

// Two worlds; in one of them somebody was never there.
TEST_F(ActivityTest, WhoIsErasedHasNeverTouchedAnything) {
    std::vector<std::string> items;
    for (int i = 0; i < 20; ++i) items.push_back("i" + std::to_string(i));
    std::mt19937 random(11);
    for (int i = 0; i < 600; ++i) {
        const std::string user = "u" + std::to_string(random() % 12);
        const std::string& item = items[random() % items.size()];
        world_.clock.advance(1min);
        if (user != "u3") say(user, i % 7 == 0 ? "impression" : "view", item);
    }
    say("u1", "view", "i0");  // so that the window ends now without u3 too
    const std::string without = told(items);
    for (int i = 0; i < 100; ++i) say("u3", "view", items[random() % items.size()]);
    (void)recommend("u3", items);
    domain::Event both = said("view", "i1");
    both.anonymous_id = "v3";
    world_.apply({.anonymous_id = "v3"}, {both});
    both = said("view", "i1");
    both.user_id = "u3";
    both.anonymous_id = "v3";
    world_.apply({.user_id = "u3", .anonymous_id = "v3"}, {both});
    EXPECT_NE(told(items), without);
    ASSERT_TRUE(world_.people->erase(world_.tenant, "u3"));
    EXPECT_EQ(told(items), without);
    restart();
    EXPECT_EQ(told(items), without);
}

TEST_F(ActivityTest, OtherWeightsCountTheLogAnew) {
    for (const char* user : {"ann", "bob"}) {
        say(user, "view", "song");
        say(user, "purchase", "film");
    }
    EXPECT_EQ(caught_up()->popular(10, mask_).size(), 2U);
    base::FlatMap<std::string, domain::EventWeight> weights;
    weights["view"] = {.weight = 0, .half_life_days = 30};
    world_.tenants.set_weights(std::make_shared<const WeightTable>(weights));
    EXPECT_EQ(names(caught_up()->popular(10, mask_)), (std::vector<std::string>{"film"}));
}

TEST_F(ActivityTest, LearnersGetWhatWasTouchedUntilATimeAndNoPairWeighsTooMuch) {
    say("ann", "view", "song");
    for (int i = 0; i < 10; ++i) say("ann", "purchase", "film");
    say("bob", "dislike", "book");
    const std::int64_t then = now();
    world_.clock.advance(1h);
    say("bob", "view", "song");
    const auto activity = caught_up();
    const auto data = activity->training_data(1'000, then);
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->interactions.items(), 2U);  // nobody liked the book
    EXPECT_EQ(data->items.size(), 2U);
    const learn::SparseRows matrix = data->interactions.matrix();
    EXPECT_LT(*std::ranges::max_element(matrix.values), ActivityOfTenant::kPairWeightMax);
    EXPECT_EQ(matrix.size(), 2U);
    EXPECT_EQ(data->interactions.size(), 11U);  // and none of them is lost
    const auto later = activity->training_data(1'000, now());
    ASSERT_TRUE(later);
    EXPECT_EQ(later->interactions.matrix().size(), 3U);
    EXPECT_EQ(activity->training_data(3, now()).error().code, Code::resource_exhausted);
}

TEST_F(ActivityTest, TheSameTouchesGiveLearnersTheSameWhoeverCameFirst) {
    const base::Time began = world_.clock.now();
    const auto views = [&](const std::string& user, const std::string& item, int minute) {
        domain::Event e = said("view", item);
        e.user_id = user;
        e.time = e.received_at = began + minute * 1min;
        world_.apply({.user_id = user}, {e});
    };
    const auto learned = [&] {
        const auto data = caught_up()->training_data(1'000, now() + 10'000);
        EXPECT_TRUE(data);
        std::vector<std::tuple<learn::PersonIndex, std::string, std::int64_t>> rows;
        for (learn::PersonIndex row = 0; row < data->interactions.people(); ++row)
            for (const learn::Touch& touch : data->interactions.of_person(row))
                rows.emplace_back(row, numbers_.of(world_.tenant)->id_of(data->items[touch.item]),
                                  touch.time);
        return rows;
    };
    views("ann", "song", 1);
    views("bob", "film", 2);
    views("ann", "book", 3);
    const auto first = learned();
    ASSERT_EQ(first.size(), 3U);
    for (const char* user : {"ann", "bob"}) ASSERT_TRUE(world_.people->erase(world_.tenant, user));
    views("bea", "film", 2);
    views("abe", "song", 1);
    views("abe", "book", 3);
    EXPECT_EQ(learned(), first);
}

TEST_F(ActivityTest, ReadersSeeWholeAnswersWhileOthersWriteAndErase) {
    activity_->watch(world_.tenant);
    std::jthread reader([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const auto activity = activity_->of(world_.tenant);
            const std::vector<learn::Touch> history{{.item = 1}, {.item = 2}};
            EXPECT_LE(activity->after(history, 5, mask_, now()).size(), 5U);
            EXPECT_LE(activity->popular(5, mask_).size(), 5U);
            (void)activity->training_data(100'000, now());
        }
    });
    for (int i = 0; i < 300; ++i) {
        say("u" + std::to_string(i % 9), "view", "i" + std::to_string(i % 23));
        if (i % 50 == 49) ASSERT_TRUE(world_.people->erase(world_.tenant, "u4"));
    }
    EXPECT_EQ(caught_up()->totals().people, 8U);
}

}  // namespace
}  // namespace attune::engine
