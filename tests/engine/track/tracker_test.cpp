#include "engine/track/tracker.h"

#include "base/json.h"
#include "base/manual_clock.h"
#include "domain/describe.h"
#include "engine/tenancy/tenants.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <thread>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using domain::IncomingEvent;

class TrackerTest : public testing::Test {
protected:
    explicit TrackerTest(store::MemoryOptions options = {}) : store_(store::open_memory(options)) {
        tenants_ = Tenants::open(*store_, clock_, random_, {}).value();
        people_ = std::make_unique<People>(*store_, *tenants_, clock_, random_, PeopleOptions{});
        tracker_ = Tracker::open(*people_, *tenants_, clock_, random_, {}).value();
        shop_ = tenants_->find("default").value();
    }

    Result<Tracked> track(std::vector<IncomingEvent> events) {
        return tracker_->track(shop_, std::move(events), {});
    }
    domain::Profile profile(std::string_view id) { return people_->profile(shop_, id).value(); }
    void limit(domain::TenantLimits limits) {
        domain::Tenant tenant = tenants_->get(shop_)->tenant;
        tenant.limits = limits;
        ASSERT_TRUE(tenants_->update(shop_, tenant, std::nullopt));
    }
    static IncomingEvent view(std::string id, std::string user) {
        return {.id = std::move(id), .user_id = std::move(user), .event = "view", .item_id = "hat"};
    }
    std::vector<IncomingEvent> thousand() {
        std::vector<IncomingEvent> events;
        for (int i = 0; i < 1000; ++i)
            events.push_back(view("e" + std::to_string(i), "u" + std::to_string(i % 37)));
        return events;
    }

    base::ManualClock clock_{base::parse_time("2026-03-01T12:00:00Z").value()};
    base::SeededRandom random_{5};
    std::unique_ptr<store::MemoryStore> store_;
    std::unique_ptr<Tenants> tenants_;
    std::unique_ptr<People> people_;
    std::unique_ptr<Tracker> tracker_;
    TenantId shop_;
};

TEST_F(TrackerTest, TheNextReadSeesTheEvent) {
    const auto tracked = track({view("1", "ann")});
    ASSERT_TRUE(tracked);
    EXPECT_EQ(tracked->accepted, 1u);
    EXPECT_TRUE(tracked->ticket.wait());
    EXPECT_EQ(tracked->ids, std::vector<std::string>{"1"});
    EXPECT_EQ(profile("ann").behaviour.counts.find("view")->count, 1u);
}

TEST_F(TrackerTest, RejectsByIndexAndTakesTheRest) {
    const auto tracked = track(
        {view("1", "ann"), {.event = "view"}, view("3", "bob"), view("4", ""), view("5", "ann")});
    ASSERT_TRUE(tracked);
    EXPECT_EQ(tracked->accepted, 3u);
    ASSERT_EQ(tracked->rejected.size(), 2u);
    EXPECT_EQ(tracked->rejected[0].index, 1u);
    EXPECT_EQ(tracked->rejected[1].index, 3u);
    EXPECT_EQ(tracked->rejected[1].error.fields[0].pointer, "/user_id");
    EXPECT_EQ(tracked->ids, (std::vector<std::string>{"1", "", "3", "", "5"}));
}

TEST_F(TrackerTest, CountsAThousandEventsOnceHoweverOftenTheyAreSent) {
    const auto first = track(thousand());
    ASSERT_TRUE(first);
    EXPECT_EQ(first->accepted, 1000u);
    EXPECT_TRUE(first->ticket.wait());
    const std::uint64_t version = profile("u0").version;
    const auto again = track(thousand());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->accepted, 0u);
    EXPECT_EQ(again->duplicates, 1000u);
    EXPECT_TRUE(again->ticket.wait());
    EXPECT_EQ(profile("u0").version, version);
}

TEST_F(TrackerTest, CountsAnEventOnceWithinOneList) {
    const auto tracked = track({view("1", "ann"), view("1", "ann"), view("1", "ann")});
    EXPECT_EQ(tracked->accepted, 1u);
    EXPECT_EQ(tracked->duplicates, 2u);
}

TEST_F(TrackerTest, CountsConcurrentDuplicatesOnce) {
    std::atomic<std::uint32_t> accepted{0};
    std::vector<std::thread> senders;
    for (int i = 0; i < 4; ++i) {
        senders.emplace_back([&] { accepted += track(thousand())->accepted; });
    }
    for (std::thread& sender : senders) sender.join();
    EXPECT_EQ(accepted, 1000u);
}

TEST_F(TrackerTest, GivesTheSameProfileInAnyOrderOfArrival) {
    const auto events = [] {
        std::vector<IncomingEvent> all;
        for (int i = 0; i < 20; ++i) {
            IncomingEvent event = view("e" + std::to_string(i), "ann");
            event.time = base::parse_time("2026-02-01T00:00:00Z").value() + i * 7h;
            event.event = i % 3 == 0 ? "purchase" : "view";
            all.push_back(std::move(event));
        }
        return all;
    };
    ASSERT_TRUE(track(events()));
    auto backwards = events();
    std::ranges::reverse(backwards);
    const std::string forwards = people_->read(shop_, "ann").value()->json;
    ASSERT_TRUE(tenants_->create({.id = "other"}));
    const TenantId other = tenants_->find("other").value();
    for (IncomingEvent& event : backwards)
        ASSERT_TRUE(tracker_->track(other, {std::move(event)}, {}));
    EXPECT_EQ(people_->read(other, "ann").value()->json, forwards);
}

TEST_F(TrackerTest, JoinsAVisitorWithTheUserTheyTurnOutToBe) {
    ASSERT_TRUE(track({{.id = "1", .anonymous_id = "cookie", .event = "view"}}));
    ASSERT_TRUE(track({{.id = "2", .user_id = "ann", .event = "view"}}));
    ASSERT_TRUE(
        track({{.id = "3", .user_id = "ann", .anonymous_id = "cookie", .event = "$identify"}}));
    EXPECT_EQ(profile("ann").behaviour.counts.find("view")->count, 2u);
    ASSERT_TRUE(track({{.id = "4", .user_id = "old", .event = "view"}}));
    ASSERT_TRUE(track({{.id = "5",
                        .user_id = "ann",
                        .event = "$alias",
                        .properties = base::JsonText::trusted(R"({"previous_id":"old"})")}}));
    EXPECT_EQ(profile("ann").behaviour.counts.find("view")->count, 3u);
    EXPECT_EQ(profile("old").behaviour.counts.find("view")->count, 3u);
}

TEST_F(TrackerTest, RefusesWholeListsThatAreTooLongOrTooFast) {
    limit({.events_per_second_max = 5, .batch_events_max = 5});
    const std::vector<IncomingEvent> six(6, view("x", "ann"));
    EXPECT_EQ(track(six).error().reason, "too_large");
    ASSERT_TRUE(track({view("1", "ann"), view("2", "ann"), view("3", "ann"), view("4", "ann"),
                       view("5", "ann")}));
    const auto fast = track({view("6", "ann")});
    ASSERT_FALSE(fast);
    EXPECT_EQ(fast.error().reason, "rate_limited");
    clock_.advance(1s);
    EXPECT_TRUE(track({view("6", "ann")}));
    EXPECT_EQ(tracker_->track({99}, {view("1", "ann")}, {}).error().code, Code::not_found);
}

TEST_F(TrackerTest, FailsAsAWholeWhenTheDiskIsFullAndTakesTheSameListLater) {
    store_->set_disk_full(true);
    const auto full = track(thousand());
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().reason, "disk_full");
    EXPECT_FALSE(people_->profile(shop_, "u0"));
    store_->set_disk_full(false);
    EXPECT_EQ(track(thousand())->accepted, 1000u);
}

class SmallQueue : public TrackerTest {
protected:
    SmallQueue() : TrackerTest({.queue_events_max = 100}) {}
};

TEST_F(SmallQueue, RejectsWhatWasNotTakenWhenItFillsAndHalfAppliesNobody) {
    store_->hold();
    std::vector<IncomingEvent> events;
    for (int i = 0; i < 160; ++i)
        events.push_back(view("e" + std::to_string(i), "u" + std::to_string(i / 40)));
    const auto tracked = track(events);
    ASSERT_TRUE(tracked);
    EXPECT_EQ(tracked->accepted, 80u);
    ASSERT_EQ(tracked->rejected.size(), 80u);
    EXPECT_EQ(tracked->rejected[0].index, 80u);
    EXPECT_EQ(tracked->rejected[0].error.reason, "queue_full");
    ASSERT_TRUE(tracked->refused_for_now());
    EXPECT_EQ(tracked->refused_for_now()->reason, "queue_full");
    EXPECT_FALSE(tracked->ticket.is_done());
    EXPECT_FALSE(people_->profile(shop_, "u2"));
    store_->release();
    EXPECT_TRUE(tracked->ticket.wait());
    const auto again = track(events);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->accepted, 80u);
    EXPECT_EQ(again->duplicates, 80u);
    EXPECT_EQ(profile("u3").version, 40u);
}

TEST_F(TrackerTest, CompletesWithoutApplying) {
    const auto event = tracker_->complete(shop_, view("1", "ann"), {});
    ASSERT_TRUE(event);
    EXPECT_EQ(event->received_at, clock_.now());
    EXPECT_FALSE(people_->profile(shop_, "ann"));
}

}  // namespace
}  // namespace attune::engine
