// What is known after a start from a checkpoint is what is known after reading all of the log, whatever happened, and whenever
// the process died.
#include "engine/activity/activity.h"

#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/decision.h"
#include "domain/describe.h"
#include "tests/base/kept_log.h"
#include "tests/base/shared_disk.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <algorithm>
#include <random>
#include <set>
#include <sstream>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using base::SharedDisk;
using testing::World;

constexpr int kItems = 12;
constexpr int kUsers = 9;

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

// A server's life with activity: things happen, it stops or dies, it starts again.
class Life {
public:
    Life() {
        world_.clock.advance(24h * 365);
        world_.people->tell_of_erasures(
            [this](TenantId tenant, const store::PersonId& person) {
                activity_->forget(tenant, person);
            },
            [this](TenantId tenant, std::span<const std::string>) {
                return begin_erasure(tenant);
            });
        start();
    }
    void start() {
        activity_.reset();
        numbers_ = std::make_unique<AllItemNumbers>();
        // Numbers of items are those of a process.
        for (int i = 0; i < starts_; ++i)
            (void)*numbers_->of(world_.tenant)->number_for("other" + std::to_string(i));
        ++starts_;
        checkpoints_ = std::make_unique<Checkpoints>(CheckpointPlace{.disk = &disk_,
                                                                     .clock = &world_.clock,
                                                                     .directory = "checkpoints",
                                                                     .after_events = after_events_,
                                                                     .log = &log_});
        activity_ = std::make_unique<Activity>(*world_.store, world_.tenants, *numbers_,
                                               ActivityOptions{}, checkpoints_.get());
    }
    Result<Checkpoints::Erasure> begin_erasure(TenantId tenant) {
        Checkpoints::Erasure erasure = checkpoints_->begin_erasure();
        ATTUNE_TRY_VOID(activity_->begin_erasure(tenant));
        return erasure;
    }
    // Nothing more is written; what was not synced is gone.
    void die() {
        break_disk();
        activity_.reset();
        heal_disk();
        disk_.with([](base::MemoryDisk& disk) { disk.lose_power(); });
        start();
    }
    void break_disk() {
        disk_.with([](base::MemoryDisk& disk) {
            disk.fail_from(1, Code::internal, "io_error", /*sticky=*/true);
        });
    }
    // One bit of it, in the middle.
    void damage_checkpoint() {
        auto file = disk_.open("checkpoints/activity-1", base::OpenMode::read_write);
        const std::uint64_t middle = *(*file)->size() / 2;
        char byte = 0;
        ASSERT_TRUE((*file)->read_at(middle, {&byte, 1}));
        byte = static_cast<char>(byte ^ 1);
        ASSERT_TRUE((*file)->write_at(middle, {&byte, 1}));
    }
    void heal_disk() {
        disk_.with([](base::MemoryDisk& disk) { disk.heal(); });
    }
    std::size_t disk_operations() {
        return disk_.with([](base::MemoryDisk& disk) { return disk.operations(); });
    }
    void catch_up() { EXPECT_TRUE(activity_->catch_up(world_.tenant)); }
    bool has_checkpoint() { return disk_.list("checkpoints")->size() == 1; }
    bool has_none() { return disk_.list("checkpoints")->empty(); }

    domain::Event event(std::string_view name, const std::string& who) {
        domain::Event e{.id = "e" + std::to_string(++events_), .event = std::string(name)};
        (who.front() == 'v' ? e.anonymous_id : e.user_id) = who;
        e.time = e.received_at = world_.clock.now();
        return e;
    }
    void say(const domain::Event& e) { world_.apply(World::identity_of(e), {e}); }
    void touches(std::string_view name, const std::string& who, const std::string& what,
                 std::chrono::minutes ago = 0min) {
        domain::Event e = event(name, who);
        e.item_id = what;
        // What happens at one second stands in the order in which it is read.
        for (e.time -= ago; !times_.insert(e.time).second;) e.time -= 1s;
        say(e);
    }
    void recommend(const std::string& who) {
        domain::Decision decision{.kind = "recommendation", .subject = "home"};
        for (int i = 0; i < 4; ++i)
            decision.choices.push_back({.of = "placement:home", .chosen = item(i)});
        domain::Event e = event("$decision", who);
        e.properties = base::JsonText::trusted(base::to_json(decision));
        say(e);
        last_decision_ = e.id;
    }
    void answers(const std::string& who, const std::string& what) {
        domain::Event e = event("click", who);
        e.item_id = what;
        e.decision_id = last_decision_;
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

    // All that can be asked, in items' own names.
    std::string told() { return told_by(*activity_, *numbers_); }
    std::string told_by_the_log() {
        AllItemNumbers numbers;
        Activity activity(*world_.store, world_.tenants, numbers);
        EXPECT_TRUE(activity.catch_up(world_.tenant));
        return told_by(activity, numbers);
    }

    World world_;
    SharedDisk disk_;
    std::unique_ptr<AllItemNumbers> numbers_;
    base::testing::KeptLog log_;
    std::unique_ptr<Checkpoints> checkpoints_;
    std::unique_ptr<Activity> activity_;
    std::uint64_t after_events_ = 20;

private:
    std::string told_by(Activity& all, AllItemNumbers& of_items) {
        const auto activity = all.of(world_.tenant);
        ItemNumbers& numbers = *of_items.of(world_.tenant);
        const std::int64_t now =
            std::chrono::floor<std::chrono::seconds>(world_.clock.now().time_since_epoch()).count();
        std::vector<std::string> lines;
        const auto list = [&](std::string line, const std::vector<learn::Scored>& scored) {
            std::vector<std::string> entries;
            for (const learn::Scored& one : scored)
                entries.push_back(std::string(numbers.id_of(one.item)) + ':' +
                                  std::to_string(std::lround(one.score * 1'000)));
            std::ranges::sort(entries);
            for (const std::string& entry : entries) line += ' ' + entry;
            lines.push_back(line);
        };
        const learn::ItemMask mask(1'000);
        list("popular", activity->popular(100, mask));
        list("trending", activity->trending(100, mask, now));
        for (int i = 0; i < kItems; ++i) {
            const ItemNumber number = *numbers.number_for(item(i));
            const ItemActivity one = activity->counts(number);
            const std::vector<learn::Touch> history{{.item = number}};
            list(item(i) + ' ' + std::to_string(one.people) + ' ' + std::to_string(one.recent) +
                     ' ' + std::to_string(one.shown) + ' ' + std::to_string(one.clicked),
                 activity->after(history, 100, mask, now));
        }
        for (int i = 0; i < kUsers; ++i) {
            for (const std::string& who : {user(i), 'v' + std::to_string(i)}) {
                const auto id = world_.store->find_person(
                    world_.tenant,
                    world_.tenants.hashed_id(world_.tenant,
                                             who.front() == 'v' ? "anonymous" : "user", who));
                if (!*id) continue;
                std::vector<std::string> touched;
                for (const learn::Touch& touch : activity->history(**id))
                    touched.push_back(std::to_string(touch.time) + '/' +
                                      std::string(numbers.id_of(touch.item)) + '/' +
                                      std::to_string(touch.weight));
                std::ranges::sort(touched);
                lines.push_back(who);
                for (const std::string& one : touched) lines.back() += ' ' + one;
                std::vector<learn::Scored> in_vain;
                for (const ShownInVain& one : activity->shown_in_vain(**id, now + 7'200, 1e6))
                    in_vain.push_back({one.item, one.times});
                list(who + " in vain", in_vain);
            }
        }
        const ActivityTotals totals = activity->totals();
        lines.push_back(std::to_string(totals.people) + ' ' + std::to_string(totals.touches));
        std::string out;
        for (const std::string& line : lines) out += line + '\n';
        return out;
    }

    int starts_ = 0;
    int events_ = 0;
    std::set<base::Time> times_;
    std::string last_decision_;
};

TEST(ActivityCheckpoint, AStartKnowsWhatTheCheckpointKnewAndWhatCameAfterIt) {
    Life life;
    for (int i = 0; i < 60; ++i) life.touches("view", user(i % 7), item(i % kItems));
    life.catch_up();
    EXPECT_TRUE(life.has_checkpoint());
    for (int i = 0; i < 9; ++i) life.touches("purchase", user(i), item(3));
    life.die();
    EXPECT_TRUE(life.has_checkpoint());
    // What cannot be read any more must have come from the checkpoint.
    life.catch_up();
    EXPECT_EQ(life.told(), life.told_by_the_log());
}

TEST(ActivityCheckpoint, IsWrittenAtTheEndToo) {
    Life life;
    life.after_events_ = 1'000;
    life.start();
    for (int i = 0; i < 99; ++i) life.touches("view", user(i % 7), item(i % kItems));
    life.catch_up();
    life.start();
    EXPECT_TRUE(life.has_none());  // reading a tenth of that again is nothing
    life.touches("view", user(1), item(1));
    life.catch_up();
    life.start();
    EXPECT_TRUE(life.has_checkpoint());
    life.catch_up();
    EXPECT_EQ(life.told(), life.told_by_the_log());
}

TEST(ActivityCheckpoint, OneIsWrittenAtMostEveryFiveMinutes) {
    Life life;
    const auto touch_much = [&] {
        for (int i = 0; i < 30; ++i) life.touches("view", user(i % 7), item(i % kItems));
        life.catch_up();
        return life.disk_operations();
    };
    const auto first = touch_much();
    EXPECT_TRUE(life.has_checkpoint());
    EXPECT_EQ(touch_much(), first);
    life.world_.clock.advance(5min);
    EXPECT_GT(touch_much(), first);
}

TEST(ActivityCheckpoint, WhoIsErasedIsInNoFileAnyMore) {
    Life life;
    for (int i = 0; i < 60; ++i) life.touches("view", user(i % 7), item(i % kItems));
    life.turns_out_to_be("v1", user(1));
    life.catch_up();
    EXPECT_TRUE(life.has_checkpoint());
    life.erase(user(1));
    EXPECT_TRUE(life.has_none());
    life.die();
    life.catch_up();
    EXPECT_EQ(life.told(), life.told_by_the_log());
    EXPECT_EQ(life.activity_->of(life.world_.tenant)->totals().people, 6U);
}

TEST(ActivityCheckpoint, NobodyIsErasedWhereItCannotBeRemoved) {
    Life life;
    for (int i = 0; i < 60; ++i) life.touches("view", user(i % 7), item(i % kItems));
    life.catch_up();
    life.break_disk();
    const auto erased = life.world_.people->erase(life.world_.tenant, user(1));
    ASSERT_FALSE(erased);
    EXPECT_EQ(erased.error().code, Code::unavailable);
    EXPECT_TRUE(erased.error().message.starts_with("checkpoints/activity-1 knows them too"))
        << erased.error().message;
    life.heal_disk();
    EXPECT_EQ(life.activity_->of(life.world_.tenant)->totals().people, 7U);
    EXPECT_TRUE(life.world_.people->erase(life.world_.tenant, user(1)));
    life.catch_up();
    EXPECT_EQ(life.told(), life.told_by_the_log());
}

TEST(ActivityCheckpoint, ADamagedOneIsToldCountedAndNotUsed) {
    Life life;
    for (int i = 0; i < 60; ++i) life.touches("view", user(i % 7), item(i % kItems));
    life.catch_up();
    ASSERT_TRUE(life.has_checkpoint());
    EXPECT_EQ(life.checkpoints_->stats().damaged, 0U);
    life.damage_checkpoint();
    life.start();
    life.catch_up();
    EXPECT_EQ(life.told(), life.told_by_the_log());
    EXPECT_EQ(life.checkpoints_->stats().damaged, 1U);
    ASSERT_EQ(life.log_.lines.size(), 1U);
    EXPECT_TRUE(life.log_.lines[0].contains(
        "level=warning event=checkpoint.damaged path=checkpoints/activity-1"))
        << life.log_.lines[0];
}

TEST(ActivityCheckpoint, OneThatCannotBeWrittenIsToldAndTriedAgain) {
    Life life;
    life.break_disk();
    for (int i = 0; i < 60; ++i) life.touches("view", user(i % 7), item(i % kItems));
    life.catch_up();
    EXPECT_EQ(life.checkpoints_->stats().unwritten, 1U);
    life.heal_disk();
    EXPECT_TRUE(life.has_none());
    life.world_.clock.advance(5min);
    life.touches("view", user(1), item(1));
    life.catch_up();
    EXPECT_TRUE(life.has_checkpoint());
    ASSERT_EQ(life.log_.lines.size(), 1U);
    EXPECT_TRUE(life.log_.lines[0].contains("event=checkpoint.unwritten")) << life.log_.lines[0];
}

TEST(ActivityCheckpoint, WhileSomebodyIsErasedNoneIsWritten) {
    Life life;
    const auto erasure = life.begin_erasure(life.world_.tenant);
    ASSERT_TRUE(erasure);
    for (int i = 0; i < 60; ++i) life.touches("view", user(i % 7), item(i % kItems));
    life.catch_up();
    EXPECT_TRUE(life.has_none());
}

TEST(ActivityCheckpoint, OfOtherWeightsOrAnotherLogItIsNotTakenUp) {
    Life life;
    for (int i = 0; i < 60; ++i) life.touches("view", user(i % 7), item(i % kItems));
    life.catch_up();
    base::FlatMap<std::string, domain::EventWeight> weights;
    weights["view"] = {.weight = 0, .half_life_days = 30};
    life.world_.tenants.set_weights(std::make_shared<const WeightTable>(weights));
    life.start();
    life.catch_up();
    EXPECT_EQ(life.told(), life.told_by_the_log());
    EXPECT_EQ(life.activity_->of(life.world_.tenant)->touches(), 0U);

    Life other;
    for (int i = 0; i < 80; ++i) other.touches("view", user(i % 3), item(i % 5));
    other.activity_.reset();
    other.disk_.with([&](base::MemoryDisk& to) {
        life.disk_.with([&](const base::MemoryDisk& from) { to = from; });
    });
    other.start();
    other.catch_up();
    EXPECT_EQ(other.told(), other.told_by_the_log());
}

TEST(ActivityCheckpoint, UntilTheLogIsReadAnswersSayThatTheyAreOfAPart) {
    Life life;
    life.after_events_ = 1'000'000;
    life.start();
    for (int i = 0; i < 300; ++i) {
        std::vector<domain::Event> events;
        for (int j = 0; j < 40; ++j) {
            events.push_back(life.event("view", user(i % kUsers)));
            events.back().item_id = item(j % kItems);
        }
        life.world_.apply({.user_id = user(i % kUsers)}, std::move(events));
    }
    life.start();
    // The first of a long log is read at once, the rest by a thread: either it is known that there is more, or all is read.
    const auto activity = life.activity_->of(life.world_.tenant);
    if (!activity->is_current()) EXPECT_LE(life.activity_->warming_up(), 1U);
    life.catch_up();
    EXPECT_TRUE(activity->is_current());
    EXPECT_EQ(life.activity_->warming_up(), 0U);
}

// What happens to somebody, whom time, catching up, stopping and dying are between.
void live(Life& life, std::uint32_t seed, const auto& happen) {
    std::mt19937 random(seed);
    const auto one_of = [&](int count) {
        return static_cast<int>(random() % static_cast<unsigned>(count));
    };
    for (int i = 0; i < 250; ++i) {
        life.world_.clock.advance(std::chrono::seconds(one_of(900)));
        switch (one_of(30)) {
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
                happen(one_of);
        }
    }
    // The window of what is recent ends with the newest touch, be it of somebody who is gone by now.
    life.touches("view", "who was never here", item(0));
    life.catch_up();
}

void touch(Life& life, const std::string& who, const auto& one_of) {
    constexpr const char* kNames[] = {"view", "purchase", "dislike"};
    const bool is_late = one_of(5) == 0;
    life.touches(kNames[one_of(3)], who, item(one_of(kItems)),
                 is_late ? 1min * one_of(60 * 24 * 20) : 0min);
}

RC_GTEST_PROP(ActivityCheckpointProperty, StartingFromOneIsReadingAllOfTheLog,
              (std::uint32_t seed)) {
    Life life;
    live(life, seed, [&](const auto& one_of) {
        const std::string who = user(one_of(kUsers));
        switch (one_of(12)) {
            case 0:
                life.recommend(who);
                break;
            case 1:
                life.answers(who, item(one_of(4)));
                break;
            case 2:
                life.consents(who, R"({"train":false})");
                break;
            case 3:
                life.consents(who, R"({"train":true})");
                break;
            case 4:
                life.touches("impression", who, item(one_of(kItems)));
                break;
            default:
                touch(life, who, one_of);
        }
    });
    const std::string told = life.told();
    const std::string truth = life.told_by_the_log();
    RC_ASSERT(difference(told, truth) == "");
}

// Of those who turn out to be one, a click or a consent from before then is counted as theirs or not depending on when it is
// read, with and without checkpoints; what they touched is theirs. Devices are nobody else's before and after.
RC_GTEST_PROP(ActivityCheckpointProperty, StartingFromOneIsReadingAllOfTheLogAlsoOfPeopleWhoWereTwo,
              (std::uint32_t seed)) {
    Life life;
    live(life, seed, [&](const auto& one_of) {
        const int number = one_of(kUsers);
        const std::string visitor = 'v' + std::to_string(number);
        const std::string known = user(number);
        if (one_of(10) == 0)
            life.turns_out_to_be(visitor, known);
        else
            touch(life, one_of(2) == 0 ? visitor : known, one_of);
    });
    const std::string told = life.told();
    const std::string truth = life.told_by_the_log();
    RC_ASSERT(difference(told, truth) == "");
}

}  // namespace
}  // namespace attune::engine
