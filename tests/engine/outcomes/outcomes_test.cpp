// Outcomes over a store that people write to: which event answers which list, what sources are worth, how well a placement
// does; the same at once, after a restart, and when somebody is erased.
#include "engine/outcomes/outcomes.h"

#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/decision.h"
#include "domain/describe.h"

#include <gtest/gtest.h>

#include <numeric>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::World;

constexpr std::array<std::string_view, 2> kSources{"model", "popular"};
constexpr std::array<double, 2> kWritten{0.5, 0.5};

class OutcomesTest : public ::testing::Test {
protected:
    OutcomesTest() {
        world_.people->tell_of_erasures([this](TenantId tenant, const store::PersonId& person) {
            outcomes_->forget(tenant, person);
        });
    }
    void restart() {
        outcomes_.reset();
        outcomes_ = std::make_unique<Outcomes>(*world_.store, world_.tenants, numbers_);
    }
    domain::Event said(std::string_view name) {
        domain::Event e{.id = "e" + std::to_string(++events_), .event = std::string(name)};
        e.time = e.received_at = world_.clock.now();
        return e;
    }
    void say(const std::string& user, std::string_view name, const std::string& item,
             std::optional<std::string> decision = {}) {
        domain::Event e = said(name);
        e.user_id = user;
        e.item_id = item;
        e.decision_id = std::move(decision);
        world_.apply({.user_id = user}, {e});
    }
    // The model speaks for the first item, popularity for the last.
    domain::Event list_of(const std::string& user, std::uint64_t version = 1,
                          const std::string& second_from = "model") {
        domain::Decision decision{.kind = "recommendation", .subject = "home"};
        for (const std::string_view item : {"a", "b", "c"})
            decision.choices.push_back(
                {.of = "placement:home", .chosen = std::string(item), .version = version});
        decision.features =
            *base::JsonText::parse(R"({"sources":["model","popular"],"written":[0.5,0.5],)"
                                   R"("rows":[[1,0],[0.5,0.5],[0,1]],"from":["model",")" +
                                   second_from +
                                   R"(","popular"],)"
                                   R"("list":{"diversity":0.5,"novelty":0.25,"popularity":1}})");
        domain::Event e = said("$decision");
        e.user_id = user;
        e.properties = base::JsonText::trusted(base::to_json(decision));
        return e;
    }
    std::string show(const std::string& user, std::uint64_t version = 1,
                     const std::string& second_from = "model") {
        const domain::Event e = list_of(user, version, second_from);
        world_.apply({.user_id = user}, {e});
        return e.id;
    }
    std::vector<double> weights() {
        EXPECT_TRUE(outcomes_->catch_up(world_.tenant));
        const auto all = outcomes_->weights(world_.tenant);
        const SourceWeights* found = all->find("home", kSources, kWritten);
        return found == nullptr ? std::vector<double>{} : found->weights;
    }
    template <class T>
    T counted(const std::function<T(const PlacementCounts&)>& take) {
        T out{};
        EXPECT_TRUE(outcomes_->catch_up(world_.tenant));
        EXPECT_TRUE(outcomes_->look(world_.tenant, "home",
                                    [&](const PlacementCounts* counts, bool is_current) {
                                        EXPECT_TRUE(is_current);
                                        if (counts != nullptr) out = take(*counts);
                                    }));
        return out;
    }
    ListSums sums() {
        return counted<ListSums>([](const PlacementCounts& counts) { return counts.all(); });
    }

    World world_;
    AllItemNumbers numbers_;
    std::unique_ptr<Outcomes> outcomes_ =
        std::make_unique<Outcomes>(*world_.store, world_.tenants, numbers_);
    int events_ = 0;
};

TEST_F(OutcomesTest, WeightsMoveWithEachAnswerAndSumToOne) {
    const std::string first = show("ann");
    EXPECT_EQ(weights(), (std::vector<double>{0.5, 0.5}));
    say("ann", "view", "c", first);
    const auto once = weights();
    ASSERT_EQ(once.size(), 2U);
    EXPECT_GT(once[1], 0.5);
    for (int i = 0; i < 50; ++i) {
        const std::string user = "u" + std::to_string(i);
        say(user, "view", "c", show(user));
    }
    const auto later = weights();
    EXPECT_GT(later[1], once[1]);
    EXPECT_NEAR(std::accumulate(later.begin(), later.end(), 0.0), 1, 1e-12);
    EXPECT_GE(later[0], 0.02);
}

TEST_F(OutcomesTest, WhatStoodBelowTheChosenOneIsNotHeldAgainstIt) {
    // The first was chosen; the second stood next below it and the third may never have been seen. Were it counted, the model
    // would gain more.
    say("ann", "view", "a", show("ann"));
    const auto next_only = weights();
    learn::BlendOptions options{.rate = 0.1};
    auto blend = learn::SourceBlend::of({"model", "popular"}, options);
    const std::vector<float> rows{0.5, 0.5, 1, 0};
    const std::vector<float> gains{0, 1};
    blend->learn({.rows = rows, .gains = gains});
    EXPECT_DOUBLE_EQ(next_only[0], blend->weights()[0]);
}

TEST_F(OutcomesTest, ListsThatNobodyAnswersTeachNothing) {
    for (int i = 0; i < 5; ++i) show("u" + std::to_string(i));
    EXPECT_EQ(weights(), (std::vector<double>{0.5, 0.5}));
    EXPECT_EQ(sums().lists, 5U);
    EXPECT_EQ(sums().clicks, 0U);
}

TEST_F(OutcomesTest, AReloadedPageCountsOnceAndAPurchaseAddsToItsClick) {
    const std::string list = show("ann");
    say("ann", "view", "c", list);
    const auto once = weights();
    for (int i = 0; i < 10; ++i) say("ann", "view", "c", list);
    EXPECT_EQ(weights(), once);
    say("ann", "purchase", "c", list);
    EXPECT_GT(weights()[1], once[1]);
    EXPECT_EQ(sums().clicks, 1U);
    EXPECT_EQ(sums().purchases, 1U);
}

TEST_F(OutcomesTest, AnEventWithoutADecisionAnswersThePersonsNewestListForAnHour) {
    show("ann");
    show("bob");
    say("ann", "view", "b");
    say("cat", "view", "b");
    EXPECT_EQ(sums().clicks, 1U);
    world_.clock.advance(61min);
    say("bob", "view", "b");
    EXPECT_EQ(sums().clicks, 1U);
}

TEST_F(OutcomesTest, AnAnswerThatStandsBeforeItsDecisionInTheLogIsFound) {
    const domain::Event decision = list_of("ann");
    say("ann", "view", "c", decision.id);
    world_.apply({.user_id = "ann"}, {decision});
    EXPECT_EQ(sums().clicks, 1U);
}

TEST_F(OutcomesTest, ListsCloseAfterADayOfTheLogsOwnTime) {
    const std::string list = show("ann");
    world_.clock.advance(23h);
    say("ann", "view", "c", list);
    EXPECT_EQ(sums().clicks, 1U);
    world_.clock.advance(2h);
    say("ann", "view", "a", list);
    EXPECT_EQ(sums().clicks, 1U);
}

TEST_F(OutcomesTest, AClockThatWasFarAheadForAWhileDoesNotKeepListsFromBeingAnswered) {
    domain::Event late = said("view");
    late.received_at = *base::parse_time("9999-01-01T00:00:00Z");
    for (const base::Time time : {late.received_at, world_.clock.now()}) {
        late.id = "late" + std::to_string(++events_);
        late.time = time;
        world_.apply({.user_id = "bob"}, {late});
        domain::Event shown = list_of("bob");
        shown.time = shown.received_at = late.received_at;
        world_.apply({.user_id = "bob"}, {shown});
        const std::uint64_t before = sums().clicks;
        const std::string list = show("ann");
        world_.clock.advance(1h);
        say("ann", "view", "c", list);
        EXPECT_EQ(sums().clicks, before + 1);
        world_.clock.advance(25h);
        say("ann", "view", "a", list);
        EXPECT_EQ(sums().clicks, before + 1) << "it is closed in its time";
    }
}

TEST_F(OutcomesTest, ALogOfBeforeThatIsTakenInAgainIsAnsweredAsItWas) {
    show("ann");
    domain::Event shown = list_of("bob");
    domain::Event viewed = said("view");
    viewed.item_id = "c";
    viewed.decision_id = shown.id;
    for (domain::Event* one : {&shown, &viewed}) one->time = one->received_at -= 240h;
    world_.apply({.user_id = "bob"}, {shown});
    world_.apply({.user_id = "cat"}, {said("view")});
    EXPECT_EQ(sums().clicks, 0U);
    shown.id = *viewed.decision_id = "again";
    world_.apply({.user_id = "bob"}, {shown, viewed});
    EXPECT_EQ(sums().clicks, 1U);
}

TEST_F(OutcomesTest, TheSameLogGivesTheSameNumbersAgain) {
    for (int i = 0; i < 30; ++i) {
        world_.clock.advance(7min);
        const std::string user = "u" + std::to_string(i % 7);
        const std::string list = show(user);
        if (i % 3 != 0) say(user, i % 2 == 0 ? "view" : "purchase", i % 5 == 0 ? "a" : "c", list);
    }
    const auto before = weights();
    const ListSums counted = sums();
    restart();
    EXPECT_EQ(weights(), before);
    EXPECT_EQ(sums().clicks, counted.clicks);
    EXPECT_EQ(sums().ndcg, counted.ndcg);
}

TEST_F(OutcomesTest, APlacementIsCountedByDaySlotSourceAndVersion) {
    say("ann", "view", "c", show("ann"));
    world_.clock.advance(48h);
    const std::string list = show("bob", 2);
    say("bob", "view", "a", list);
    say("bob", "view", "b", list);
    const ListSums all = sums();
    EXPECT_EQ(all.lists, 2U);
    EXPECT_EQ(all.impressions, 6U);
    EXPECT_EQ(all.clicks, 3U);
    EXPECT_EQ(all.hits, 2U);
    EXPECT_DOUBLE_EQ(all.reciprocal_rank, 1.0 / 3 + 1);
    EXPECT_DOUBLE_EQ(all.precision, 1.0 / 3 + 2.0 / 3);
    EXPECT_DOUBLE_EQ(all.ndcg, 0.5 + 1);  // the third of three; the first two
    EXPECT_DOUBLE_EQ(all.diversity.sum, 1);
    EXPECT_EQ(counted<std::size_t>([](const auto& one) { return one.days().size(); }), 2U);
    EXPECT_EQ(counted<std::uint64_t>([](const auto& one) { return one.items().count(); }), 3U);
    EXPECT_EQ(counted<std::uint64_t>([](const auto& one) { return one.slots().at(1).clicks; }), 1U);
    EXPECT_EQ(
        counted<std::uint64_t>([](const auto& one) { return one.sources().at("model").clicks; }),
        2U);
    EXPECT_EQ(counted<std::uint64_t>([](const auto& one) { return one.versions().at(2).clicks; }),
              2U);
}

TEST_F(OutcomesTest, OtherEventWeightsReadTheLogAgain) {
    say("ann", "view", "c", show("ann"));
    EXPECT_EQ(sums().clicks, 1U);
    world_.tenants.set_weights(
        std::make_shared<const WeightTable>(base::FlatMap<std::string, domain::EventWeight>{
            {"view", {.weight = 0, .half_life_days = 1}}}));
    EXPECT_EQ(sums().clicks, 0U);
    EXPECT_EQ(weights(), (std::vector<double>{0.5, 0.5}));
}

TEST_F(OutcomesTest, TheListsOfSomebodyErasedAreNotKept) {
    const std::string list = show("ann");
    EXPECT_EQ(sums().lists, 1U);
    ASSERT_TRUE(world_.people->erase(world_.tenant, "ann"));
    say("bob", "view", "c", list);
    EXPECT_EQ(sums().clicks, 0U);
    restart();
    EXPECT_EQ(sums().lists, 0U);
}

TEST_F(OutcomesTest, WhatSlotsOfChanceTaughtIsReadAgainWithoutWhoWasErased) {
    const auto tried = [&](const std::string& item) {
        EXPECT_TRUE(outcomes_->catch_up(world_.tenant));
        const auto home = outcomes_->tried(world_.tenant)->find("home");
        const auto number = numbers_.of(world_.tenant)->find(item);
        return home && number ? home->of(*number, world_.clock.now()) : learn::Tally{};
    };
    say("ann", "view", "b", show("ann", 1, "explored"));
    EXPECT_EQ(tried("b").reward_sum, 1);
    const std::string list = show("bob", 1, "explored");
    EXPECT_EQ(tried("b").trials, 2);
    say("bob", "view", "b", list);
    EXPECT_EQ(tried("b").reward_sum, 2);
    ASSERT_TRUE(world_.people->erase(world_.tenant, "ann"));
    restart();
    EXPECT_EQ(tried("b").trials, 1);
    EXPECT_EQ(tried("b").reward_sum, 1);
    EXPECT_EQ(tried("a").trials, 0);
}

TEST_F(OutcomesTest, WhatPeopleGaveItemsIsKnownAndLeavesWithThem) {
    const auto rate = [&](const std::string& user, const std::string& item, double value) {
        domain::Event e = said("rating");
        e.user_id = user;
        e.item_id = item;
        e.value = value;
        world_.apply({.user_id = user}, {e});
    };
    const auto given = [&](const std::string& item) {
        EXPECT_TRUE(outcomes_->catch_up(world_.tenant));
        const auto number = numbers_.of(world_.tenant)->find(item);
        return number ? outcomes_->ratings(world_.tenant)->of(*number, world_.clock.now())
                      : learn::Tally{};
    };
    rate("ann", "a", 5);
    rate("bob", "a", 3);  // weighs nothing, and counts
    EXPECT_EQ(given("a").trials, 2);
    EXPECT_EQ(given("a").mean(), 4);
    ASSERT_TRUE(world_.people->erase(world_.tenant, "ann"));
    rate("bob", "b", 1);
    EXPECT_EQ(given("a").trials, 1);
    EXPECT_EQ(given("a").mean(), 3);
    restart();
    EXPECT_EQ(given("a").trials, 1);
    EXPECT_EQ(given("b").mean(), 1);
}

TEST_F(OutcomesTest, WhatSomebodyForgottenGaveIsToldNoMoreWithoutAnotherEvent) {
    domain::Event e = said("rating");
    e.user_id = "ann";
    e.item_id = "a";
    e.value = 5;
    world_.apply({.user_id = "ann"}, {e});
    ASSERT_TRUE(outcomes_->catch_up(world_.tenant));
    const auto trials = [&] {
        const auto number = numbers_.of(world_.tenant)->find("a");
        return outcomes_->ratings(world_.tenant)->of(*number, world_.clock.now()).trials;
    };
    EXPECT_EQ(trials(), 1);
    const auto ann = world_.store->find_person(
        world_.tenant, world_.tenants.hashed_id(world_.tenant, "user", "ann"));
    ASSERT_TRUE(ann && *ann);
    outcomes_->forget(world_.tenant, **ann);
    EXPECT_EQ(trials(), 0);
}

TEST(ShownList, IsReadFromADecisionAndFromNothingElse) {
    EXPECT_FALSE(read_shown_list(R"({"event":"view","id":"e1","item_id":"a"})"));
    EXPECT_FALSE(read_shown_list("no json"));
    const auto list = read_shown_list(
        R"({"id":"d1","event":"$decision","time":"2026-01-02T03:04:05Z","properties":{"kind":"recommendation","choices":[{"of":"placement:home","chosen":"a","version":3},{"of":"experiment:x","chosen":"y"}],"features":{"sources":["model"],"written":[1],"rows":[[0.5]],"ranking":{"names":["price","age"],"rows":[[1.5,null]],"shared":{"hour":7}}}}})");
    ASSERT_TRUE(list);
    EXPECT_EQ(list->items, std::vector<std::string>{"a"});
    EXPECT_EQ(list->version, 3U);
    EXPECT_EQ(list->features, (std::vector<std::string>{"price", "age", "hour"}));
    ASSERT_EQ(list->feature_rows.size(), 3U);
    EXPECT_FLOAT_EQ(list->feature_rows[0], 1.5F);
    EXPECT_TRUE(std::isnan(list->feature_rows[1]));
    EXPECT_FLOAT_EQ(list->feature_rows[2], 7);
}

TEST(ShownList, PartsThatDoNotFitTogetherAreLeftOut) {
    const auto list = read_shown_list(
        R"({"id":"d1","event":"$decision","time":"2026-01-02T03:04:05Z","properties":{"kind":"recommendation","choices":[{"of":"placement:home","chosen":"a"}],"features":{"sources":["model"],"written":[1,2],"rows":[[0.5]],"from":["x","y"],"list":{"diversity":7}}}})");
    ASSERT_TRUE(list);
    EXPECT_TRUE(list->sources.empty());
    EXPECT_TRUE(list->rows.empty());
    EXPECT_TRUE(list->from.empty());
    EXPECT_FALSE(list->nature.diversity);
}

}  // namespace
}  // namespace attune::engine
