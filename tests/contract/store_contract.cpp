#include "tests/contract/store_contract.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <random>
#include <set>
#include <thread>

namespace attune::store::testing_contract {

base::Id128 id_of(std::uint64_t number) {
    base::Id128 id;
    for (std::size_t i = 0; i < 8; ++i) {
        id.bytes[7 - i] = static_cast<std::uint8_t>(number >> (8 * i));
        id.bytes[15 - i] = static_cast<std::uint8_t>((number * 0x9E3779B97F4A7C15u) >> (8 * i));
    }
    return id;
}

std::uint64_t number_of(base::Id128 id) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = number << 8 | id.bytes[i];
    return number;
}

StoredEvent event_of(std::uint64_t key) { return {id_of(key), "payload-" + std::to_string(key)}; }

Append append_of(PersonId person, const std::vector<std::uint64_t>& keys, TenantId tenant) {
    Append append{.tenant = tenant, .person = person};
    for (std::uint64_t key : keys) append.events.push_back(event_of(key));
    return append;
}

namespace {

// Any byte may stand in a name or value, and U+0000 is the one that back ends differ on.
const std::string kOddBytes("a\0b\xFF\xC3\n\x01", 7);

}  // namespace

void StoreContract::append(PersonId person, const std::vector<std::uint64_t>& keys,
                           TenantId tenant) {
    append_all(append_of(person, keys, tenant));
}

void StoreContract::append_all(Append append) {
    auto ticket = store().append(std::move(append));
    ASSERT_TRUE(ticket) << ticket.error().message;
    auto durable = ticket->wait();
    ASSERT_TRUE(durable) << durable.error().message;
}

void StoreContract::merge(PersonId from, PersonId into, TenantId tenant) {
    append_all({.tenant = tenant, .person = into, .merges = {{from, into}}});
}

std::vector<LoggedEvent> StoreContract::events_of(PersonId person, Position after,
                                                  TenantId tenant) {
    std::vector<LoggedEvent> events;
    auto done = store().scan_user(tenant, person, after, [&](const LoggedEvent& event) {
        events.push_back(event);
        return true;
    });
    EXPECT_TRUE(done) << done.error().message;
    return events;
}

std::vector<std::uint64_t> StoreContract::keys_of(PersonId person, Position after,
                                                  TenantId tenant) {
    std::vector<std::uint64_t> keys;
    for (const auto& event : events_of(person, after, tenant)) keys.push_back(number_of(event.key));
    return keys;
}

std::vector<LoggedEvent> StoreContract::events_back(PersonId person, Position before,
                                                    TenantId tenant) {
    std::vector<LoggedEvent> events;
    auto done = store().scan_user_back(tenant, person, before, [&](const LoggedEvent& event) {
        events.push_back(event);
        return true;
    });
    EXPECT_TRUE(done) << done.error().message;
    return events;
}

std::vector<LoggedEvent> StoreContract::everything(Position after, TenantId tenant) {
    std::vector<LoggedEvent> events;
    auto done = store().scan_all(tenant, {after}, [&](const LoggedEvent& event) {
        events.push_back(event);
        return true;
    });
    EXPECT_TRUE(done) << done.error().message;
    return events;
}

void StoreContract::expect_sound() {
    auto report = store().verify();
    ASSERT_TRUE(report) << report.error().message;
    for (const auto& problem : report->problems) ADD_FAILURE() << problem;
    EXPECT_EQ(report->events_checked, store().stats().events);
}

using Keys = std::vector<std::uint64_t>;

TEST_P(StoreContract, AcknowledgedEventsAreThereInOrderWithTheirBytes) {
    append(id_of(1), {10, 11});
    append(id_of(2), {20});
    append(id_of(1), {12});
    const auto events = events_of(id_of(1));
    ASSERT_EQ(events.size(), 3u);
    EXPECT_EQ(keys_of(id_of(1)), (Keys{10, 11, 12}));
    EXPECT_EQ(events[2].payload, "payload-12");
    EXPECT_EQ(events[2].person, id_of(1));
    EXPECT_EQ(keys_of(id_of(2)), (Keys{20}));
    EXPECT_TRUE(keys_of(id_of(3)).empty());
    expect_sound();
}

TEST_P(StoreContract, PayloadsAndNamesMayHoldAnyByte) {
    append_all(
        {.tenant = kTenant, .person = id_of(1), .events = {{id_of(9), kOddBytes}, {id_of(8), ""}}});
    const auto events = events_of(id_of(1));
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].payload, kOddBytes);
    EXPECT_EQ(events[1].payload, "");
    const std::string nul("\0", 1);
    for (const std::string& collection : {std::string("a"), "a" + nul, nul + "a", std::string()})
        for (const std::string& name : {std::string("b"), nul + "b", kOddBytes, std::string()})
            ASSERT_TRUE(
                store().put_document(kTenant, collection, name, collection + "|" + name, 0));
    for (const std::string& collection : {std::string("a"), "a" + nul, nul + "a", std::string()})
        for (const std::string& name : {std::string("b"), nul + "b", kOddBytes, std::string()}) {
            auto document = store().get_document(kTenant, collection, name);
            ASSERT_TRUE(document && *document);
            EXPECT_EQ((*document)->value, collection + "|" + name);
            EXPECT_EQ((*document)->name, name);
        }
    EXPECT_EQ(store().list_documents(kTenant, "a", {})->items.size(), 4u);
    expect_sound();
}

TEST_P(StoreContract, TenantsSeeNothingOfEachOther) {
    append(id_of(1), {10}, kTenant);
    append(id_of(1), {10, 11}, kOtherTenant);
    append_all({.tenant = kTenant, .person = id_of(1), .aliases = {id_of(77)}});
    ASSERT_TRUE(store().put_document(kTenant, "c", "n", "1", 0));
    EXPECT_EQ(keys_of(id_of(1), {}, kTenant), (Keys{10}));
    EXPECT_EQ(keys_of(id_of(1), {}, kOtherTenant), (Keys{10, 11}));
    EXPECT_EQ(everything({}, kTenant).size(), 1u);
    EXPECT_FALSE(*store().has_event(kTenant, id_of(11)));
    EXPECT_TRUE(*store().has_event(kOtherTenant, id_of(11)));
    EXPECT_FALSE(*store().find_person(kOtherTenant, id_of(77)));
    EXPECT_FALSE(*store().get_document(kOtherTenant, "c", "n"));
    EXPECT_TRUE(store().list_documents(kOtherTenant, "c", {})->items.empty());
    ASSERT_TRUE(store().erase(kTenant, id_of(1)));
    EXPECT_EQ(keys_of(id_of(1), {}, kOtherTenant), (Keys{10, 11}));
    EXPECT_TRUE(*store().has_event(kOtherTenant, id_of(10)));
    expect_sound();
}

TEST_P(StoreContract, KnowsTheEventKeysItCommitted) {
    EXPECT_FALSE(*store().has_event(kTenant, id_of(10)));
    append(id_of(1), {10});
    EXPECT_TRUE(*store().has_event(kTenant, id_of(10)));
    EXPECT_FALSE(*store().has_event(kTenant, id_of(11)));
}

TEST_P(StoreContract, KnowsAnEventKeyFromTheMomentItIsAppended) {
    for (std::uint64_t i = 0; i < 200; ++i) {
        auto ticket = store().append(append_of(id_of(i), {1000 + i}));
        ASSERT_TRUE(ticket);
        ASSERT_TRUE(*store().has_event(kTenant, id_of(1000 + i)));
    }
    ASSERT_TRUE(store().flush());
}

TEST_P(StoreContract, RefusesAnAppendThatCanNeverBeRight) {
    EXPECT_EQ(store().append(append_of(id_of(1), {10, 10})).error().code, Code::invalid_argument);
    Append foreign{.tenant = kTenant, .person = id_of(1), .merges = {{id_of(2), id_of(3)}}};
    EXPECT_EQ(store().append(foreign).error().code, Code::invalid_argument);
    Append itself{.tenant = kTenant, .person = id_of(1), .merges = {{id_of(1), id_of(1)}}};
    EXPECT_EQ(store().append(itself).error().code, Code::invalid_argument);
    EXPECT_FALSE(*store().has_event(kTenant, id_of(10)));
    EXPECT_EQ(store().stats().last_committed, 0u);
}

TEST_P(StoreContract, AFullQueueAnswersAtOnceAndTakesNothing) {
    open({.queue_events_max = 10, .queue_bytes_max = 4'096});
    EXPECT_EQ(store().append(append_of(id_of(1), {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})).error().code,
              Code::invalid_argument);
    Append heavy{
        .tenant = kTenant, .person = id_of(1), .events = {{id_of(1), std::string(8'192, 'x')}}};
    EXPECT_EQ(store().append(heavy).error().reason, "too_large");
    std::vector<base::Ticket> tickets;
    std::uint64_t accepted = 0;
    for (std::uint64_t i = 0; i < 500; ++i) {
        auto ticket = store().append(append_of(id_of(1), {100 + i}));
        if (!ticket) {
            EXPECT_EQ(ticket.error().code, Code::resource_exhausted);
            EXPECT_EQ(ticket.error().reason, "queue_full");
            continue;
        }
        ++accepted;
        tickets.push_back(*ticket);
    }
    for (auto& ticket : tickets) EXPECT_TRUE(ticket.wait());
    EXPECT_EQ(keys_of(id_of(1)).size(), accepted);
    expect_sound();
}

TEST_P(StoreContract, AtTheDiskReserveWritesAreRefusedAndReadsAndErasureGoOn) {
    append(id_of(1), {10});
    append(id_of(2), {20});
    ASSERT_TRUE(store().put_document(kTenant, "c", "n", "1", 0));
    harness().set_disk_full(true);
    // The first one to meet the reserve may be refused by its ticket, whoever comes later is at once.
    auto first = store().append(append_of(id_of(1), {11}));
    EXPECT_EQ((first ? first->wait() : Result<void>(std::unexpected(first.error()))).error().reason,
              "disk_full");
    auto refused = store().append(append_of(id_of(1), {12}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::resource_exhausted);
    EXPECT_EQ(refused.error().reason, "disk_full");
    EXPECT_EQ(store().put_document(kTenant, "c", "n", "2", 1).error().reason, "disk_full");
    EXPECT_TRUE(store().stats().read_only);
    EXPECT_FALSE(*store().has_event(kTenant, id_of(11)));
    EXPECT_EQ(keys_of(id_of(1)), (Keys{10}));
    ASSERT_TRUE(store().erase(kTenant, id_of(1)));
    EXPECT_TRUE(keys_of(id_of(1)).empty());
    harness().set_disk_full(false);
    append(id_of(2), {21});
    EXPECT_EQ(keys_of(id_of(2)), (Keys{20, 21}));
    EXPECT_FALSE(store().stats().read_only);
    expect_sound();
}

TEST_P(StoreContract, TicketsCompleteInCallOrder) {
    std::mutex mutex;
    std::vector<int> completed;
    for (int i = 0; i < 100; ++i) {
        auto ticket = store().append(append_of(id_of(1), {static_cast<std::uint64_t>(100 + i)}));
        ASSERT_TRUE(ticket);
        ticket->then([&, i](const Result<void>& outcome) {
            EXPECT_TRUE(outcome);
            std::lock_guard lock(mutex);
            completed.push_back(i);
        });
    }
    ASSERT_TRUE(store().flush());
    std::lock_guard lock(mutex);
    ASSERT_EQ(completed.size(), 100u);
    EXPECT_TRUE(std::ranges::is_sorted(completed));
}

TEST_P(StoreContract, OneTicketMayStandForManyAppends) {
    base::TicketIssuer all;
    const base::Ticket ticket = all.ticket();
    for (std::uint64_t i = 0; i < 50; ++i) {
        Append append{
            .tenant = kTenant, .person = id_of(1 + i), .events = {{id_of(100 + i), "{}"}}};
        ASSERT_TRUE(store().append(std::move(append), all));
    }
    // What is refused has no part in it.
    Append wrong{.tenant = kTenant, .person = id_of(1), .merges = {{id_of(2), id_of(3)}}};
    EXPECT_FALSE(store().append(std::move(wrong), all));
    EXPECT_FALSE(ticket.is_done());
    all.complete({});
    ASSERT_TRUE(ticket.wait());
    std::vector<EventKey> keys;
    for (std::uint64_t i = 0; i < 52; ++i) keys.push_back(id_of(99 + i));
    std::vector<bool> expected(52, true);
    expected.front() = expected.back() = false;
    EXPECT_EQ(*store().have_events(kTenant, keys), expected);
    EXPECT_EQ(*store().have_events(kOtherTenant, keys), std::vector<bool>(52, false));
}

TEST_P(StoreContract, ConcurrentAppendersLoseNothingAndKeepTheirOwnOrder) {
    constexpr std::uint64_t kThreads = 4, kEach = 250;
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < kThreads; ++t)
        threads.emplace_back([&, t] {
            std::vector<base::Ticket> tickets;
            for (std::uint64_t i = 0; i < kEach; ++i) {
                const std::uint64_t key = 1 + t * kEach + i;
                // Every thread writes to a person of its own and to one they share.
                auto ticket = store().append(append_of(id_of(i % 2 == 0 ? 500 : t), {key}));
                ASSERT_TRUE(ticket);
                tickets.push_back(*ticket);
            }
            for (auto& ticket : tickets) EXPECT_TRUE(ticket.wait());
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(everything().size(), kThreads * kEach);
    EXPECT_EQ(keys_of(id_of(500)).size(), kThreads * kEach / 2);
    for (std::uint64_t t = 0; t < kThreads; ++t)
        EXPECT_TRUE(std::ranges::is_sorted(keys_of(id_of(t))));
    std::vector<std::uint64_t> last(kThreads, 0);
    for (std::uint64_t key : keys_of(id_of(500))) {
        const std::uint64_t thread = (key - 1) / kEach;
        EXPECT_LT(last[thread], key);
        last[thread] = key;
    }
    EXPECT_EQ(store().stats().events, kThreads * kEach);
    expect_sound();
}

TEST_P(StoreContract, WakesSubscribersUntilTheirHandleDies) {
    std::mutex mutex;
    Sequence newest = 0;
    int calls = 0;
    auto handle = store().subscribe([&](Sequence sequence) {
        std::lock_guard lock(mutex);
        newest = std::max(newest, sequence);
        ++calls;
    });
    append(id_of(1), {10});
    ASSERT_TRUE(store().flush());
    const Sequence committed = store().stats().last_committed;
    {
        std::lock_guard lock(mutex);
        EXPECT_EQ(newest, committed);
        EXPECT_GE(calls, 1);
    }
    handle.reset();
    const int before = calls;
    append(id_of(1), {11});
    ASSERT_TRUE(store().flush());
    EXPECT_EQ(calls, before);
}

TEST_P(StoreContract, AliasesFindTheirPerson) {
    EXPECT_FALSE(*store().find_person(kTenant, id_of(70)));
    append_all({.tenant = kTenant, .person = id_of(1), .aliases = {id_of(70), id_of(71)}});
    EXPECT_EQ(**store().find_person(kTenant, id_of(70)), id_of(1));
    EXPECT_EQ(**store().find_person(kTenant, id_of(71)), id_of(1));
    append_all({.tenant = kTenant, .person = id_of(2), .aliases = {id_of(71)}});
    EXPECT_EQ(**store().find_person(kTenant, id_of(71)), id_of(2));
    ASSERT_TRUE(store().erase(kTenant, id_of(1)));
    EXPECT_FALSE(*store().find_person(kTenant, id_of(70)));
    EXPECT_EQ(**store().find_person(kTenant, id_of(71)), id_of(2)) << "the alias had moved on";
    expect_sound();
}

TEST_P(StoreContract, APersonComesToBeWithTheFirstAppend) {
    EXPECT_FALSE(*store().person(kTenant, id_of(1)));
    append_all({.tenant = kTenant, .person = id_of(1)});
    auto person = store().person(kTenant, id_of(1));
    ASSERT_TRUE(person && *person);
    EXPECT_EQ((*person)->id, id_of(1));
    EXPECT_TRUE((*person)->members.empty());
    EXPECT_EQ(store().stats().people, 1u);
}

TEST_P(StoreContract, AMergedPersonIsThePersonTheyWereMergedInto) {
    append_all(
        {.tenant = kTenant, .person = id_of(1), .events = {event_of(10)}, .aliases = {id_of(71)}});
    append_all(
        {.tenant = kTenant, .person = id_of(2), .events = {event_of(20)}, .aliases = {id_of(72)}});
    append(id_of(1), {11});
    merge(id_of(1), id_of(2));
    append(id_of(2), {21});
    append(id_of(1), {12});  // somebody had not heard of the merge yet
    for (PersonId name : {id_of(1), id_of(2)}) {
        EXPECT_EQ(keys_of(name), (Keys{10, 20, 11, 21, 12}));
        auto person = store().person(kTenant, name);
        ASSERT_TRUE(person && *person);
        EXPECT_EQ((*person)->id, id_of(2));
        EXPECT_EQ((*person)->members, (std::vector{id_of(1)}));
    }
    EXPECT_EQ(**store().find_person(kTenant, id_of(71)), id_of(2));
    EXPECT_EQ(events_of(id_of(2))[0].person, id_of(1)) << "the log stays where it is";
    EXPECT_EQ(store().list_people(kTenant, {})->items, (std::vector{id_of(2)}));
    EXPECT_EQ(store().stats().people, 1u);
    expect_sound();
}

TEST_P(StoreContract, MergesChainAndMembersStandInMergeOrder) {
    for (std::uint64_t i = 1; i <= 5; ++i) append(id_of(i), {i * 10});
    merge(id_of(3), id_of(2));
    merge(id_of(5), id_of(1));
    merge(id_of(2), id_of(1));  // brings 3 along
    merge(id_of(4), id_of(3));  // into a merged one: into 1
    auto person = store().person(kTenant, id_of(4));
    ASSERT_TRUE(person && *person);
    EXPECT_EQ((*person)->id, id_of(1));
    EXPECT_EQ((*person)->members, (std::vector{id_of(5), id_of(3), id_of(2), id_of(4)}));
    EXPECT_EQ(keys_of(id_of(3)), (Keys{10, 20, 30, 40, 50}));
    merge(id_of(1), id_of(5));  // already one
    EXPECT_EQ((*store().person(kTenant, id_of(5)))->id, id_of(1));
    EXPECT_EQ(store().stats().people, 1u);
    expect_sound();
}

TEST_P(StoreContract, OneAppendMayNameMergeAndTellAtOnce) {
    append(id_of(1), {10});
    append_all({.tenant = kTenant,
                .person = id_of(2),
                .events = {event_of(20)},
                .aliases = {id_of(71), id_of(72)},
                .merges = {{id_of(1), id_of(2)}, {id_of(9), id_of(2)}}});
    EXPECT_EQ(keys_of(id_of(2)), (Keys{10, 20}));
    EXPECT_EQ(**store().find_person(kTenant, id_of(72)), id_of(2));
    EXPECT_EQ((*store().person(kTenant, id_of(9)))->id, id_of(2)) << "whoever they were";
    expect_sound();
}

TEST_P(StoreContract, CountsEachTenantsPeopleThroughCreationMergeAndErasure) {
    const auto people = [&](TenantId tenant = kTenant) { return *store().count_people(tenant); };
    EXPECT_EQ(people(), 0u);
    append(id_of(1), {10});
    append(id_of(1), {11});
    append_all({.tenant = kTenant, .person = id_of(2), .aliases = {id_of(77)}});
    append(id_of(3), {30});
    append(id_of(1), {10}, kOtherTenant);
    EXPECT_EQ(people(), 3u);
    EXPECT_EQ(people(kOtherTenant), 1u);
    merge(id_of(2), id_of(1));
    EXPECT_EQ(people(), 2u);
    merge(id_of(1), id_of(2)) /* the same person already */;
    EXPECT_EQ(people(), 2u);
    merge(id_of(9), id_of(3)) /* somebody who never was, and is now a member */;
    EXPECT_EQ(people(), 2u);
    ASSERT_TRUE(store().erase(kTenant, id_of(2)));
    ASSERT_TRUE(store().erase(kTenant, id_of(2)));
    ASSERT_TRUE(store().erase(kTenant, id_of(8)));
    EXPECT_EQ(people(), 1u);
    append(id_of(2), {20});
    EXPECT_EQ(people(), 2u);
    EXPECT_EQ(store().list_people(kTenant, {})->items.size(), 2u);
    expect_sound();
    if (!harness().reopen()) return;
    EXPECT_EQ(people(), 2u);
    EXPECT_EQ(people(kOtherTenant), 1u);
    ASSERT_TRUE(store().erase(kOtherTenant, id_of(1)));
    EXPECT_EQ(people(kOtherTenant), 0u);
    append(id_of(4), {40});
    EXPECT_EQ(people(), 3u);
    expect_sound();
}

TEST_P(StoreContract, PagesOfPeopleCoverEveryoneOnce) {
    std::set<PersonId> expected;
    for (std::uint64_t i = 0; i < 25; ++i) {
        append(id_of(i * 37 % 101), {i + 1});
        expected.insert(id_of(i * 37 % 101));
    }
    std::vector<PersonId> walked;
    Page page{.limit = 4};
    while (true) {
        auto listing = store().list_people(kTenant, page);
        ASSERT_TRUE(listing);
        EXPECT_LE(listing->items.size(), 4u);
        walked.insert(walked.end(), listing->items.begin(), listing->items.end());
        if (!listing->cursor) break;
        page.after = listing->cursor;
    }
    EXPECT_TRUE(std::ranges::equal(walked, expected));
}

TEST_P(StoreContract, MadeUpPagesAreRefused) {
    EXPECT_EQ(store().list_people(kTenant, {.after = "no cursor"}).error().code,
              Code::invalid_argument);
    EXPECT_EQ(store().list_people(kTenant, {.limit = 0}).error().code, Code::invalid_argument);
    EXPECT_EQ(store().list_documents(kTenant, "c", {.limit = kPageLimitMax + 1}).error().code,
              Code::invalid_argument);
    EXPECT_TRUE(store().list_people(kTenant, {.after = "00"}));
}

TEST_P(StoreContract, CheckpointsAreKeptReplacedAndDropped) {
    append(id_of(1), {10, 11});
    const Position upto = events_of(id_of(1)).back().position;
    EXPECT_FALSE(*store().get_checkpoint(kTenant, id_of(1)));
    ASSERT_TRUE(store().put_checkpoint(kTenant, id_of(1), {upto, "one"}));
    ASSERT_TRUE(store().put_checkpoint(kTenant, id_of(1), {upto, kOddBytes}));
    auto checkpoint = store().get_checkpoint(kTenant, id_of(1));
    ASSERT_TRUE(checkpoint && *checkpoint);
    EXPECT_EQ((*checkpoint)->upto, upto);
    EXPECT_EQ((*checkpoint)->state, kOddBytes);
    ASSERT_TRUE(store().drop_checkpoint(kTenant, id_of(1)));
    EXPECT_FALSE(*store().get_checkpoint(kTenant, id_of(1)));
}

TEST_P(StoreContract, CheckpointsThatCannotBeRightAreDropped) {
    ASSERT_TRUE(store().put_checkpoint(kTenant, id_of(1), {{0, 0}, "of nobody"}));
    EXPECT_FALSE(*store().get_checkpoint(kTenant, id_of(1)));
    append(id_of(1), {10});
    ASSERT_TRUE(store().put_checkpoint(kTenant, id_of(1), {{1'000, 0}, "of the future"}));
    EXPECT_FALSE(*store().get_checkpoint(kTenant, id_of(1)));
    const Position before = events_of(id_of(1)).back().position;
    append(id_of(2), {20});
    ASSERT_TRUE(store().put_checkpoint(kTenant, id_of(1), {before, "a"}));
    ASSERT_TRUE(store().put_checkpoint(kTenant, id_of(2), {before, "b"}));
    merge(id_of(2), id_of(1));
    EXPECT_FALSE(*store().get_checkpoint(kTenant, id_of(1)))
        << "it knows nothing of the other half";
    EXPECT_FALSE(*store().get_checkpoint(kTenant, id_of(2)));
    ASSERT_TRUE(store().put_checkpoint(kTenant, id_of(1), {before, "late"}));
    EXPECT_FALSE(*store().get_checkpoint(kTenant, id_of(1)));
    append(id_of(1), {11});
    ASSERT_TRUE(
        store().put_checkpoint(kTenant, id_of(2), {events_of(id_of(1)).back().position, "whole"}));
    EXPECT_EQ((*store().get_checkpoint(kTenant, id_of(1)))->state, "whole");
    ASSERT_TRUE(store().erase(kTenant, id_of(1)));
    ASSERT_TRUE(store().put_checkpoint(kTenant, id_of(1), {before, "of the erased"}));
    EXPECT_FALSE(*store().get_checkpoint(kTenant, id_of(1)));
}

TEST_P(StoreContract, AnErasedPersonIsGoneWithEveryoneMergedIntoThem) {
    for (std::uint64_t i = 1; i <= 3; ++i)
        append_all({.tenant = kTenant,
                    .person = id_of(i),
                    .events = {event_of(i * 10)},
                    .aliases = {id_of(70 + i)}});
    merge(id_of(1), id_of(2));
    append(id_of(2), {21});
    append(id_of(3), {31});
    ASSERT_TRUE(
        store().put_checkpoint(kTenant, id_of(2), {events_of(id_of(2)).back().position, "s"}));
    ASSERT_TRUE(store().erase(kTenant, id_of(1)));  // by the name of the merged one
    for (std::uint64_t i = 1; i <= 2; ++i) {
        EXPECT_TRUE(keys_of(id_of(i)).empty());
        EXPECT_FALSE(*store().person(kTenant, id_of(i)));
        EXPECT_FALSE(*store().find_person(kTenant, id_of(70 + i)));
        EXPECT_FALSE(*store().get_checkpoint(kTenant, id_of(i)));
        EXPECT_FALSE(*store().has_event(kTenant, id_of(i * 10)));
    }
    EXPECT_FALSE(*store().has_event(kTenant, id_of(21)));
    EXPECT_EQ(keys_of(id_of(3)), (Keys{30, 31}));
    EXPECT_EQ(everything().size(), 2u);
    EXPECT_EQ(store().list_people(kTenant, {})->items, (std::vector{id_of(3)}));
    EXPECT_EQ(store().stats().events, 2u);
    EXPECT_EQ(store().stats().people, 1u);
    EXPECT_TRUE(store().erase(kTenant, id_of(1))) << "erasing twice is erasing";
    append(id_of(2), {21, 22});  // a fresh start under an old id
    EXPECT_EQ(keys_of(id_of(2)), (Keys{21, 22}));
    EXPECT_TRUE((*store().person(kTenant, id_of(2)))->members.empty());
    expect_sound();
}

TEST_P(StoreContract, ErasureTakesWhatWasAppendedBeforeIt) {
    for (std::uint64_t i = 0; i < 20; ++i)
        ASSERT_TRUE(store().append(append_of(id_of(1), {100 + i})));
    ASSERT_TRUE(store().erase(kTenant, id_of(1)));
    EXPECT_TRUE(keys_of(id_of(1)).empty());
    EXPECT_FALSE(*store().has_event(kTenant, id_of(119)));
    append(id_of(1), {100});
    EXPECT_EQ(keys_of(id_of(1)), (Keys{100}));
    expect_sound();
}

TEST_P(StoreContract, NobodyReadsALongHistoryFromTheMomentItsErasureBegan) {
    constexpr std::uint64_t kEvents = 4'000;
    for (std::uint64_t from = 0; from < kEvents; from += 800) {
        std::vector<std::uint64_t> keys(800);
        std::iota(keys.begin(), keys.end(), from + 1);
        append_all({.tenant = kTenant, .person = id_of(1), .aliases = {id_of(77)}});
        append(id_of(1), keys);
        append(id_of(2), {100'000 + from});
    }
    const auto begun = store().begin_erase(kTenant, id_of(1));
    ASSERT_TRUE(begun) << begun.error().message;
    EXPECT_TRUE(keys_of(id_of(1)).empty());
    EXPECT_TRUE(events_back(id_of(1)).empty());
    EXPECT_EQ(everything().size(), 5u);
    EXPECT_FALSE(*store().person(kTenant, id_of(1)));
    EXPECT_FALSE(*store().find_person(kTenant, id_of(77)));
    append(id_of(1), {200'000});  // a fresh start under an old id, while it is on its way
    EXPECT_EQ(keys_of(id_of(1)), (Keys{200'000}));
    EXPECT_EQ(everything().size(), 6u);
    // How many events there are changes while it looks.
    const auto meanwhile = store().verify();
    ASSERT_TRUE(meanwhile) << meanwhile.error().message;
    EXPECT_EQ(meanwhile->problems, std::vector<std::string>{});
    const auto done = begun->wait();
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(keys_of(id_of(1)), (Keys{200'000}));
    EXPECT_EQ(everything().size(), 6u);
    EXPECT_EQ(store().stats().events, 6u);
    for (std::uint64_t key = 1; key <= kEvents; key += 13)
        EXPECT_FALSE(*store().has_event(kTenant, id_of(key)));
    expect_sound();
}

TEST_P(StoreContract, EverythingAcknowledgedIsThereAfterReopening) {
    for (std::uint64_t i = 1; i <= 20; ++i)
        append_all({.tenant = kTenant,
                    .person = id_of(i),
                    .events = {event_of(i * 10)},
                    .aliases = {id_of(700 + i)}});
    merge(id_of(1), id_of(2));
    ASSERT_TRUE(store().erase(kTenant, id_of(3)));
    ASSERT_TRUE(store().put_document(kTenant, "c", "n", kOddBytes, 0));
    const auto before = everything();
    const Stats stats = store().stats();
    if (!harness().reopen()) GTEST_SKIP() << GetParam().name << " keeps nothing";
    const auto after = everything();
    ASSERT_EQ(before.size(), after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
        EXPECT_EQ(before[i].position, after[i].position);
        EXPECT_EQ(before[i].payload, after[i].payload);
    }
    EXPECT_EQ(store().stats().last_committed, stats.last_committed);
    EXPECT_EQ(store().stats().events, stats.events);
    EXPECT_EQ(store().stats().people, stats.people);
    EXPECT_EQ(keys_of(id_of(2)), (Keys{10, 20}));
    EXPECT_EQ(**store().find_person(kTenant, id_of(701)), id_of(2));
    EXPECT_FALSE(*store().has_event(kTenant, id_of(30)));
    EXPECT_EQ((*store().get_document(kTenant, "c", "n"))->value, kOddBytes);
    append(id_of(2), {999});
    EXPECT_EQ(keys_of(id_of(2)), (Keys{10, 20, 999}));
    expect_sound();
}

TEST_P(StoreContract, StatisticsCountWhatIsThere) {
    append(id_of(1), {10, 11});
    append(id_of(2), {20});
    ASSERT_TRUE(store().flush());
    const Stats stats = store().stats();
    EXPECT_EQ(stats.events, 3u);
    EXPECT_EQ(stats.people, 2u);
    EXPECT_EQ(stats.last_committed, stats.last_durable);
    EXPECT_EQ(stats.commits, stats.last_committed);
    EXPECT_EQ(stats.queue_events, 0u);
    EXPECT_EQ(stats.queue_bytes, 0u);
}

}  // namespace attune::store::testing_contract
