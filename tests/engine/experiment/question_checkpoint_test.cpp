// What is counted of questions is the same after a start from a checkpoint as after reading all of the log, whatever happened, and
// whenever the process died.
#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/decision.h"
#include "domain/describe.h"
#include "engine/experiment/question_reader.h"
#include "tests/base/shared_disk.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <sstream>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using base::SharedDisk;
using testing::World;

constexpr int kUsers = 8;
constexpr std::string_view kOf = "experiment:e";

constexpr std::string_view kMeasured =
    R"({"name":"n","unit":"$","variants":[{"name":"red","weight":0.5},{"name":"blue","weight":0.5}],)"
    R"("metrics":[{"name":"all","role":"primary","kind":"count","event":"purchase","window_seconds":7200,"covariate_seconds":3600},)"
    R"({"name":"typical","kind":"quantile","event":"purchase","quantile":0.5},)"
    R"({"name":"answers","kind":"count","event":"purchase","attribution":"decision"},)"
    R"({"name":"session","kind":"count","event":"view","attribution":"same_session"}]})";

// Asks of one experiment, and has all decisions counted.
class OneQuestion final : public QuestionSource {
public:
    void ask(std::string_view unit, std::uint64_t since_version = 1) {
        std::string body(kMeasured);
        body.replace(body.find('$'), 1, unit);
        auto asked = std::make_shared<Questions>();
        asked->list.push_back({.of = std::string(kOf),
                               .definition = std::make_shared<const domain::Experiment>(
                                   *base::from_json<domain::Experiment>(body)),
                               .since_version = since_version});
        asked->counted = "experiment:";
        asked_ = std::move(asked);
    }
    Result<std::shared_ptr<const Questions>> questions(TenantId) override { return asked_; }

private:
    std::shared_ptr<const Questions> asked_ = std::make_shared<const Questions>();
};

// A server's life with a question: things happen, it stops or dies, it starts again.
class Life {
public:
    explicit Life(std::string_view unit = "person") {
        question_.ask(unit);
        world_.people->tell_of_erasures(
            [](TenantId, const store::PersonId&) {},
            [this](TenantId tenant, std::span<const std::string>) -> Result<Checkpoints::Erasure> {
                Checkpoints::Erasure erasure = checkpoints_->begin_erasure();
                ATTUNE_TRY_VOID(reader_->begin_erasure(tenant));
                return erasure;
            });
        start();
    }
    void start() {
        reader_.reset();
        checkpoints_ = std::make_unique<Checkpoints>(CheckpointPlace{.disk = &disk_,
                                                                     .clock = &world_.clock,
                                                                     .directory = "checkpoints",
                                                                     .after_events = 20});
        begin_reading();
    }
    void begin_reading() {
        reader_ = std::make_unique<QuestionReader>(
            *world_.store, std::vector<QuestionSource*>{&question_}, checkpoints_.get());
        reader_->watch(world_.tenant);
    }
    // Nothing more is written; what was not synced is gone.
    void die() {
        disk_.with([](base::MemoryDisk& disk) {
            disk.fail_from(1, Code::internal, "io_error", /*sticky=*/true);
        });
        reader_.reset();
        disk_.with([](base::MemoryDisk& disk) {
            disk.heal();
            disk.lose_power();
        });
        start();
    }
    void catch_up() { EXPECT_TRUE(reader_->catch_up(world_.tenant)); }
    bool has_checkpoint() { return disk_.list("checkpoints")->size() == 1; }

    void see(const Identity& who, std::string_view variant, std::string unit,
             std::uint64_t version = 1) {
        domain::Decision decision{.kind = "config",
                                  .subject = "x",
                                  .choices = {{.of = std::string(kOf),
                                               .chosen = std::string(variant),
                                               .version = version,
                                               .among = {},
                                               .unit = std::move(unit)}}};
        decision.segments = {variant == "red" ? "loyal" : "new"};
        domain::Event event = next("$decision");
        event.properties = base::JsonText::trusted(base::to_json(decision));
        last_decision_ = event.id;
        tell(who, std::move(event));
    }
    void buy(const Identity& who, bool is_an_answer = false) {
        domain::Event event = next("purchase");
        event.value = static_cast<double>(events_ % 7);
        if (is_an_answer) event.decision_id = last_decision_;
        tell(who, std::move(event));
    }
    void view(const Identity& who) { tell(who, next("view")); }
    void erase(const std::string& who) { (void)world_.people->erase(world_.tenant, who); }

    std::string told() { return told_by(*reader_); }
    std::string told_by_the_log() {
        QuestionReader fresh(*world_.store, {&question_});
        return told_by(fresh);
    }

    World world_;
    SharedDisk disk_;
    OneQuestion question_;
    std::unique_ptr<Checkpoints> checkpoints_;
    std::unique_ptr<QuestionReader> reader_;

private:
    domain::Event next(std::string_view name) {
        domain::Event event{.id = "e" + std::to_string(++events_), .event = std::string(name)};
        event.time = event.received_at = world_.clock.now();
        return event;
    }
    void tell(const Identity& who, domain::Event event) {
        event.user_id = who.user_id;
        event.anonymous_id = who.anonymous_id;
        world_.apply(who, {std::move(event)});
    }
    std::string told_by(QuestionReader& reader) {
        EXPECT_TRUE(reader.catch_up(world_.tenant));
        std::ostringstream text;
        EXPECT_TRUE(reader.look(world_.tenant, {}, [&](const QuestionReader::View& seen) {
            EXPECT_TRUE(seen.is_current());
            const auto count = seen.count(kOf, 0);
            text << (count ? count->decisions : 0) << " decisions, of late "
                 << seen.decisions_since(kOf, world_.clock.now()).value_or(0) << '\n';
            if (const Tally* tally = seen.tally(kOf)) tell_tally(text, *tally);
            return Result<void>{};
        }));
        return text.str();
    }
    static void tell_sums(std::ostringstream& text, const learn::SampleSums& sums,
                          const QuantileSketch& sketch) {
        text << sums.n() << ' ' << sums.sum(learn::Variable::value) << ' '
             << sums.product(learn::Variable::value, learn::Variable::value) << ' '
             << sums.sum(learn::Variable::covariate) << ' ' << sketch.n() << '/'
             << sketch.quantile(0.5) << '\n';
    }
    static void tell_tally(std::ostringstream& text, const Tally& tally) {
        const std::size_t metrics = tally.definition().metrics.size();
        for (std::size_t arm = 0; arm < tally.arms(); ++arm) {
            text << tally.arm_name(arm) << ' ' << tally.units(arm) << '\n';
            for (std::size_t metric = 0; metric < metrics; ++metric) {
                tell_sums(text, tally.sums(arm, metric), tally.sketch(arm, metric));
                for (std::size_t i = 0; i < tally.segments().size(); ++i) {
                    text << tally.segments()[i] << ' ' << tally.units(arm, i) << ' ';
                    tell_sums(text, tally.sums(arm, metric, i), tally.sketch(arm, metric, i));
                }
            }
            for (std::size_t i = 0; tally.ages() && i < tally.ages()->size(); ++i)
                text << tally.ages()->sums(arm, i).n() << ':'
                     << tally.ages()->sums(arm, i).sum(learn::Variable::value) << ' ';
        }
        for (const auto& [version, units] : tally.drawn())
            for (const auto one : units) text << version << '=' << one << ' ';
    }

    std::size_t events_ = 0;
    std::string last_decision_;
};

Identity known(int who) { return {.user_id = "u" + std::to_string(who)}; }
Identity visitor(int who) { return {.anonymous_id = "v" + std::to_string(who)}; }

void live_a_little(Life& life) {
    for (int i = 0; i < 40; ++i) {
        const Identity who = known(i % kUsers);
        life.see(who, i % 2 == 0 ? "red" : "blue", "s" + std::to_string(i % 5), 1 + (i % 2));
        life.view(who);
        if (i % 3 == 0) life.buy(who, i % 2 == 0);
        life.world_.clock.advance(11min);
    }
}

TEST(QuestionCheckpoint, AStartKnowsWhatItKnewAndWhatCameAfterIt) {
    for (const std::string_view unit : {"person", "session", "group"}) {
        Life life(unit);
        live_a_little(life);
        life.catch_up();
        EXPECT_TRUE(life.has_checkpoint());
        life.buy(known(1), true);
        life.see(known(kUsers), "blue", "s9");
        life.die();
        EXPECT_EQ(life.told(), life.told_by_the_log());
        EXPECT_EQ(life.checkpoints_->stats().damaged, 0U);
    }
}

TEST(QuestionCheckpoint, WhoTurnsOutToBeOneAfterAStartTakesOutOfTheirGroupsWhatTheyHadAdded) {
    Life life("group");
    life.see(visitor(1), "red", "s1");
    life.see(visitor(2), "red", "s1");
    live_a_little(life);
    life.buy(visitor(1));
    life.buy(visitor(2), true);
    life.catch_up();
    ASSERT_TRUE(life.has_checkpoint());
    life.die();
    life.see(known(1), "blue", "s2");
    life.view({.user_id = "u1", .anonymous_id = "v1"});
    EXPECT_EQ(life.told(), life.told_by_the_log());
}

// Somebody whose events were removed from the log behind its back would be missing from what was read again.
TEST(QuestionCheckpoint, IsWhatAStartBeginsWith) {
    Life life;
    live_a_little(life);
    const std::string before = life.told();
    life.reader_.reset();
    const auto one = life.world_.store->find_person(
        life.world_.tenant, life.world_.tenants.hashed_id(life.world_.tenant, "user", "u1"));
    ASSERT_TRUE(life.world_.store->erase(life.world_.tenant, **one));
    life.start();
    EXPECT_EQ(life.told(), before);
    EXPECT_NE(life.told_by_the_log(), before);
}

TEST(QuestionCheckpoint, WhatIsAskedOtherwiseIsCountedFromTheLogAndTheRestIsNot) {
    Life life;
    live_a_little(life);
    life.catch_up();
    life.reader_.reset();
    for (const auto& [unit, since] : {std::pair("session", 1), std::pair("person", 2)}) {
        life.question_.ask(unit, static_cast<std::uint64_t>(since));
        life.start();
        EXPECT_EQ(life.told(), life.told_by_the_log());
    }
}

TEST(QuestionCheckpoint, WhoIsErasedIsInNoCountWithinADay) {
    Life life;
    live_a_little(life);
    life.catch_up();
    life.erase("u1");
    EXPECT_NE(life.told(), life.told_by_the_log());
    life.world_.clock.advance(24h);
    live_a_little(life);
    life.catch_up();
    EXPECT_EQ(life.told(), life.told_by_the_log());
    EXPECT_TRUE(life.has_checkpoint());
    live_a_little(life);
    life.catch_up();
    EXPECT_EQ(life.told(), life.told_by_the_log());
}

TEST(QuestionCheckpoint, WhoIsErasedIsInNoneUntilTheLogWasReadAnew) {
    Life life;
    live_a_little(life);
    life.catch_up();
    EXPECT_TRUE(life.has_checkpoint());
    life.erase("u1");
    EXPECT_FALSE(life.has_checkpoint());
    live_a_little(life);
    life.catch_up();
    EXPECT_FALSE(life.has_checkpoint());
    life.start();
    EXPECT_EQ(life.told(), life.told_by_the_log());
    life.start();
    EXPECT_TRUE(life.has_checkpoint());
    EXPECT_EQ(life.told(), life.told_by_the_log());
}

TEST(QuestionCheckpoint, NoneIsWrittenOfAReadingThatBeganWhileSomebodyWasErased) {
    Life life;
    live_a_little(life);
    life.reader_.reset();
    const std::string path = "checkpoints/" + life.disk_.list("checkpoints")->front();
    ASSERT_TRUE(life.disk_.remove(path));
    {
        const Checkpoints::Erasure erasure = life.checkpoints_->begin_erasure();
        life.begin_reading();
        life.catch_up();
    }
    live_a_little(life);
    life.catch_up();
    EXPECT_FALSE(life.has_checkpoint());
}

void happen(Life& life, const auto& one_of) {
    const int number = one_of(kUsers);
    const Identity who = one_of(3) == 0 ? visitor(number) : known(number);
    switch (one_of(5)) {
        case 0:
        case 1:
            life.see(who, one_of(2) == 0 ? "red" : "blue", "s" + std::to_string(one_of(5)),
                     1 + static_cast<std::uint64_t>(one_of(2)));
            break;
        case 2:
            life.view(who);
            break;
        default:
            life.buy(who, one_of(2) == 0);
    }
}

// Who turns out to be one is the same live and read again, which merge_law_test.cpp is about; here nobody does.
RC_GTEST_PROP(QuestionCheckpointProperty, StartingFromOneIsReadingAllOfTheLog,
              (std::uint32_t seed)) {
    Life life(std::array{"person", "session", "group"}[seed % 3]);
    std::mt19937 random(seed);
    const auto one_of = [&](int count) {
        return static_cast<int>(random() % static_cast<unsigned>(count));
    };
    for (int i = 0; i < 90; ++i) {
        life.world_.clock.advance(std::chrono::seconds(one_of(900)));
        switch (one_of(25)) {
            case 0:
                life.erase("u" + std::to_string(one_of(kUsers)));
                break;
            case 1:
                life.catch_up();
                break;
            case 2:
                life.start();
                break;
            case 3:
                life.die();
                break;
            default:
                happen(life, one_of);
        }
    }
    life.start();  // counts keep who was erased until then
    RC_ASSERT(life.told() == life.told_by_the_log());
}

}  // namespace
}  // namespace attune::engine
