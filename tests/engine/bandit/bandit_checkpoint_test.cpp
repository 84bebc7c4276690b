// What bandits know is the same after a start from a checkpoint as after reading all of the log, whatever happened, and whenever the
// process died.
#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/decision.h"
#include "engine/bandit/bandits.h"
#include "engine/experiment/describe.h"
#include "tests/base/shared_disk.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <atomic>
#include <random>
#include <thread>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using base::SharedDisk;
using testing::World;

constexpr int kUsers = 8;
constexpr std::array<std::string_view, 3> kBandits{"plain", "linear", "sessions"};

std::string body_of(std::string_view id) {
    std::string_view bandit = R"({"half_life_seconds":3600,"begin_units":5})";
    std::string_view more = "";
    if (id == "linear") {
        bandit =
            R"({"strategy":"linear_thompson","features":["context.age"],"delay_seconds":600,"begin_units":5})";
        more = R"(,"holdout":0.1)";
    }
    if (id == "sessions") more = R"(,"unit":"session")";
    return R"({"name":"n","variants":[{"name":"a","weight":0.5},{"name":"b","weight":0.5}],)"
           R"("metrics":[{"name":"spent","role":"primary","kind":"sum","event":"purchase","window_seconds":3600}],"bandit":)" +
           std::string(bandit) + std::string(more) + "}";
}

// A server's life with three bandits: things happen, it stops or dies, it starts again.
class Life {
public:
    Life() {
        for (const std::string_view id : kBandits) begin(id);
        world_.people->tell_of_erasures(
            [](TenantId, const store::PersonId&) {},
            [this](TenantId tenant, std::span<const std::string>) -> Result<Checkpoints::Erasure> {
                Checkpoints::Erasure erasure = checkpoints_->begin_erasure();
                ATTUNE_TRY_VOID(bandits_->begin_erasure(tenant));
                return erasure;
            });
        start();
    }
    void begin(std::string_view id) {
        const auto put =
            experiments_.put(world_.tenant, id, base::JsonText::trusted(body_of(id)), {});
        EXPECT_TRUE(put) << put.error().message;
        const auto started = experiments_.start(world_.tenant, id, {});
        EXPECT_TRUE(started) << started.error().message;
    }
    void start() {
        bandits_.reset();
        checkpoints_ = std::make_unique<Checkpoints>(CheckpointPlace{.disk = &disk_,
                                                                     .clock = &world_.clock,
                                                                     .directory = "checkpoints",
                                                                     .after_events = 20});
        bandits_ = std::make_unique<Bandits>(*world_.store, experiments_, checkpoints_.get());
        bandits_->watch(world_.tenant);
    }
    // Nothing more is written; what was not synced is gone.
    void die() {
        disk_.with([](base::MemoryDisk& disk) {
            disk.fail_from(1, Code::internal, "io_error", /*sticky=*/true);
        });
        bandits_.reset();
        disk_.with([](base::MemoryDisk& disk) {
            disk.heal();
            disk.lose_power();
        });
        start();
    }
    void catch_up() { EXPECT_TRUE(bandits_->catch_up(world_.tenant)); }
    bool has_checkpoint() { return disk_.list("checkpoints")->size() == 1; }

    void draw(const std::string& user, std::string_view of, std::string_view chosen,
              double probability, const std::string& session = "s") {
        domain::Choice choice{.of = "experiment:" + std::string(of),
                              .chosen = std::string(chosen),
                              .probability = probability,
                              .version = 2};
        if (of == "sessions") choice.unit = session;
        domain::Event event = next("$decision");
        event.decision_id = last_decision_ = event.id;
        event.properties = base::JsonText::trusted(base::to_json(domain::Decision{
            .kind = "config",
            .subject = "x",
            .choices = {choice},
            .features = base::JsonText::trusted(R"({"context":{"age":)" +
                                                std::to_string(20 + (events_ % 40)) + "}}")}));
        tell(user, std::move(event));
    }
    void buy(const std::string& user, bool is_an_answer = false) {
        domain::Event event = next("purchase");
        event.value = static_cast<double>(events_ % 7) + 0.3;
        if (is_an_answer) event.decision_id = last_decision_;
        tell(user, std::move(event));
    }
    void erase(const std::string& user) { (void)world_.people->erase(world_.tenant, user); }

    std::string told() { return told_by(*bandits_); }
    std::string told_by_the_log() {
        Bandits fresh(*world_.store, experiments_);
        return told_by(fresh);
    }

    World world_;
    SharedDisk disk_;
    Experiments experiments_{*world_.store, world_.clock};
    std::unique_ptr<Checkpoints> checkpoints_;
    std::unique_ptr<Bandits> bandits_;

private:
    domain::Event next(std::string_view name) {
        domain::Event event{.id = "e" + std::to_string(++events_), .event = std::string(name)};
        event.time = event.received_at = world_.clock.now();
        return event;
    }
    void tell(const std::string& user, domain::Event event) {
        event.user_id = user;
        world_.apply({.user_id = user}, {std::move(event)});
    }
    // What each earned, and what somebody new would be given, to the last digit.
    std::string told_by(Bandits& bandits) {
        EXPECT_TRUE(bandits.catch_up(world_.tenant));
        std::string text;
        for (const std::string_view id : kBandits) {
            ExperimentResults results{.id = std::string(id)};
            if (bandits.tell(world_.tenant, results) && results.bandit)
                text += base::to_json(*results.bandit) + '\n';
        }
        const auto context = base::JsonDocument::parse(R"({"age":33})");
        const LogicMember roots[] = {{"context", LogicValue(context->root())}};
        const LogicRecord record{roots};
        BanditDrawing drawing(bandits, world_.tenant);
        const auto set = experiments_.of(world_.tenant);
        for (const auto& given :
             (*set)->assign("", {.input = {.data = LogicValue(record)},
                                 .person = "probe" + std::to_string(++probes_ / 2),
                                 .session = "s",
                                 .group = {},
                                 .remembered = {},
                                 .bandits = &drawing}))
            text += given.experiment->id + " " + std::string(given.chosen()) + " " +
                    base::to_json(given.probability) + '\n';
        return text;
    }

    std::size_t events_ = 0;
    std::size_t probes_ = 1;  // two in turn are asked for the same one
    std::string last_decision_;
};

std::string user(int number) { return "u" + std::to_string(number); }

void live_a_little(Life& life) {
    for (int i = 0; i < 40; ++i) {
        const std::string who = user(i % kUsers);
        life.draw(who, kBandits.at(static_cast<std::size_t>(i) % 3), i % 5 < 2 ? "a" : "b", 0.5,
                  "s" + std::to_string(i));
        if (i % 3 != 1) life.buy(who, i % 2 == 0);
        life.world_.clock.advance(7min);
    }
}

TEST(BanditCheckpoint, AStartKnowsWhatItKnewAndWhatCameAfterIt) {
    Life life;
    live_a_little(life);
    life.catch_up();
    EXPECT_TRUE(life.has_checkpoint());
    life.buy(user(1), true);
    life.draw("new", "linear", "b", 0.25);
    life.buy("new");
    life.die();
    const std::string told = life.told();
    EXPECT_EQ(told, life.told_by_the_log());
    EXPECT_TRUE(told.contains("linear_thompson")) << told;
    EXPECT_EQ(life.checkpoints_->stats().damaged, 0U);
}

// Somebody whose events were removed from the log behind its back would be missing from what was read again.
TEST(BanditCheckpoint, IsWhatAStartBeginsWith) {
    Life life;
    live_a_little(life);
    const std::string before = life.told();
    life.bandits_.reset();
    const auto one = life.world_.store->find_person(
        life.world_.tenant, life.world_.tenants.hashed_id(life.world_.tenant, "user", "u1"));
    ASSERT_TRUE(life.world_.store->erase(life.world_.tenant, **one));
    life.start();
    const std::string after = life.told();
    EXPECT_EQ(after.substr(0, after.rfind('}')), before.substr(0, before.rfind('}')));
    EXPECT_NE(life.told_by_the_log().substr(0, after.rfind('}')),
              after.substr(0, after.rfind('}')));
}

TEST(BanditCheckpoint, ADamagedOneIsCountedAndTheLogIsReadInstead) {
    Life life;
    live_a_little(life);
    life.catch_up();
    life.bandits_.reset();
    ASSERT_TRUE(life.has_checkpoint());
    auto file = life.disk_.open("checkpoints/bandits-1", base::OpenMode::read_write);
    const std::uint64_t middle = *(*file)->size() / 2;
    char byte = 0;
    ASSERT_TRUE((*file)->read_at(middle, {&byte, 1}));
    byte = static_cast<char>(byte ^ 1);
    ASSERT_TRUE((*file)->write_at(middle, {&byte, 1}));
    life.start();
    EXPECT_EQ(life.told(), life.told_by_the_log());
    EXPECT_EQ(life.checkpoints_->stats().damaged, 1U);
}

TEST(BanditCheckpoint, OneThatWasStartedSinceIsReadFromTheLogAndOneThatIsOverIsLeftOut) {
    Life life;
    ASSERT_TRUE(life.experiments_.conclude(life.world_.tenant, "plain", {}, {}));
    live_a_little(life);
    life.catch_up();
    life.bandits_.reset();
    ASSERT_TRUE(life.experiments_.conclude(life.world_.tenant, "linear", {}, {}));
    life.start();
    EXPECT_EQ(life.told(), life.told_by_the_log());
}

TEST(BanditCheckpoint, WhoIsErasedIsInNoneAndInNothingWithinADay) {
    Life life;
    live_a_little(life);
    life.catch_up();
    EXPECT_TRUE(life.has_checkpoint());
    life.erase("u1");
    EXPECT_FALSE(life.has_checkpoint());
    live_a_little(life);
    life.catch_up();
    EXPECT_FALSE(life.has_checkpoint());
    life.world_.clock.advance(24h);
    live_a_little(life);
    life.catch_up();
    EXPECT_EQ(life.told(), life.told_by_the_log());
    EXPECT_TRUE(life.has_checkpoint());
}

// While the log is read anew, what was known is drawn from.
TEST(BanditCheckpoint, WhatWasKnownAnswersWhileTheLogIsReadAnew) {
    Life life;
    for (int i = 0; i < 40; ++i) {
        life.draw(user(i), "plain", i % 2 == 0 ? "a" : "b", 0.5);
        if (i % 2 == 1) life.buy(user(i));
        life.world_.clock.advance(1s);
    }
    life.catch_up();
    const auto set = life.experiments_.of(life.world_.tenant);
    const CompiledExperiment* plain = (*set)->find("plain");
    const auto drawn = [&](int probe) {
        BanditDrawing drawing(*life.bandits_, life.world_.tenant);
        return drawing.draw(*plain, "p" + std::to_string(probe), 5, {})->probability;
    };
    ASSERT_NE(drawn(1), 0.5);
    for (int i = 0; i < 5'000; ++i) life.buy("u2");  // what takes some batches
    life.erase("u1");
    life.catch_up();
    life.world_.clock.advance(24h);
    std::atomic<bool> is_over = false;
    std::jthread renewal([&] {
        life.catch_up();
        is_over = true;
    });
    int probe = 1;
    while (!is_over) ASSERT_NE(drawn(++probe), 0.5) << probe;
    renewal.join();
    EXPECT_NE(drawn(++probe), 0.5);
}

RC_GTEST_PROP(BanditCheckpointProperty, StartingFromOneIsReadingAllOfTheLog, (std::uint32_t seed)) {
    Life life;
    std::mt19937 random(seed);
    const auto one_of = [&](int count) {
        return static_cast<int>(random() % static_cast<unsigned>(count));
    };
    for (int i = 0; i < 90; ++i) {
        life.world_.clock.advance(std::chrono::seconds(one_of(900)));
        switch (one_of(20)) {
            case 0:
                life.erase(user(one_of(kUsers)));
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
                if (one_of(2) == 0)
                    life.draw(user(one_of(kUsers)), kBandits.at(random() % 3),
                              one_of(2) == 0 ? "a" : "b", 0.1 + (one_of(8) * 0.1),
                              "s" + std::to_string(one_of(5)));
                else
                    life.buy(user(one_of(kUsers)), one_of(2) == 0);
        }
    }
    life.start();  // what they know keeps who was erased until then
    RC_ASSERT(life.told() == life.told_by_the_log());
}

}  // namespace
}  // namespace attune::engine
