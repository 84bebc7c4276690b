// Bandits over a store, told by decisions that were drawn from them: whether they learn what is true, from what is heard late,
// and know the same again after a restart.
#include "engine/bandit/bandits.h"

#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/describe.h"
#include "engine/bandit/shares.h"
#include "engine/experiment/experiment_reader.h"
#include "engine/experiment/question_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::World;

std::string hero(std::string_view bandit, std::string_view more = {},
                 std::string_view metric = R"("kind":"conversion")") {
    return R"({"name":"n","variants":[{"name":"a","weight":0.5},{"name":"b","weight":0.5}],)"
           R"("metrics":[{"name":"bought","role":"primary","event":"purchase","window_seconds":3600,)" +
           std::string(metric) + "}]," + R"("bandit":)" + std::string(bandit) + std::string(more) +
           "}";
}

class BanditsTest : public ::testing::Test {
protected:
    void begin(std::string_view body, std::string_view id = "hero") {
        const auto put =
            experiments_.put(world_.tenant, id, base::JsonText::trusted(std::string(body)), {});
        ASSERT_TRUE(put) << put.error().message;
        const auto started = experiments_.start(world_.tenant, id, {});
        ASSERT_TRUE(started) << started.error().message;
        bandits_ = std::make_unique<Bandits>(*world_.store, experiments_);
        learn();
    }
    void restart() {
        bandits_ = std::make_unique<Bandits>(*world_.store, experiments_);
        learn();
    }
    void learn() { ASSERT_TRUE(bandits_->catch_up(world_.tenant)); }

    // As the decider does it: draws, and writes the decision into the person's log.
    domain::Choice show(const std::string& user, std::string_view context = "{}",
                        const std::string& session = "s") {
        const auto document = base::JsonDocument::parse(context);
        const LogicMember roots[] = {{"context", LogicValue(document->root())}};
        const LogicRecord record{roots};
        BanditDrawing drawing(*bandits_, world_.tenant);
        const auto set = experiments_.of(world_.tenant);
        const auto given = (*set)->assign("", {.input = {.data = LogicValue(record)},
                                               .person = user,
                                               .session = session,
                                               .group = {},
                                               .remembered = {},
                                               .bandits = &drawing});
        if (given.size() != 1) {
            ADD_FAILURE() << given.size() << " experiments";
            return {};
        }
        domain::Choice choice{.of = "experiment:" + given[0].experiment->id,
                              .chosen = std::string(given[0].chosen()),
                              .probability = given[0].probability,
                              .version = given[0].experiment->version};
        if (given[0].experiment->definition.unit == domain::ExperimentUnit::session)
            choice.unit = session;
        domain::Event event = said(user, "$decision");
        event.decision_id = event.id;
        event.properties = base::JsonText::trusted(
            base::to_json(domain::Decision{.kind = "config",
                                           .subject = "x",
                                           .choices = {choice},
                                           .features = drawing.features()}));
        last_decision_ = event.id;
        world_.apply({.user_id = user}, {event});
        return choice;
    }
    domain::Event said(const std::string& user, std::string_view name,
                       std::optional<double> value = std::nullopt) {
        domain::Event e{.id = "e" + std::to_string(++events_), .event = std::string(name)};
        e.user_id = user;
        e.time = e.received_at = world_.clock.now();
        e.value = value;
        return e;
    }
    void say(const std::string& user, std::string_view name,
             std::optional<double> value = std::nullopt) {
        world_.apply({.user_id = user}, {said(user, name, value)});
    }
    ExperimentResults results(std::string_view id = "hero") {
        ExperimentQuestions questions(experiments_);
        QuestionReader reader(*world_.store, {&questions});
        EXPECT_TRUE(reader.catch_up(world_.tenant));
        auto found = ExperimentReader(reader, experiments_).results(world_.tenant, id);
        EXPECT_TRUE(found) << found.error().message;
        const auto told = bandits_->tell(world_.tenant, *found);
        EXPECT_TRUE(told) << told.error().message;
        return *found;
    }
    const BanditArm& arm(std::string_view name) {
        results_ = results();
        return *std::ranges::find(results_.bandit->arms, name, &BanditArm::name);
    }
    std::optional<store::PersonId> last_person(const std::string& user) {
        std::optional<store::PersonId> last;
        EXPECT_TRUE(world_.store->scan_all(world_.tenant, {}, [&](const store::LoggedEvent& one) {
            if (one.payload.contains('"' + user + '"')) last = one.person;
            return true;
        }));
        return last;
    }
    bool chance(double share) {
        return std::uniform_real_distribution<double>(0, 1)(random_) < share;
    }
    // People come, are shown something, and buy with the rate of what they were shown.
    void live(int people, double rate_a, double rate_b, int learn_every = 10) {
        for (int i = 0; i < people; ++i) {
            world_.clock.advance(1s);
            const std::string user = "u" + std::to_string(++people_);
            const domain::Choice shown = show(user);
            if (chance(shown.chosen == "a" ? rate_a : rate_b)) say(user, "purchase", 10);
            if (i % learn_every == 0) learn();
        }
        learn();
    }

    World world_;
    Experiments experiments_{*world_.store, world_.clock};
    std::unique_ptr<Bandits> bandits_;
    std::mt19937 random_{7};
    ExperimentResults results_;
    std::string last_decision_;
    int events_ = 0;
    int people_ = 0;
};

TEST_F(BanditsTest, TheWeightsRuleFirstAndThenWhatIsBetter) {
    begin(hero(R"({"begin_units":50,"floor":0.05})"));
    live(49, 0.1, 0.5);
    EXPECT_EQ(arm("a").probability, 0.5);
    EXPECT_EQ(results_.verdict.decision, "continue");
    live(300, 0.1, 0.5);
    EXPECT_EQ(arm("b").probability, 0.95);
    EXPECT_EQ(arm("a").probability, 0.05);
    EXPECT_GT(arm("b").draws, 250u);
    EXPECT_EQ(results_.verdict.decision, "shift");
    EXPECT_EQ(results_.verdict.variant, "b");
    EXPECT_FALSE(results_.sample_ratio.is_suspicious);
    const auto ci = *arm("b").ci;
    EXPECT_LT(ci[0], 0.5);
    EXPECT_GT(ci[1], 0.5);
}

TEST_F(BanditsTest, EveryStrategyFindsTheBetterVariant) {
    int count = 0;
    for (const char* bandit :
         {R"({"strategy":"thompson"})", R"({"strategy":"epsilon_greedy","epsilon":0.2})",
          R"({"strategy":"ucb"})", R"({"strategy":"lin_ucb","features":["context.device"]})",
          R"({"strategy":"linear_thompson","features":["context.device"]})"}) {
        for (const char* metric : {R"("kind":"conversion")", R"("kind":"sum","cap":100)"}) {
            const std::string id = "hero" + std::to_string(++count);
            begin(hero(bandit, {}, metric), id);
            int b = 0;
            for (int i = 0; i < 400; ++i) {
                world_.clock.advance(1s);
                const std::string user = "u" + std::to_string(++people_);
                const domain::Choice shown = show(user, R"({"device":"mobile"})");
                if (i >= 200) b += shown.chosen == "b";
                if (chance(shown.chosen == "a" ? 0.1 : 0.6)) say(user, "purchase", 10);
                if (i % 10 == 0) learn();
            }
            EXPECT_GT(b, 150) << bandit << metric;
            ASSERT_TRUE(experiments_.conclude(world_.tenant, id, {}, {}));
        }
    }
}

TEST_F(BanditsTest, WhereLessIsBetterItMovesAway) {
    begin(hero("{}", {}, R"("kind":"conversion","lower_is_better":true)"));
    live(400, 0.1, 0.5);
    EXPECT_GT(*arm("a").probability, 0.9);
}

TEST_F(BanditsTest, TheLinearOnesGiveEachTheirOwn) {
    begin(hero(R"({"strategy":"linear_thompson","features":["context.device"]})"));
    int right = 0;
    for (int i = 0; i < 800; ++i) {
        world_.clock.advance(1s);
        const std::string user = "u" + std::to_string(i);
        const bool mobile = i % 2 == 0;
        const auto shown =
            show(user, mobile ? R"({"device":"mobile"})" : R"({"device":"desktop"})");
        const bool fits = mobile == (shown.chosen == "b");
        if (i >= 600) right += fits;
        if (chance(fits ? 0.6 : 0.2)) say(user, "purchase");
        if (i % 10 == 0) learn();
    }
    EXPECT_GT(right, 180);
    EXPECT_EQ(arm("a").probability, std::nullopt);
}

TEST_F(BanditsTest, TheSameLogGivesTheSameProbabilities) {
    begin(hero(R"({"strategy":"thompson","half_life_seconds":600,"begin_units":20})"));
    live(200, 0.3, 0.4, 7);
    const double before = *arm("b").probability;
    EXPECT_NE(before, 0.5);
    restart();
    EXPECT_EQ(arm("b").probability, before);
    EXPECT_EQ(results_.bandit->draws, 200u);
}

TEST_F(BanditsTest, TheSameLogGivesEachTheSameProbabilities) {
    begin(hero(
        R"({"strategy":"linear_thompson","features":["context.age"],"half_life_seconds":600})"));
    const auto asked = [&](int age, const std::string& user) {
        return show(user, R"({"age":)" + std::to_string(age) + "}").probability;
    };
    for (int i = 0; i < 150; ++i) {
        world_.clock.advance(1s);
        const std::string user = "u" + std::to_string(i);
        (void)asked(20 + (i % 40), user);
        if (chance(0.3)) say(user, "purchase");
        if (i % 11 == 0) learn();
    }
    learn();
    // Whoever falls into the same bucket; asked without learning in between, and before what they are asked is read.
    const double before = asked(33, "probe");
    ASSERT_TRUE(world_.store->erase(world_.tenant, *last_person("probe")));
    restart();
    EXPECT_EQ(asked(33, "probe"), before);
}

TEST_F(BanditsTest, APersonKeepsWhatTheyWereShownAndIsDrawnOnce) {
    begin(hero(R"({"begin_units":0})"));
    const auto first = show("ann");
    EXPECT_LT(first.probability, 1);
    live(100, first.chosen == "a" ? 0 : 1, first.chosen == "a" ? 1 : 0);
    const auto again = show("ann");
    EXPECT_EQ(again.chosen, first.chosen);
    EXPECT_EQ(again.probability, 1);
    learn();
    EXPECT_EQ(results().bandit->draws, 101u);
}

TEST_F(BanditsTest, EachSessionIsDrawnAnewAndStaysWhatItWas) {
    begin(hero(R"({"begin_units":0,"floor":0.3})", R"(,"unit":"session")"));
    int b = 0;
    for (int i = 0; i < 200; ++i) {
        world_.clock.advance(1s);
        const std::string session = std::to_string(i);
        const auto shown = show("ann", "{}", session);
        EXPECT_EQ(show("ann", "{}", session).chosen, shown.chosen);
        if (shown.chosen == "b") ++b, say("ann", "purchase");
        learn();
    }
    EXPECT_GT(b, 100);
    EXPECT_LT(b, 180);
    EXPECT_EQ(results().bandit->draws, 200u);
    EXPECT_EQ(arm("b").reward, b);
}

TEST_F(BanditsTest, LateRewardsCountForTheArmTheyAnswerWithinTheWindow) {
    begin(hero(R"({"begin_units":0})", R"(,"unit":"session")", R"("kind":"count")"));
    const auto first = show("ann", "{}", "1");
    const std::string decision = last_decision_;
    world_.clock.advance(10min);
    std::string second = first.chosen;
    for (int i = 2; second == first.chosen; ++i)
        second = show("ann", "{}", std::to_string(i)).chosen;
    domain::Event named = said("ann", "purchase");
    named.decision_id = decision;
    world_.apply({.user_id = "ann"}, {named});
    say("ann", "purchase");
    world_.clock.advance(55min);
    named = said("ann", "purchase");
    named.decision_id = decision;
    world_.apply({.user_id = "ann"}, {named});
    // In the window when it happened, heard of when it was over.
    named = said("ann", "purchase");
    named.decision_id = decision;
    named.time -= 20min;
    world_.apply({.user_id = "ann"}, {named});
    learn();
    EXPECT_EQ(arm(first.chosen).reward, 2);
    EXPECT_EQ(arm(second).reward, 1);
}

TEST_F(BanditsTest, WhatAVisitorWasShownIsRewardedByWhoTheyTurnOutToBe) {
    begin(hero(R"({"begin_units":0})"));
    domain::Event shown = said("", "$decision");
    shown.user_id = {};
    shown.anonymous_id = "phone";
    shown.properties = base::JsonText::trusted(base::to_json(domain::Decision{
        .kind = "config",
        .subject = "x",
        .choices = {{.of = "experiment:hero", .chosen = "b", .probability = 0.5}}}));
    world_.apply({.anonymous_id = "phone"}, {shown});
    learn();
    domain::Event login = said("ann", "login");
    login.anonymous_id = "phone";
    world_.apply({.user_id = "ann", .anonymous_id = "phone"}, {login});
    say("ann", "purchase");
    learn();
    EXPECT_EQ(arm("b").reward, 1);
    EXPECT_EQ(results_.bandit->draws, 1u);
}

TEST_F(BanditsTest, AUnitSaysNothingBeforeTheDelayIsOver) {
    begin(hero(R"({"begin_units":1,"delay_seconds":600})"));
    live(100, 0, 1);
    EXPECT_EQ(arm("b").probability, 0.5);
    world_.clock.advance(20min);
    show("later");
    learn();
    EXPECT_GT(*arm("b").probability, 0.9);
}

TEST_F(BanditsTest, WithAHalfLifeItFollowsAWorldThatChanges) {
    begin(hero(R"({"half_life_seconds":60,"floor":0.1})"));
    live(400, 0.1, 0.6);
    EXPECT_GT(*arm("b").probability, 0.8);
    live(600, 0.6, 0.1);
    EXPECT_GT(*arm("a").probability, 0.8);
}

TEST_F(BanditsTest, DrawsThatDoNotFitTheirProbabilitiesAreNoticed) {
    begin(hero(R"({"begin_units":1000})"));
    live(200, 0.1, 0.1);
    EXPECT_FALSE(results().sample_ratio.is_suspicious);
    for (int i = 0; i < 100; ++i) {
        domain::Event shown = said("x" + std::to_string(i), "$decision");
        shown.properties = base::JsonText::trusted(base::to_json(domain::Decision{
            .kind = "config",
            .subject = "x",
            .choices = {{.of = "experiment:hero", .chosen = "b", .probability = 0.5}}}));
        world_.apply({.user_id = shown.user_id}, {shown});
    }
    learn();
    EXPECT_TRUE(results().sample_ratio.is_suspicious);
    EXPECT_EQ(results().verdict.decision, "check");
}

TEST(Shares, AreWholeBucketsThatKeepTheFloorAndDrawWhatTheySay) {
    const auto probabilities = [](const Shares& shares) {
        std::vector<double> all;
        for (std::size_t i = 0; i < shares.size(); ++i) all.push_back(shares.probability(i));
        return all;
    };
    EXPECT_EQ(probabilities(Shares::of_weights({0.8, 0.2}, 0.1)), (std::vector{0.8, 0.2}));
    EXPECT_EQ(probabilities(Shares::of_weights({1, 0, 0}, 0.1)), (std::vector{0.8, 0.1, 0.1}));
    EXPECT_EQ(probabilities(Shares::of_weights({0.89, 0.11, 0}, 0.1)),
              (std::vector{0.8, 0.1, 0.1}));
    EXPECT_EQ(probabilities(Shares::of({1, 0, 0}, 0.02)), (std::vector{0.96, 0.02, 0.02}));
    std::mt19937 random(3);
    for (int round = 0; round < 100; ++round) {
        std::vector<double> chances(2 + random() % 19);
        for (double& one : chances) one = static_cast<double>(random() % 1'000) / 7;
        chances[0] += 1;
        const Shares shares =
            round % 2 == 0 ? Shares::of(chances, 0.01) : Shares::of_weights(chances, 0.01);
        std::vector<std::uint32_t> drawn(chances.size());
        for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
            const BanditDraw draw = shares.draw(bucket);
            ASSERT_EQ(draw.probability, shares.probability(draw.variant));
            ++drawn[draw.variant];
        }
        for (std::size_t i = 0; i < drawn.size(); ++i) {
            EXPECT_EQ(static_cast<double>(drawn[i]) / kBuckets, shares.probability(i));
            EXPECT_GE(drawn[i], 100u - 1u);
        }
    }
}

TEST_F(BanditsTest, WhatItCannotBeRewardedWithIsRefusedNamingThePlace) {
    const auto place_of = [&](const std::string& body) {
        const auto put = experiments_.put(world_.tenant, "r", base::JsonText::trusted(body), {});
        return put                          ? std::string("fine")
               : put.error().fields.empty() ? put.error().message
                                            : put.error().fields.front().pointer;
    };
    EXPECT_EQ(place_of(hero("{}", {}, R"("kind":"ratio","denominator":"view")")),
              "/metrics/0/kind");
    EXPECT_EQ(place_of(hero("{}", {}, R"("kind":"retention","after_seconds":1)")),
              "/metrics/0/kind");
    EXPECT_EQ(place_of(hero(R"({"strategy":"lin_ucb"})")), "/bandit/features");
    EXPECT_EQ(place_of(hero(R"({"floor":0.5001})")), "/bandit/floor");
    EXPECT_EQ(place_of(hero(R"({"delay_seconds":3601})")), "/bandit/delay_seconds");
    EXPECT_EQ(place_of(hero("{}", R"(,"unit":"group")")), "/unit");
    EXPECT_EQ(place_of(hero(R"({"features":[""]})")), "/bandit/features/0");
    EXPECT_EQ(place_of(hero("{}")), "fine");
}

TEST_F(BanditsTest, WhatWasKnownIsLoggedNestedAsItWasAskedFor) {
    KnownFeatures known;
    const auto data = base::JsonDocument::parse(
        R"({"a":{"b":{"c":1,"d":"x"},"e":null,"f":["u","v"]},"g":true,"h":{"i":{}}})");
    const std::string paths[] = {"a.b.d", "g",   "a.b.c", "a.e",    "a.f",
                                 "h.i",   "h.j", "a-b",   "nothing"};
    known.add(paths, LogicValue(data->root()));
    known.add(paths, LogicValue(data->root()));
    const std::string json(known.json().text());
    EXPECT_EQ(json, R"({"a":{"b":{"c":1,"d":"x"},"f":["u","v"]},"g":true})");
    const auto logged = base::JsonDocument::parse(json);
    EXPECT_EQ(feature_numbers(paths, LogicValue(data->root())),
              feature_numbers(paths, LogicValue(logged->root())));
    EXPECT_TRUE(KnownFeatures().json().is_null());
}

}  // namespace
}  // namespace attune::engine
