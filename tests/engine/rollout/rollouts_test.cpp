#include "engine/rollout/rollouts.h"

#include "../profile/people_world.h"
#include "base/random.h"
#include "engine/decide/flag_exposures.h"
#include "engine/rollout/rollout_questions.h"

#include <gtest/gtest.h>
#include <random>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using domain::MetricKind;
using learn::SampleSums;

constexpr double kAlpha = 0.05;

// In [0, 1), the same everywhere.
double chance(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

// So many people of whom so many did it.
SampleSums people(int n, int who_did) {
    SampleSums sums;
    for (int i = 0; i < n; ++i) sums.add({.value = i < who_did ? 1.0 : 0.0});
    return sums;
}

std::string verdict(const domain::Guardrail& guardrail, const SampleSums& out,
                    const SampleSums& in) {
    return read_guardrail(guardrail, out, in, kAlpha).verdict;
}

TEST(GuardrailTest, SaysWhichSideDoesWorse) {
    const domain::Guardrail buys{.name = "buy", .event = "buy"};
    const domain::Guardrail fails{.name = "fail", .event = "fail", .lower_is_better = true};
    EXPECT_EQ(verdict(buys, people(5'000, 500), people(5'000, 300)), "worse");
    EXPECT_EQ(verdict(buys, people(5'000, 300), people(5'000, 500)), "better");
    EXPECT_EQ(verdict(fails, people(5'000, 300), people(5'000, 500)), "worse");
    EXPECT_EQ(verdict(fails, people(5'000, 500), people(5'000, 300)), "better");
    EXPECT_EQ(verdict(fails, people(5'000, 500), people(5'000, 505)), "unclear");
    EXPECT_EQ(verdict(fails, people(90, 1), people(90, 80)), "too_early");
}

TEST(GuardrailTest, AFailureThatNobodyOutEverMetIsSeen) {
    const domain::Guardrail fails{.name = "fail", .event = "fail", .lower_is_better = true};
    EXPECT_EQ(verdict(fails, people(1'000, 0), people(1'000, 200)), "worse");
    EXPECT_EQ(verdict(fails, people(1'000, 0), people(1'000, 10)), "too_early");
    // Nor is it made up: what could be 25 that were missed stays open.
    EXPECT_EQ(verdict(fails, people(1'000, 0), people(1'000, 26)), "unclear");
    const domain::Guardrail buys{.name = "buy", .event = "buy"};
    EXPECT_EQ(verdict(buys, people(1'000, 200), people(1'000, 0)), "worse");
    // Nor one that everybody who is in meets.
    EXPECT_EQ(verdict(fails, people(200, 0), people(200, 200)), "worse");
    EXPECT_EQ(verdict(buys, people(200, 200), people(200, 0)), "worse");
}

// Rollouts that change nothing, looked at after every fifty people, with shares from a small one to all but everybody.
TEST(GuardrailTest, HaltsForNothingNoMoreOftenThanItClaims) {
    constexpr int kRuns = 400;
    std::mt19937_64 random(20'260'601);
    int halted = 0;
    for (int run = 0; run < kRuns; ++run) {
        const bool lower = run % 2 == 0;
        const domain::Guardrail guardrail{.name = "g", .event = "g", .lower_is_better = lower};
        const double share = run % 4 < 2 ? 0.1 : 0.5;
        const double rate = run % 8 < 4 ? 0.02 : 0.3;
        SampleSums in;
        SampleSums out;
        bool is_worse = false;
        for (int i = 0; i < 6'000 && !is_worse; ++i) {
            (chance(random) < share ? in : out).add({.value = chance(random) < rate ? 1.0 : 0.0});
            is_worse = i % 50 == 0 && verdict(guardrail, out, in) == "worse";
        }
        halted += is_worse ? 1 : 0;
    }
    EXPECT_LE(halted, kRuns * kAlpha);
}

class RolloutsTest : public ::testing::Test {
protected:
    static constexpr std::string_view kFlag =
        R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","metadata":{"team":"search"},"rollout":{"variant":"on",)"
        R"("steps":[{"at":"1970-01-01T00:00:00Z","share":0.5},{"at":"2100-01-01T00:00:00Z","share":1}],)"
        R"("guardrails":[{"event":"fail","lower_is_better":true}]}})";

    void SetUp() override { save(); }

    void save() {
        const auto saved =
            flags_.put(tenant_, "search", *base::JsonText::parse(kFlag), {.by = "ann"});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    // So many new people ask for the flag; those who are in fail with this probability, the others with that.
    void live(int people, double in_fails, double out_fails) {
        for (int i = 0; i < people; ++i) {
            const std::string user = "u" + std::to_string(users_++);
            world_.apply({.user_id = user}, {testing::view("v" + user, user, {})});
            const auto set = *flags_.of(tenant_);
            const Flag& flag = *set->find("search");
            const LogicMember key[] = {{"targetingKey", LogicValue(std::string_view(user))}};
            const LogicRecord context{.members = key};
            const auto answer =
                set->evaluate(flag, {.attributes = LogicValue(context), .now = world_.clock.now()});
            if (!answer.draw) continue;
            exposures_.note(tenant_, flag, *answer.draw);
            exposures_.flush();
            if (chance(chance_) >= (answer.draw->is_in ? in_fails : out_fails)) continue;
            ASSERT_TRUE(log_.flush());
            domain::Event event = testing::view("f" + user, user, {});
            event.event = "fail";
            event.time = world_.clock.now() + 1s;
            world_.apply({.user_id = user}, {event});
        }
        ASSERT_TRUE(log_.flush());
        ASSERT_TRUE(reader_.catch_up(tenant_));
    }
    bool is_in_somewhere() {
        const auto set = *flags_.of(tenant_);
        const auto at = set->find("search")->rollout->at(world_.clock.now());
        return at.share > 0;
    }

    testing::World world_;
    const TenantId tenant_ = world_.tenant;
    const TimeZones zones_ = TimeZones::none();
    base::SeededRandom random_{7};
    std::mt19937_64 chance_{7};
    int users_ = 0;
    Flags flags_{*world_.store, world_.clock, zones_};
    DecisionLog log_{*world_.people, world_.clock, {}};
    FlagExposures exposures_{*world_.people, log_};
    RolloutQuestions questions_{flags_, world_.clock};
    QuestionReader reader_{*world_.store, {&questions_}};
    std::unique_ptr<Tenants> tenants_ =
        *Tenants::open(*world_.store, world_.clock, random_, {.root_key = "root-key-of-the-tests"});
    Rollouts rollouts_{flags_, reader_, *tenants_, world_.clock, {.look_every = {}}};
};

TEST_F(RolloutsTest, AreHaltedWhenThoseWhoAreInDoWorse) {
    ASSERT_TRUE(reader_.catch_up(tenant_));
    live(400, 0.6, 0.1);
    EXPECT_EQ(*rollouts_.check(tenant_), 1u);
    EXPECT_EQ(rollouts_.halted_total(), 1u);
    EXPECT_FALSE(is_in_somewhere());
    const auto flag = *flags_.get(tenant_, "search");
    ASSERT_EQ(flag.history.size(), 2u);
    EXPECT_EQ(flag.now().by, "guardrail");
    EXPECT_NE(flag.now().note.find("\"fail\""), std::string::npos);
    EXPECT_NE(flag.now().body.text().find(R"("team":"search")"), std::string::npos);
    const auto report = *rollouts_.report(tenant_, "search");
    ASSERT_TRUE(report.halted);
    EXPECT_EQ(report.halted->guardrail, "fail");
    EXPECT_GT(report.halted->effect, 0.3);
    ASSERT_EQ(report.halted->ci.size(), 2u);
    EXPECT_GT(report.halted->ci[0], 0);
    EXPECT_EQ(*rollouts_.check(tenant_), 0u) << "once is enough";

    // It goes on when people say so, on evidence of its own.
    ASSERT_TRUE(rollouts_.resume(tenant_, "search", {.by = "ann"}));
    EXPECT_TRUE(is_in_somewhere());
    EXPECT_EQ(*rollouts_.check(tenant_), 0u);
    EXPECT_EQ(rollouts_.resume(tenant_, "search", {}).error().reason, "not_halted");
}

TEST_F(RolloutsTest, GoOnWhenNobodyDoesWorse) {
    ASSERT_TRUE(reader_.catch_up(tenant_));
    live(300, 0.3, 0.3);
    EXPECT_EQ(*rollouts_.check(tenant_), 0u);
    const auto report = *rollouts_.report(tenant_, "search");
    EXPECT_EQ(report.share, 0.5);
    EXPECT_TRUE(report.is_current);
    ASSERT_TRUE(report.units);
    EXPECT_EQ(report.units->in + report.units->out, 300u);
    ASSERT_EQ(report.guardrails.size(), 1u);
    EXPECT_EQ(report.guardrails[0].verdict, "unclear");
    EXPECT_EQ(report.alpha, 0.05);
    EXPECT_FALSE(report.halted);
}

TEST_F(RolloutsTest, AreNotThereForFlagsWithoutOne) {
    ASSERT_TRUE(flags_.put(
        tenant_, "plain", *base::JsonText::parse(R"({"state":"ENABLED","variants":{"a":1}})"), {}));
    EXPECT_EQ(rollouts_.report(tenant_, "plain").error().reason, "no_rollout");
    EXPECT_EQ(rollouts_.resume(tenant_, "plain", {}).error().reason, "no_rollout");
    EXPECT_EQ(rollouts_.report(tenant_, "none").error().code, Code::not_found);
}

}  // namespace
}  // namespace attune::engine
