// Who turns out to be one: what was read along with the log is what a reader finds who begins when all is known.
#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/describe.h"
#include "engine/experiment/experiment_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <array>
#include <sstream>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::World;

constexpr std::string_view kBody =
    R"({"name":"n","unit":"$","variants":[{"name":"red","weight":0.5},{"name":"blue","weight":0.5}],)"
    R"("metrics":[{"name":"all","role":"primary","kind":"count","event":"purchase","window_seconds":7200,"covariate_seconds":3600},)"
    R"({"name":"spent","kind":"sum","event":"purchase","window_seconds":86400},)"
    R"({"name":"any","kind":"conversion","event":"purchase","window_seconds":7200,"covariate_seconds":3600},)"
    R"({"name":"answers","kind":"count","event":"purchase","attribution":"decision"},)"
    R"({"name":"session","kind":"count","event":"purchase","attribution":"same_session"}],)"
    R"("minimum_effect":0.1,"plan":{"baseline_mean":0.3,"baseline_deviation":1}})";

// People that are known, visitors, and what they do in turn: see something, buy, log in.
class Crowd {
public:
    explicit Crowd(std::string_view unit) {
        std::string body(kBody);
        body.replace(body.find('$'), 1, unit);
        EXPECT_TRUE(experiments_.put(world_.tenant, "e", base::JsonText::trusted(body), {}));
        EXPECT_TRUE(experiments_.start(world_.tenant, "e", {}));
    }
    void see(const Identity& who, std::string_view variant, std::string unit) {
        domain::Event event = next("$decision");
        event.properties = base::JsonText::trusted(
            base::to_json(domain::Decision{.kind = "config",
                                           .subject = "x",
                                           .choices = {{.of = "experiment:e",
                                                        .chosen = std::string(variant),
                                                        .version = 2,
                                                        .unit = std::move(unit)}}}));
        decisions_.push_back(event.id);
        tell(who, std::move(event));
    }
    void buy(const Identity& who, base::Duration ago = {}, bool is_an_answer = false) {
        domain::Event event = next("purchase");
        event.time = event.received_at - ago;
        event.value = static_cast<double>(event_);
        if (is_an_answer && !decisions_.empty())
            event.decision_id = decisions_[event_ % decisions_.size()];
        tell(who, std::move(event));
    }
    void view(const Identity& who) { tell(who, next("view")); }
    void pass(base::Duration time) { now_ += time; }

    // Everything that is counted, by who reads along.
    std::string counted() { return counted_by(reader_); }
    std::string counted_by_one_who_begins_now() {
        QuestionReader fresh(*world_.store, {&questions_});
        return counted_by(fresh);
    }

private:
    domain::Event next(std::string_view name) {
        domain::Event event{.id = "e" + std::to_string(++event_), .event = std::string(name)};
        event.time = event.received_at = now_;
        return event;
    }
    void tell(const Identity& who, domain::Event event) {
        event.user_id = who.user_id;
        event.anonymous_id = who.anonymous_id;
        world_.apply(who, {std::move(event)});
    }
    std::string counted_by(QuestionReader& reader) {
        EXPECT_TRUE(reader.catch_up(world_.tenant));
        const auto found = ExperimentReader(reader, experiments_).results(world_.tenant, "e");
        EXPECT_TRUE(found);
        std::ostringstream text;
        for (const MetricResult& metric : found->metrics)
            for (const ArmMetric& arm : metric.arms)
                text << metric.name << ' ' << arm.name << ": " << arm.sums.n << " units, "
                     << arm.sums.sum.value_or(0) << ", "
                     << std::round(arm.sums.sum_squares.value_or(0)) << ", before "
                     << arm.sums.covariate_sum.value_or(0) << '\n';
        return text.str();
    }

    World world_;
    Experiments experiments_{*world_.store, world_.clock};
    ExperimentQuestions questions_{experiments_};
    QuestionReader reader_{*world_.store, {&questions_}};
    base::Time now_{1'780'000'000s};
    std::size_t event_ = 0;
    std::vector<std::string> decisions_;
};

Identity known(int who) { return {.user_id = "u" + std::to_string(who)}; }
Identity visitor(int who) { return {.anonymous_id = "v" + std::to_string(who)}; }

TEST(Merges, ASessionIsOneUnitBeforeAndAfterItsVisitorTurnsOutToBeSomebodyKnown) {
    Crowd crowd("session");
    crowd.see(known(1), "red", "yesterday");
    crowd.pass(24h);
    crowd.see(visitor(1), "blue", "today");
    (void)crowd.counted();
    crowd.buy({.user_id = "u1", .anonymous_id = "v1"});
    crowd.see(known(1), "blue", "today");
    crowd.buy(known(1));
    EXPECT_TRUE(crowd.counted().contains("all blue: 1 units, 2,")) << crowd.counted();
    EXPECT_EQ(crowd.counted(), crowd.counted_by_one_who_begins_now());
}

// Whoever turns out to be who: what a group was told stands, and what its people did counts in the group they were told of last.
TEST(Merges, AGroupKeepsItsExposureAndWhatOthersDidWhenPeopleOfTwoTurnOutToBeOne) {
    Crowd crowd("group");
    crowd.see(visitor(1), "red", "reds");
    crowd.see(known(2), "red", "reds");
    crowd.see(known(1), "blue", "blues");
    crowd.buy(visitor(1));
    crowd.buy(known(2));
    crowd.buy(known(1));
    EXPECT_TRUE(crowd.counted().contains("all red: 1 units, 2,")) << crowd.counted();
    EXPECT_TRUE(crowd.counted().contains("all blue: 1 units, 1,")) << crowd.counted();
    crowd.view({.user_id = "u1", .anonymous_id = "v1"});
    // The one who they are was told of the blues last.
    EXPECT_TRUE(crowd.counted().contains("all red: 1 units, 1,")) << crowd.counted();
    EXPECT_TRUE(crowd.counted().contains("any red: 1 units, 1,")) << crowd.counted();
    EXPECT_TRUE(crowd.counted().contains("all blue: 1 units, 2,")) << crowd.counted();
    EXPECT_TRUE(crowd.counted().contains("any blue: 1 units, 1,")) << crowd.counted();
    EXPECT_EQ(crowd.counted(), crowd.counted_by_one_who_begins_now());
}

TEST(Merges, WhoTurnsOutToBeOfAGroupCountsInItWithWhatTheyDidSince) {
    Crowd crowd("group");
    crowd.see(visitor(1), "red", "reds");
    crowd.buy(known(1));
    EXPECT_TRUE(crowd.counted().contains("any red: 1 units, 0,")) << crowd.counted();
    crowd.view({.user_id = "u1", .anonymous_id = "v1"});
    EXPECT_TRUE(crowd.counted().contains("any red: 1 units, 1,")) << crowd.counted();
    EXPECT_EQ(crowd.counted(), crowd.counted_by_one_who_begins_now());
}

// What somebody does: see, buy, buy something a while ago, or buy or look while logging in; and what passes until the next.
enum class Deed { see, answer, buy_late, log_in_and_buy, log_in, read_along };

void does(Crowd& crowd, Deed deed, const Identity& who, const Identity& both,
          const std::string& unit) {
    if (deed == Deed::see) crowd.see(who, unit.ends_with('1') ? "red" : "blue", unit);
    if (deed == Deed::answer) crowd.buy(who, 0min, true);
    if (deed == Deed::buy_late) crowd.buy(who, 1min);
    if (deed == Deed::log_in_and_buy) crowd.buy(both);
    if (deed == Deed::log_in) crowd.view(both);
    if (deed == Deed::read_along) (void)crowd.counted();
}

void live_and_again(std::string_view unit) {
    // The deed, the user, the visitor, which of both, the session and the minutes until the next.
    using Step = std::tuple<int, int, int, bool, int, int>;
    const auto steps = *rc::gen::container<std::vector<Step>>(rc::gen::tuple(
        rc::gen::weightedElement<int>({{4, 0}, {3, 1}, {2, 2}, {1, 3}, {1, 4}, {3, 5}}),
        rc::gen::inRange(0, 2), rc::gen::inRange(0, 3), rc::gen::arbitrary<bool>(),
        rc::gen::inRange(0, 3), rc::gen::element(0, 1, 20, 40)));
    Crowd crowd(unit);
    for (const auto& [deed, user, device, is_known, session, minutes] : steps) {
        const Identity both{.user_id = known(user).user_id,
                            .anonymous_id = visitor(device).anonymous_id};
        const std::string name = unit == "person" ? "" : "s" + std::to_string(session);
        does(crowd, static_cast<Deed>(deed), is_known ? known(user) : visitor(device), both, name);
        crowd.pass(std::chrono::minutes(minutes));
    }
    const std::string along = crowd.counted();
    RC_ASSERT(along == crowd.counted_by_one_who_begins_now());
}

RC_GTEST_PROP(Merges, WhatIsReadAlongIsWhatIsReadAgainOfSessions, ()) { live_and_again("session"); }
RC_GTEST_PROP(Merges, WhatIsReadAlongIsWhatIsReadAgainOfPersons, ()) { live_and_again("person"); }
RC_GTEST_PROP(Merges, WhatIsReadAlongIsWhatIsReadAgainOfGroups, ()) { live_and_again("group"); }

}  // namespace
}  // namespace attune::engine
