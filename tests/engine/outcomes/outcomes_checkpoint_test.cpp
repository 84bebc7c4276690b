// What became of recommendations is known after a start from a checkpoint to the last digit as after reading all of the log, whatever
// happened, and whenever the process died.
#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/decision.h"
#include "domain/describe.h"
#include "engine/outcomes/outcomes.h"
#include "tests/base/shared_disk.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdio>
#include <random>
#include <sstream>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using base::SharedDisk;
using testing::World;

constexpr int kItems = 9;
constexpr int kUsers = 7;

std::string item(int number) { return "i" + std::to_string(number); }
std::string user(int number) { return "u" + std::to_string(number); }

// The first line that is another.
std::string difference(const std::string& one, const std::string& other) {
    std::istringstream lines(one);
    std::istringstream others(other);
    for (std::string a, b; std::getline(lines, a) && std::getline(others, b);)
        if (a != b) return a + "\nis not\n" + b;
    return one == other ? "" : "one is longer";
}
// To the last digit.
std::string exactly(double value) {
    char text[64];
    (void)std::snprintf(text, sizeof text, " %a", value);
    return text;
}
std::string of_sums(const ListSums& sums) {
    std::string out = exactly(sums.precision) + exactly(sums.reciprocal_rank) + exactly(sums.ndcg);
    for (const auto count : {sums.lists, sums.impressions, sums.clicks, sums.purchases, sums.hits,
                             sums.diversity.lists})
        out += ' ' + std::to_string(count);
    return out + exactly(sums.diversity.sum) + exactly(sums.novelty.sum);
}
std::string of_tally(const learn::Tally& tally) {
    return exactly(tally.trials) + exactly(tally.reward_sum) + exactly(tally.reward_squares);
}

// A server's life with outcomes: things happen, it stops or dies, it starts again.
class Life {
public:
    Life() {
        world_.clock.advance(24h * 365);
        world_.people->tell_of_erasures(
            [this](TenantId tenant, const store::PersonId& person) {
                outcomes_->forget(tenant, person);
            },
            [this](TenantId tenant, std::span<const std::string>) -> Result<Checkpoints::Erasure> {
                Checkpoints::Erasure erasure = checkpoints_->begin_erasure();
                ATTUNE_TRY_VOID(outcomes_->begin_erasure(tenant));
                return erasure;
            });
        start();
    }
    void start() {
        outcomes_.reset();
        numbers_ = std::make_unique<AllItemNumbers>();
        // Numbers of items are those of a process.
        for (int i = 0; i < 70 * starts_; ++i)
            (void)*numbers_->of(world_.tenant)->number_for("other" + std::to_string(i));
        ++starts_;
        checkpoints_ =
            std::make_unique<Checkpoints>(CheckpointPlace{.disk = &disk_,
                                                          .clock = &world_.clock,
                                                          .directory = "checkpoints",
                                                          .after_events = after_events_});
        outcomes_ = std::make_unique<Outcomes>(*world_.store, world_.tenants, *numbers_,
                                               checkpoints_.get());
        outcomes_->watch(world_.tenant);
    }
    // Nothing more is written; what was not synced is gone.
    void die() {
        disk_.with([](base::MemoryDisk& disk) {
            disk.fail_from(1, Code::internal, "io_error", /*sticky=*/true);
        });
        outcomes_.reset();
        disk_.with([](base::MemoryDisk& disk) {
            disk.heal();
            disk.lose_power();
        });
        start();
    }
    void catch_up() { EXPECT_TRUE(outcomes_->catch_up(world_.tenant)); }
    bool has_checkpoint() { return disk_.list("checkpoints")->size() == 1; }

    domain::Event event(std::string_view name, const std::string& who) {
        domain::Event e{.id = "e" + std::to_string(++events_), .event = std::string(name)};
        (who.front() == 'v' ? e.anonymous_id : e.user_id) = who;
        e.time = e.received_at = world_.clock.now();
        return e;
    }
    void say(const domain::Event& e) { world_.apply(World::identity_of(e), {e}); }
    domain::Event list_for(const std::string& who, const std::string& placement, int first) {
        domain::Decision decision{.kind = "recommendation", .subject = placement};
        for (int i = 0; i < 3; ++i)
            decision.choices.push_back({.of = "placement:" + placement,
                                        .chosen = item((first + i) % kItems),
                                        .version = 1 + static_cast<std::uint64_t>(first % 2)});
        decision.features = *base::JsonText::parse(
            R"({"sources":["model","popular"],"written":[0.5,0.5],"rows":[[1,0],[0.5,0.5],[0,1]],)"
            R"("from":["model","explored","popular"],"list":{"diversity":0.5,"novelty":0.25}})");
        domain::Event e = event("$decision", who);
        e.properties = base::JsonText::trusted(base::to_json(decision));
        return e;
    }
    void show(const std::string& who, const std::string& placement, int first) {
        const domain::Event e = list_for(who, placement, first);
        say(e);
        last_decision_ = e.id;
    }
    void touch(std::string_view name, const std::string& who, const std::string& what,
               std::optional<std::string> decision = {}) {
        domain::Event e = event(name, who);
        e.item_id = what;
        e.decision_id = std::move(decision);
        say(e);
    }
    void rate(const std::string& who, const std::string& what, double value) {
        domain::Event e = event("rating", who);
        e.item_id = what;
        e.value = value;
        say(e);
    }
    void consents(const std::string& who, std::string_view properties) {
        domain::Event e = event("$consent", who);
        e.properties = *base::JsonText::parse(properties);
        say(e);
    }
    void turns_out_to_be(const std::string& visitor, const std::string& who) {
        domain::Event e = event("$identify", who);
        e.anonymous_id = visitor;
        say(e);
    }
    void erase(const std::string& who) { (void)world_.people->erase(world_.tenant, who); }

    std::string told() { return told_by(*outcomes_, *numbers_); }
    std::string told_by_the_log() {
        AllItemNumbers numbers;
        Outcomes outcomes(*world_.store, world_.tenants, numbers);
        EXPECT_TRUE(outcomes.catch_up(world_.tenant));
        return told_by(outcomes, numbers);
    }
    // All that can be asked, in items' own names.
    std::string told_by(Outcomes& outcomes, AllItemNumbers& of_items) {
        std::string out;
        ItemNumbers& numbers = *of_items.of(world_.tenant);
        const auto tallies = [&](const ItemTallies* all) {
            if (all == nullptr) return std::string("none\n");
            std::string text = of_tally(all->of_all(world_.clock.now())) + '\n';
            for (int i = 0; i < kItems; ++i)
                if (const auto number = numbers.find(item(i)))
                    text += item(i) + of_tally(all->of(*number, world_.clock.now())) + '\n';
            return text;
        };
        for (const std::string placement : {"home", "cart"}) {
            out += placement + '\n';
            for (const SourceWeights& one : outcomes.weights(world_.tenant)->of(placement)) {
                out += std::to_string(one.version) + ' ' + std::to_string(one.answers) + ' ' +
                       base::format_time(one.since) + ' ' + base::format_time(one.last);
                for (const double weight : one.weights) out += exactly(weight);
                out += '\n';
            }
            out += tallies(outcomes.tried(world_.tenant)->find(placement).get());
            EXPECT_TRUE(outcomes.look(world_.tenant, placement,
                                      [&](const PlacementCounts* counts, bool is_current) {
                                          EXPECT_TRUE(is_current);
                                          if (counts != nullptr) out += of_counts(*counts);
                                      }));
        }
        out += tallies(outcomes.ratings(world_.tenant).get());
        return out + std::to_string(*outcomes.answered_lists(world_.tenant));
    }

    World world_;
    SharedDisk disk_;
    std::unique_ptr<AllItemNumbers> numbers_;
    std::unique_ptr<Checkpoints> checkpoints_;
    std::unique_ptr<Outcomes> outcomes_;
    std::uint64_t after_events_ = 20;
    std::string last_decision_;

private:
    static std::string of_counts(const PlacementCounts& counts) {
        std::string out = of_sums(counts.all()) + ' ' + std::to_string(counts.items().count()) +
                          ' ' + base::format_time(counts.since()) + '\n';
        for (const auto& [day, sums] : counts.days())
            out += std::to_string(day.time_since_epoch().count()) + of_sums(sums.sums) + ' ' +
                   std::to_string(sums.items.count()) + '\n';
        const auto of_items = [](const ItemSums& one) {
            return ' ' + std::to_string(one.impressions) + '/' + std::to_string(one.clicks);
        };
        for (const ItemSums& one : counts.slots()) out += of_items(one);
        for (const auto& [source, sums] : counts.sources()) out += source + of_items(sums);
        for (const auto& [version, sums] : counts.versions())
            out += '\n' + std::to_string(version) + of_sums(sums);
        return out + '\n';
    }

    int starts_ = 0;
    int events_ = 0;
};

void live_a_little(Life& life) {
    for (int i = 0; i < 40; ++i) {
        life.show(user(i % kUsers), i % 3 == 0 ? "cart" : "home", i % kItems);
        life.touch(i % 2 == 0 ? "view" : "purchase", user(i % kUsers), item((i + 1) % kItems));
        life.rate(user(i % kUsers), item(i % kItems), i % 6);
        life.world_.clock.advance(17min);
    }
}

TEST(OutcomesCheckpoint, AStartKnowsWhatItKnewAndWhatCameAfterIt) {
    Life life;
    live_a_little(life);
    life.catch_up();
    EXPECT_TRUE(life.has_checkpoint());
    life.touch("purchase", "u1", item(2), life.last_decision_);
    life.die();
    life.catch_up();
    EXPECT_EQ(life.told(), life.told_by_the_log());
    EXPECT_EQ(life.checkpoints_->stats().damaged, 0U);
}

// Somebody whose events were removed from the log behind its back would be missing from what was read again.
TEST(OutcomesCheckpoint, IsWhatAStartBeginsWith) {
    Life life;
    live_a_little(life);
    life.catch_up();
    const std::string before = life.told();
    life.start();
    ASSERT_TRUE(life.has_checkpoint());
    life.outcomes_.reset();
    const auto ann = life.world_.store->find_person(
        life.world_.tenant, life.world_.tenants.hashed_id(life.world_.tenant, "user", "u1"));
    ASSERT_TRUE(life.world_.store->erase(life.world_.tenant, **ann));
    life.start();
    life.catch_up();
    EXPECT_EQ(life.told(), before);
    EXPECT_NE(life.told_by_the_log(), before);
}

TEST(OutcomesCheckpoint, OfOtherWeightsItIsNotTakenUp) {
    Life life;
    live_a_little(life);
    life.catch_up();
    life.world_.tenants.set_weights(
        std::make_shared<const WeightTable>(base::FlatMap<std::string, domain::EventWeight>{
            {"view", {.weight = 0, .half_life_days = 1}}}));
    life.start();
    life.catch_up();
    EXPECT_EQ(life.told(), life.told_by_the_log());
}

TEST(OutcomesCheckpoint, WhoIsErasedIsInNoneAndWithinADayInNoCount) {
    Life life;
    live_a_little(life);
    life.catch_up();
    life.erase("u1");
    EXPECT_FALSE(life.has_checkpoint());
    live_a_little(life);
    life.catch_up();
    EXPECT_FALSE(life.has_checkpoint());  // counts are still of everybody
    EXPECT_NE(life.told(), life.told_by_the_log());
    life.world_.clock.advance(24h);
    live_a_little(life);
    life.catch_up();
    EXPECT_EQ(life.told(), life.told_by_the_log());
    EXPECT_TRUE(life.has_checkpoint());
}

TEST(OutcomesCheckpoint, PeopleWhoTurnedOutToBeOneAreOneAfterAStart) {
    Life life;
    life.after_events_ = 1;
    life.start();
    AllItemNumbers numbers;
    Outcomes all_along(*life.world_.store, life.world_.tenants, numbers);
    const auto both_know = [&] {
        life.catch_up();
        ASSERT_TRUE(all_along.catch_up(life.world_.tenant));
    };
    life.show("v1", "home", 0);
    life.rate("v1", item(0), 2);
    life.rate("u1", item(0), 5);
    life.consents("v2", R"({"train":false})");
    both_know();
    life.start();
    life.turns_out_to_be("v1", "u1");
    life.turns_out_to_be("v2", "u2");
    both_know();
    life.start();
    life.touch("view", "u1", item(1));  // answers what the visitor was shown
    life.rate("u2", item(0), 1);        // is refused
    both_know();
    EXPECT_EQ(life.told(), life.told_by(all_along, numbers));
    EXPECT_EQ(*life.outcomes_->answered_lists(life.world_.tenant), 1U);
    const auto number = life.numbers_->of(life.world_.tenant)->find(item(0));
    EXPECT_EQ(
        life.outcomes_->ratings(life.world_.tenant)->of(*number, life.world_.clock.now()).trials,
        1);
}

void happen(Life& life, const auto& one_of) {
    const std::string who = user(one_of(kUsers));
    switch (one_of(10)) {
        case 0:
            life.rate(who, item(one_of(kItems)), one_of(6));
            break;
        case 1:
            life.consents(who, one_of(2) == 0 ? R"({"train":false})" : R"({"train":true})");
            break;
        case 2: {  // the answer stands before what it answers
            const domain::Event list = life.list_for(who, "home", one_of(kItems));
            life.touch("view", who, item(one_of(kItems)), list.id);
            if (one_of(2) == 0) life.say(list);
            break;
        }
        case 3:
        case 4:
        case 5:
            life.show(who, one_of(3) == 0 ? "cart" : "home", one_of(kItems));
            break;
        case 6:
            life.touch("purchase", who, item(one_of(kItems)), life.last_decision_);
            break;
        default:
            life.touch("view", who, item(one_of(kItems)));
    }
}

RC_GTEST_PROP(OutcomesCheckpointProperty, StartingFromOneIsReadingAllOfTheLog,
              (std::uint32_t seed)) {
    Life life;
    std::mt19937 random(seed);
    const auto one_of = [&](int count) {
        return static_cast<int>(random() % static_cast<unsigned>(count));
    };
    for (int i = 0; i < 200; ++i) {
        life.world_.clock.advance(std::chrono::seconds(one_of(2'000)));
        switch (one_of(40)) {
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
                happen(life, one_of);
        }
    }
    life.start();  // counts keep who was erased until then
    life.catch_up();
    RC_ASSERT(difference(life.told(), life.told_by_the_log()) == "");
}

}  // namespace
}  // namespace attune::engine
