#include "base/encoding.h"
#include "engine/profile/event_facts.h"
#include "engine/profile/fold_state.h"
#include "tests/engine/profile/random_events.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace attune::engine {
namespace {

using domain::Event;
using testing::RandomEvents;

const WeightTable& weights() {
    static const WeightTable table;
    return table;
}

FoldState fold_all(const std::vector<Event>& events) {
    FoldState state(weights().fingerprint());
    for (const Event& event : events) fold(state, event, weights());
    return state;
}

Event event(std::string id, std::string name, std::int64_t seconds, std::string properties = "{}") {
    Event e;
    e.id = std::move(id);
    e.event = std::move(name);
    e.user_id = "ann";
    e.time = base::Time(std::chrono::seconds(1'740'000'000 + seconds));
    e.properties = base::JsonText::trusted(std::move(properties));
    return e;
}

TEST(Fold, AnyOrderEndsInTheSameBytes) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        RandomEvents random(seed);
        random.decisions = true;
        std::vector<Event> events = random.many(1 + random.below(300));
        const std::string expected = encode(fold_all(events));
        std::mt19937_64 shuffle(seed);
        for (int round = 0; round < 3; ++round) {
            std::ranges::shuffle(events, shuffle);
            ASSERT_EQ(encode(fold_all(events)), expected) << "seed " << seed;
        }
    }
}

TEST(Fold, AnyPartitionMergedInAnyOrderEndsInTheSameBytes) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        RandomEvents random(seed * 977);
        random.decisions = true;
        const std::vector<Event> events = random.many(1 + random.below(300));
        const std::string expected = encode(fold_all(events));
        std::vector<FoldState> parts(1 + random.below(6), FoldState(weights().fingerprint()));
        for (const Event& e : events) fold(parts[random.below(parts.size())], e, weights());
        while (parts.size() > 1) {  // any tree of merges
            const std::size_t from = random.below(parts.size() - 1);
            FoldState taken = parts.back();
            parts.pop_back();
            parts[from].merge(taken);
        }
        ASSERT_EQ(encode(parts[0]), expected) << "seed " << seed;
    }
}

TEST(Fold, TheStoredFormComesBackWhole) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        RandomEvents random(seed * 31);
        random.decisions = true;
        const FoldState state = fold_all(random.many(random.below(400)));
        const std::string stored = encode(state);
        auto back = decode_fold_state(stored, weights().fingerprint());
        ASSERT_TRUE(back) << back.error().message;
        EXPECT_TRUE(*back == state);
        EXPECT_EQ(encode(*back), stored);
    }
}

TEST(Fold, TheStoredFormIsTheOneOnItsFormatPage) {
    FoldState state(7);
    Event e = event("1", "view", 0);
    e.user_id.reset();
    e.time = base::Time(std::chrono::seconds(1'577'836'800));
    fold(state, e, weights());
    EXPECT_EQ(base::to_hex(encode(state)),
              "0803"
              "110700000000000000"
              "1801"
              "288080d29f98c2cd05"
              "308080d29f98c2cd05"
              "3a29"
              "0a0476696577"
              "1001"
              "1a0d"
              "08809a9e01"
              "1a06000000000001"
              "288080d29f98c2cd05"
              "308080d29f98c2cd05"
              "6a0408301001"
              "720b"
              "088080d29f98c2cd05"
              "1801"
              "d80101");
}

TEST(Fold, AStateThatWasStoredInBetweenGoesOnTheSame) {
    RandomEvents random(5);
    random.decisions = true;
    const std::vector<Event> events = random.many(200);
    FoldState state(weights().fingerprint());
    for (const Event& e : events) {
        fold(state, e, weights());
        state = *decode_fold_state(encode(state), weights().fingerprint());
    }
    EXPECT_EQ(encode(state), encode(fold_all(events)));
}

TEST(Fold, DamageIsNoticedAndHarmless) {
    RandomEvents random(9);
    random.decisions = true;
    const std::string stored = encode(fold_all(random.many(60)));
    for (std::size_t length = 0; length < stored.size(); ++length) {
        EXPECT_FALSE(
            decode_fold_state(std::string_view(stored).substr(0, length), weights().fingerprint()));
    }
    for (int round = 0; round < 3000; ++round) {
        std::string damaged = stored;
        damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
        (void)decode_fold_state(damaged, weights().fingerprint());
    }
}

TEST(Fold, AStateOfOtherWeightsMustBeFoldedAgain) {
    const WeightTable other({{"view", {2, 30}}});
    ASSERT_NE(other.fingerprint(), weights().fingerprint());
    auto decoded =
        decode_fold_state(encode(FoldState(weights().fingerprint())), other.fingerprint());
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, Code::failed_precondition);
}

TEST(Fold, KeepsNewestValueWhenTimestampsTie) {
    const Event a = event("a", "$identify", 0, R"({"plan":"free"})");
    const Event b = event("b", "$identify", 0, R"({"plan":"pro"})");
    EXPECT_EQ(encode(fold_all({a, b})), encode(fold_all({b, a})));
    const Event late = event("c", "$identify", -1, R"({"plan":"old"})");
    EXPECT_NE(fold_all({a, b, late}).traits.find("plan")->value.view(), R"("old")");
}

TEST(Fold, ATraitTakenBackStaysBackWhenAnOlderWordArrivesLate) {
    const FoldState state = fold_all({event("b", "$identify", 10, R"({"plan":null})"),
                                      event("a", "$identify", 5, R"({"plan":"pro"})")});
    EXPECT_TRUE(state.traits.find("plan")->value.empty());
    EXPECT_TRUE(state.traits.newest_first().empty());
}

TEST(Fold, SessionsSplitAtThirtyMinutesAndALateEventJoinsThem) {
    FoldState state = fold_all({event("a", "view", 0), event("b", "view", 3000)});
    EXPECT_EQ(state.sessions.count(), 2u);
    fold(state, event("c", "view", 1500), weights());
    ASSERT_EQ(state.sessions.count(), 1u);
    EXPECT_EQ(state.sessions.kept()[0].events, 3u);
    EXPECT_EQ(fold_all({event("a", "view", 0), event("b", "view", 1800)}).sessions.count(), 1u);
    EXPECT_EQ(fold_all({event("a", "view", 0), event("b", "view", 1801)}).sessions.count(), 2u);
}

TEST(Fold, WhatIsSaidAboutSomebodyIsNoActivityOfTheirs) {
    const FoldState state = fold_all({event("a", "$rectify", 0, R"({"name":"Ann"})")});
    EXPECT_EQ(state.sessions.count(), 0u);
    EXPECT_TRUE(state.activity.empty());
    EXPECT_EQ(state.version, 1u);
}

TEST(Fold, DislikeAndLowRatingsPushTopicsBelowZero) {
    Event low = event("a", "rating", 0, R"({"category":"games"})");
    low.value = 1;
    Event middle = low;
    middle.id = "b";
    middle.value = 3;
    const FoldState state =
        fold_all({low, middle, event("c", "dislike", 0, R"({"tags":["slow"]})")});
    EXPECT_DOUBLE_EQ(state.topics.entries()[0].weight.value_at(state.last_seen), -4);
    EXPECT_EQ(state.topics.entries()[0].count, 1u);  // a rating of 3 says nothing
    EXPECT_DOUBLE_EQ(state.topics.entries()[1].weight.value_at(state.last_seen), -4);
}

TEST(Fold, SegmentOrdersCountEachProduct) {
    const FoldState state = fold_all({event(
        "a", "Order Completed", 0,
        R"({"products":[{"brand":"acme","price":9.5,"product_id":"p1","quantity":2},{"category":"games","price":"3","sku":7}]})")});
    ASSERT_EQ(state.purchases.size(), 2u);
    EXPECT_EQ(state.purchases[0].item.view(), "7");
    EXPECT_EQ(state.purchases[1].item.view(), "p1");
    EXPECT_EQ(state.purchases[1].value_micros, 19'000'000);
    EXPECT_EQ(state.topics.entries()[0].key.view(), "brand:acme");
    EXPECT_EQ(state.recent_items.words().size(), 2u);
}

TEST(Fold, UnfavouriteTakesTheFavouriteBack) {
    Event on = event("a", "favourite", 0);
    Event off = event("b", "unfavourite", 5);
    on.item_id = off.item_id = "i";
    EXPECT_TRUE(fold_all({off, on}).feedback.newest_first().empty());
    off.time -= std::chrono::seconds(10);
    EXPECT_EQ(fold_all({off, on}).feedback.newest_first().size(), 1u);
}

Event decision(std::string id, int second, std::string_view choices) {
    Event e = event(std::move(id), "$decision", second);
    e.properties =
        base::JsonText::trusted(R"({"choices":[)" + std::string(choices) + R"(],"kind":"config"})");
    return e;
}

std::string variant_of(const FoldState& state, std::string_view experiment) {
    for (const AssignmentTally& one : state.assignments.entries())
        if (one.key.view() == experiment) return std::string(one.variant.view());
    return {};
}

TEST(Fold, TheFirstVariantThatSomebodyWasGivenStandsInAnyOrder) {
    const Event first = decision("1", 10, R"({"chosen":"blue","of":"experiment:button"})");
    const Event later = decision(
        "2", 20, R"({"chosen":"red","of":"experiment:button"},{"chosen":"applied","of":"rule:r"})");
    FoldState state = fold_all({later, first});
    EXPECT_EQ(variant_of(state, "button"), "blue");
    EXPECT_EQ(state.assignments.entries().size(), 1u);
    EXPECT_EQ(state.version, 0u);
    // A history in which nothing else happened is merged all the same.
    FoldState known = fold_all({later, event("3", "view", 30)});
    EXPECT_EQ(variant_of(known, "button"), "red");
    known.merge(fold_all({first}));
    EXPECT_EQ(variant_of(known, "button"), "blue");
    EXPECT_EQ(encode(known), encode(fold_all({event("3", "view", 30), first, later})));
}

TEST(Fold, OfSessionsTheFirstVariantOfTheNewestOneStandsInAnyOrder) {
    const auto given = [](std::string id, int second, std::string_view variant,
                          std::string_view unit) {
        return decision(std::move(id), second,
                        R"({"chosen":")" + std::string(variant) +
                            R"(","of":"experiment:button","unit":")" + std::string(unit) + R"("})");
    };
    const Event before = given("1", 10, "blue", "900-ann");
    const Event first = given("2", 20, "red", "1000-ann");
    const Event again = given("3", 30, "blue", "1000-ann");
    for (const auto& events : {std::vector{before, first, again}, std::vector{again, first, before},
                               std::vector{first, before, again}}) {
        const FoldState state = fold_all(events);
        EXPECT_EQ(variant_of(state, "button"), "red");
        EXPECT_EQ(state.assignments.entries().at(0).unit.view(), "1000-ann");
        EXPECT_EQ(encode(state), encode(fold_all({before, again, first})));
        const auto stored = decode_fold_state(encode(state), weights().fingerprint());
        ASSERT_TRUE(stored);
        EXPECT_EQ(*stored, state);
    }
}

TEST(Fold, OfTooManyExperimentsThoseDecidedLongestAgoAreForgotten) {
    FoldState state(weights().fingerprint());
    for (int i = 0; i < 300; ++i)
        fold(state,
             decision(std::to_string(i), i,
                      R"({"chosen":"a","of":"experiment:)" + std::to_string(i) + R"("})"),
             weights());
    EXPECT_EQ(state.assignments.entries().size(), fold_limits::kAssignments);
    EXPECT_EQ(variant_of(state, "299"), "a");
    EXPECT_EQ(variant_of(state, "0"), "");
    EXPECT_TRUE(state.truncated & kTruncatedAssignments);
}

TEST(Fold, RecentThingsBeyondTheirNumberAreTheNewestInAnyOrder) {
    std::vector<Event> events;
    for (int i = 0; i < 700; ++i) {
        Event e =
            event("id" + std::to_string(i), i % 3 ? "purchase" : "rating", (i * 7919) % 100'000);
        e.item_id = "item" + std::to_string(i % 600);
        e.value = 4;
        events.push_back(e);
    }
    const FoldState state = fold_all(events);
    EXPECT_EQ(state.recent_items.words().size(), fold_limits::kRecentItems);
    EXPECT_EQ(state.purchases.size(), fold_limits::kPurchases);
    EXPECT_EQ(state.truncated, 0u);
    std::ranges::reverse(events);
    EXPECT_EQ(encode(fold_all(events)), encode(state));
}

TEST(Fold, AMillionNamesCostBoundedMemoryAndSaySo) {
    FoldState state(weights().fingerprint());
    for (int i = 0; i < 5000; ++i) {
        const std::string n = std::to_string(i);
        fold(state, event("p" + n, "page", i * 4000, R"({"path":"/)" + n + R"("})"), weights());
        fold(state,
             event("v" + n, "name" + n, i,
                   R"({"feature":"f)" + n + R"(","tags":["t)" + n + R"("]})"),
             weights());
        fold(state, event("i" + n, "$identify", i, "{\"k" + n + "\":1}"), weights());
    }
    EXPECT_EQ(state.pages.entries().size(), fold_limits::kPages);
    EXPECT_EQ(state.topics.entries().size(), fold_limits::kTopics);
    EXPECT_EQ(state.counts.entries().size(), fold_limits::kEventNames);
    EXPECT_EQ(state.traits.words().size(), fold_limits::kTraits);
    EXPECT_EQ(state.sessions.kept().size(), SessionSet::kKeptMax);
    const std::uint32_t expected = kTruncatedCounts | kTruncatedTopics | kTruncatedPages |
                                   kTruncatedFeatures | kTruncatedSessions;
    EXPECT_EQ(state.truncated, expected);
    EXPECT_EQ(state.version, 15'000u);
    EXPECT_LT(state.bytes(), 600u << 10);
    EXPECT_EQ(encode(*decode_fold_state(encode(state), weights().fingerprint())), encode(state));
}

TEST(Fold, LongTextsAreCutBetweenCharacters) {
    EXPECT_EQ(cut_text("aé", 2), "a");
    EXPECT_EQ(cut_text("aé", 3), "aé");
    const FoldState state =
        fold_all({event("a", "$identify", 0, R"({"bio":")" + std::string(100'000, 'x') + "\"}")});
    EXPECT_TRUE(state.traits.find("bio")->value.empty());
}

TEST(Fold, OddPropertiesAreReadAsFarAsTheyGo) {
    for (const char* text :
         {"", "{", "{}", "[]", "null", R"({"a")", R"({"a":)", R"({"category")", R"({"category":"x)",
          R"({"category":"x\)", R"({"tags":[[[[)", R"({"tags":["a",)", R"({"products":[{"a":1})"}) {
        (void)fold_all({event("a", "purchase", 0, text)});
    }
}

TEST(Fold, APersonOfTenEventsIsSmall) {
    std::size_t bytes = 0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        RandomEvents random(seed);
        random.decisions = true;
        const FoldState state =
            *decode_fold_state(encode(fold_all(random.many(10))), weights().fingerprint());
        bytes += state.bytes();
    }
    RecordProperty("bytes", std::to_string(bytes / 50));
    EXPECT_LT(bytes / 50, 5000u) << bytes / 50;
}

}  // namespace
}  // namespace attune::engine
