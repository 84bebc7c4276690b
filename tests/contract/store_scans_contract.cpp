// Walks along the log: in order, from anywhere, as far as is asked, and on from where they ended.
#include "tests/contract/store_contract.h"

#include <algorithm>
#include <random>

namespace attune::store::testing_contract {
namespace {

using Keys = std::vector<std::uint64_t>;

TEST_P(StoreContract, PositionsRiseAndAreSharedByNoTwoEvents) {
    std::vector<base::Ticket> tickets;
    for (std::uint64_t i = 0; i < 50; ++i)
        tickets.push_back(*store().append(append_of(id_of(i % 7), {100 + 2 * i, 101 + 2 * i})));
    for (auto& ticket : tickets) ASSERT_TRUE(ticket.wait());
    const auto events = everything();
    ASSERT_EQ(events.size(), 100u);
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(number_of(events[i].key), 100 + i);
        EXPECT_GE(events[i].position.sequence, 1u);
        if (i > 0) EXPECT_LT(events[i - 1].position, events[i].position);
    }
}

TEST_P(StoreContract, ScansContinueAfterAPosition) {
    append(id_of(1), {10, 11, 12});
    append(id_of(1), {13, 14});
    const auto events = events_of(id_of(1));
    const auto all = everything();
    ASSERT_EQ(events.size(), 5u);
    ASSERT_EQ(all.size(), 5u);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(events_of(id_of(1), events[i].position).size(), 4 - i);
        EXPECT_EQ(everything(all[i].position).size(), 4 - i);
    }
}

TEST_P(StoreContract, AScanBackwardsIsTheScanInReverse) {
    append(id_of(1), {10, 11, 12});
    append(id_of(2), {20, 21});
    append(id_of(1), {13});
    append(id_of(3), {30});
    append(id_of(2), {22});
    merge(id_of(2), id_of(1));
    append(id_of(1), {14});
    const auto forward = events_of(id_of(1));
    const auto back = events_back(id_of(2));
    ASSERT_EQ(forward.size(), 8u);
    ASSERT_EQ(back.size(), 8u);
    for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_EQ(back[i].position, forward[7 - i].position);
        EXPECT_EQ(back[i].person, forward[7 - i].person);
        EXPECT_EQ(back[i].key, forward[7 - i].key);
        EXPECT_EQ(back[i].payload, forward[7 - i].payload);
        EXPECT_EQ(events_back(id_of(1), back[i].position).size(), 7 - i);
    }
    EXPECT_TRUE(events_back(id_of(1), {}).empty());
    EXPECT_TRUE(events_back(id_of(9)).empty());
    EXPECT_TRUE(events_back(id_of(1), kLogEnd, kOtherTenant).empty());
    EXPECT_EQ(events_back(id_of(3)).size(), 1u);
}

TEST_P(StoreContract, AScanBackwardsGoesOnFromAPositionThatIsGone) {
    append(id_of(1), {10});
    append(id_of(2), {20});
    append(id_of(1), {11});
    const Position between = events_of(id_of(2)).front().position;
    ASSERT_TRUE(store().erase(kTenant, id_of(2)));
    ASSERT_EQ(events_back(id_of(1), between).size(), 1u);
    EXPECT_EQ(number_of(events_back(id_of(1), between).front().key), 10u);
    EXPECT_TRUE(events_back(id_of(2)).empty());
}

TEST_P(StoreContract, ScansStopWhenTheVisitorSaysSo) {
    append(id_of(1), {10, 11, 12});
    int seen = 0;
    auto stop_at_two = [&](const LoggedEvent&) { return ++seen < 2; };
    ASSERT_TRUE(store().scan_user(kTenant, id_of(1), {}, stop_at_two));
    EXPECT_EQ(seen, 2);
    seen = 0;
    ASSERT_TRUE(store().scan_user_back(kTenant, id_of(1), kLogEnd, stop_at_two));
    EXPECT_EQ(seen, 2);
    seen = 0;
    ASSERT_TRUE(store().scan_all(kTenant, {}, stop_at_two));
    EXPECT_EQ(seen, 2);
}

TEST_P(StoreContract, AScanSaysHowFarItHasLooked) {
    const auto all = [](const LoggedEvent&) { return true; };
    append(id_of(1), {10, 11});
    append(id_of(9), {90}, kOtherTenant);
    const auto first = store().scan_all(kTenant, {}, all);
    ASSERT_TRUE(first);
    EXPECT_TRUE(everything(*first).empty());
    append(id_of(9), {91}, kOtherTenant);
    append(id_of(2), {20, 21, 22});
    int room = 2;
    const auto second =
        store().scan_all(kTenant, {*first}, [&](const LoggedEvent&) { return room-- > 0; });
    ASSERT_TRUE(second);
    ASSERT_EQ(everything(*second).size(), 1u);
    EXPECT_EQ(everything(*second).front().key, id_of(22));
    EXPECT_EQ(*store().scan_all(kTenant, {*second}, [](const LoggedEvent&) { return false; }),
              *second);
    ASSERT_TRUE(store().erase(kTenant, id_of(2)));
    EXPECT_TRUE(everything(*first).empty());
}

TEST_P(StoreContract, AScanEndsWithItsStretch) {
    append(id_of(1), {10, 11, 12});
    for (std::uint64_t i = 0; i < 5; ++i) append(id_of(9), {90 + i}, kOtherTenant);
    append(id_of(2), {20});
    const std::vector<LoggedEvent> all = everything();
    ASSERT_EQ(all.size(), 4u);
    std::vector<EventKey> seen;
    const auto scan = [&](Stretch stretch) {
        seen.clear();
        const auto upto = store().scan_all(kTenant, stretch, [&](const LoggedEvent& event) {
            seen.push_back(event.key);
            return true;
        });
        EXPECT_TRUE(upto) << upto.error().message;
        return upto.value_or(Position{});
    };
    EXPECT_EQ(scan({.after = {}, .upto = all[1].position}), all[1].position);
    EXPECT_EQ(seen, (std::vector{id_of(10), id_of(11)}));
    EXPECT_EQ(scan({all[0].position, all[2].position}), all[2].position);
    EXPECT_EQ(seen, (std::vector{id_of(11), id_of(12)}));
    // Where only others have written, it gets on nevertheless.
    const Position among_others{all[3].position.sequence - 1, kLogEnd.index};
    EXPECT_EQ(scan({all[2].position, among_others}), among_others);
    EXPECT_TRUE(seen.empty());
    EXPECT_EQ(scan({all[1].position, all[1].position}), all[1].position);
    EXPECT_TRUE(seen.empty());
    // One that ends before it begins is empty, and does not go back.
    EXPECT_EQ(scan({all[1].position, all[0].position}), all[1].position);
    EXPECT_TRUE(seen.empty());
    // And it does not promise what is not committed yet.
    const Position committed{store().stats().last_committed, kLogEnd.index};
    EXPECT_EQ(scan({among_others, {committed.sequence + 10, 0}}), committed);
    EXPECT_EQ(seen, (std::vector{id_of(20)}));
}

// However it stops and lags behind, and whoever is erased meanwhile.
TEST_P(StoreContract, AFollowerSeesEveryEventOnce) {
    std::mt19937 random(5);
    std::vector<LoggedEvent> seen;
    Position upto{};
    const auto follow = [&](unsigned stop_after) {
        unsigned left = stop_after;
        const auto now = store().scan_all(kTenant, {upto}, [&](const LoggedEvent& event) {
            if (left-- == 0) return false;
            seen.push_back(event);
            return true;
        });
        ASSERT_TRUE(now);
        EXPECT_GE(*now, upto);
        upto = *now;
    };
    for (std::uint64_t i = 0; i < 200; ++i) {
        Append one = append_of(id_of(1 + random() % 6), {1'000 + i});
        one.tenant = random() % 4 == 0 ? kOtherTenant : kTenant;
        // Long enough that a follower who lags finds the first of them on the disk alone.
        one.events.front().payload = std::string(random() % 40'000, 'x');
        append_all(std::move(one));
        if (random() % 20 == 0) ASSERT_TRUE(store().erase(kTenant, id_of(1 + random() % 6)));
        if (random() % 3 == 0 && (i / 50) % 2 == 0) follow(random() % 5);
    }
    follow(1'000);
    for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_LT(seen[i - 1].position, seen[i].position);
    for (const LoggedEvent& there : everything()) {
        const auto at = std::ranges::find(seen, there.position, &LoggedEvent::position);
        ASSERT_NE(at, seen.end());
        EXPECT_EQ(at->key, there.key);
        EXPECT_EQ(at->person, there.person);
        EXPECT_EQ(at->payload, there.payload);
    }
}

TEST_P(StoreContract, AVisitorMayCallTheStore) {
    append(id_of(1), {10});
    append(id_of(2), {20});
    std::size_t inner = 0;
    auto visit = [&](const LoggedEvent& event) {
        inner += events_of(event.person).size();
        return store().has_event(kTenant, event.key).value();
    };
    ASSERT_TRUE(store().scan_all(kTenant, {}, visit));
    EXPECT_EQ(inner, 2u);
}

}  // namespace
}  // namespace attune::store::testing_contract
