// The parts of Segment's protocol by themselves, and the requests of real clients where the recordings are at hand.
#include "api/segment/commerce.h"
#include "api/segment/merge.h"
#include "api/segment/message.h"
#include "api/segment/values.h"
#include "base/encoding.h"
#include "tests/api/expect_json.h"
#include "tests/api/world.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

namespace attune::api::segment {
namespace {

using testing::json_at;

// A value that keeps its document alive.
struct Parsed {
    explicit Parsed(std::string_view text) : document(base::JsonDocument::parse(text)) {}
    operator base::JsonView() const { return document->root(); }
    Result<base::JsonDocument> document;
};

base::Time at(std::string_view text) { return *base::parse_time(text); }

TEST(SegmentValues, IdsAreStringsOrNumbersAndNothingElse) {
    EXPECT_EQ(id_of(Parsed("\"a\"")), "a");
    EXPECT_EQ(id_of(Parsed("42")), "42");
    EXPECT_EQ(id_of(Parsed("-1.5")), "-1.5");
    for (const char* none : {"null", "\"\"", "true", "{}", "[]"})
        EXPECT_FALSE(id_of(Parsed(none))) << none;
    EXPECT_FALSE(id_of(std::nullopt));
}

TEST(SegmentValues, NumbersMayBeStrings) {
    EXPECT_EQ(number_of(Parsed("\"27.50\"")), 27.5);
    EXPECT_EQ(number_of(Parsed("3")), 3);
    for (const char* none : {"\"\"", "\"12 EUR\"", "\"inf\"", "\"nan\"", "null", "true"}) {
        EXPECT_FALSE(number_of(Parsed(none))) << none;
    }
}

TEST(SegmentValues, TimesComeInManyFormsOfIso8601) {
    for (const char* same : {"\"2026-03-01T12:00:00Z\"", "\"2026-03-01T13:00:00+01:00\"",
                             "\"2026-03-01T12:00:00\"", "\"2026-03-01 12:00:00\"",
                             "\"2026-03-01T13:00:00+0100\"", "\"2026-03-01T12:00:00.000Z\""}) {
        EXPECT_EQ(time_of(Parsed(same)), at("2026-03-01T12:00:00Z")) << same;
    }
    EXPECT_EQ(time_of(Parsed("\"2026-03-01\"")), at("2026-03-01T00:00:00Z"));
    for (const char* none : {"\"\"", "\"soon\"", "7", "\"2026-13-01T00:00:00Z\"", "\"-\"",
                             "\"2026-03-01T12:00:00+\""}) {
        EXPECT_FALSE(time_of(Parsed(none))) << none;
    }
}

TEST(SegmentTime, IsTheServersMinusWhatPassedAtTheClient) {
    const base::Time now = at("2026-03-01T12:00:00Z");
    EXPECT_EQ(corrected_time(at("2019-05-05T00:00:00Z"), at("2019-05-05T00:00:10Z"), now),
              now - std::chrono::seconds(10));
    EXPECT_EQ(corrected_time(at("2026-02-01T00:00:00Z"), std::nullopt, now),
              at("2026-02-01T00:00:00Z"));
    EXPECT_EQ(corrected_time(std::nullopt, at("2026-02-01T00:00:00Z"), now), now);
    EXPECT_EQ(corrected_time(at("2030-01-01T00:00:00Z"), std::nullopt, now), now)
        << "never in the future";
    EXPECT_EQ(corrected_time(at("2026-03-01T12:00:09Z"), at("2026-03-01T12:00:00Z"), now), now)
        << "sent before it happened";
    EXPECT_EQ(corrected_time(at("1970-01-01T00:00:00Z"), std::nullopt, now), now)
        << "a clock that was never set";
    EXPECT_EQ(corrected_time(at("0000-01-01T00:00:00Z"), at("9999-12-31T23:59:59Z"), now), now);
}

TEST(SegmentMerge, TheMessageWinsAndObjectsMergeDeeply) {
    Parsed over(R"({"a":1,"o":{"x":1,"deep":{"p":1}},"n":null})");
    Parsed under(R"({"a":2,"b":3,"o":{"x":9,"y":2,"deep":{"q":2}},"n":{"z":1}})");
    EXPECT_EQ(merged(base::JsonView(over), base::JsonView(under)).text(),
              R"({"a":1,"o":{"x":1,"deep":{"p":1,"q":2},"y":2},"n":null,"b":3})");
}

TEST(SegmentMerge, WhatIsNoObjectCountsAsNothing) {
    Parsed object(R"({"a":1})");
    Parsed list("[1]");
    EXPECT_EQ(
        merged(std::optional<base::JsonView>(object), std::optional<base::JsonView>(list)).text(),
        R"({"a":1})");
    EXPECT_EQ(merged(std::nullopt, std::optional<base::JsonView>(object)).text(), R"({"a":1})");
    EXPECT_EQ(merged(std::optional<base::JsonView>(list), std::nullopt).text(), "{}");
}

TEST(SegmentCommerce, KnowsItemsAndWhatTheyWereWorth) {
    auto facts =
        commerce_facts("Product Viewed", Parsed(R"({"product_id":"p","sku":"s","price":5})"));
    EXPECT_EQ(facts.item_id, "p");
    EXPECT_FALSE(facts.value) << "seeing a price is not paying it";
    facts = commerce_facts("Order Completed", Parsed(R"({"revenue":"9.5","total":12})"));
    EXPECT_EQ(facts.value, 9.5);
    facts = commerce_facts("Product Added", Parsed(R"({"sku":17,"price":5,"quantity":3})"));
    EXPECT_EQ(facts.item_id, "17");
    EXPECT_EQ(facts.value, 15);
    facts = commerce_facts("Product Reviewed", Parsed(R"({"product_id":"p","rating":4})"));
    EXPECT_EQ(facts.value, 4);
    facts = commerce_facts("Viewed Product", Parsed(R"({"id":"old"})"));
    EXPECT_EQ(facts.item_id, "old") << "the first version of the vocabulary";
    EXPECT_FALSE(commerce_facts("My Event", Parsed(R"({"id":"x"})")).item_id);
}

Envelope envelope_at(std::string_view now) {
    Envelope envelope;
    envelope.received_at = at(now);
    envelope.address = "203.0.113.9";
    envelope.user_agent = "Mozilla/5.0";
    return envelope;
}

TEST(SegmentMessage, FillsTheAddressOnlyForThePersonsOwnDevice) {
    auto context_of = [](std::string_view text) {
        Parsed message(text);
        return std::string(
            event_of(message, Kind::track, envelope_at("2026-03-01T12:00:00Z"))->context.text());
    };
    EXPECT_EQ(
        json_at(
            context_of(
                R"({"userId":"u","event":"e","context":{"library":{"name":"@segment/analytics-node"}}})"),
            "/ip"),
        "");
    EXPECT_EQ(
        json_at(context_of(
                    R"({"userId":"u","event":"e","context":{"library":{"name":"analytics.js"}}})"),
                "/ip"),
        "203.0.113.9");
    EXPECT_EQ(
        json_at(context_of(R"({"userId":"u","event":"e","channel":"mobile"})"), "/user_agent"),
        "Mozilla/5.0");
    EXPECT_EQ(
        json_at(context_of(
                    R"({"userId":"u","event":"e","channel":"server","context":{"direct":true}})"),
                "/ip"),
        "203.0.113.9");
    EXPECT_EQ(
        json_at(
            context_of(
                R"({"userId":"u","event":"e","channel":"mobile","context":{"ip":"198.51.100.1"}})"),
            "/ip"),
        "198.51.100.1");
}

TEST(SegmentMessage, TakesTraitsFromBothPlaces) {
    Parsed message(R"({"userId":"u","traits":{"a":1},"context":{"traits":{"a":2,"b":3}}})");
    auto event = event_of(message, Kind::identify, envelope_at("2026-03-01T12:00:00Z"));
    EXPECT_EQ(event->properties.text(), R"({"a":1,"b":3})");
    EXPECT_EQ(event->event, "$identify");
}

TEST(SegmentMessage, WantsWhatEachCallNeeds) {
    auto pointer_of = [](std::string_view text, Kind kind) {
        Parsed message(text);
        auto event = event_of(message, kind, envelope_at("2026-03-01T12:00:00Z"));
        return event ? "" : event.error().fields.at(0).pointer;
    };
    EXPECT_EQ(pointer_of(R"({"event":"e"})", Kind::track), "/userId");
    EXPECT_EQ(pointer_of(R"({"userId":"u","event":""})", Kind::track), "/event");
    EXPECT_EQ(pointer_of(R"({"userId":"u","event":7})", Kind::track), "/event");
    EXPECT_EQ(pointer_of(R"({"userId":"u"})", Kind::group), "/groupId");
    EXPECT_EQ(pointer_of(R"({"userId":"u"})", Kind::alias), "/previousId");
    EXPECT_EQ(pointer_of(R"({"anonymousId":"u","previousId":"p"})", Kind::alias), "/userId");
    EXPECT_EQ(pointer_of(R"({"userId":"u","groupId":7})", Kind::group), "");
    Parsed list("[]");
    EXPECT_FALSE(event_of(list, Kind::page, envelope_at("2026-03-01T12:00:00Z")));
}

std::filesystem::path recordings() {
    if (const char* shared = std::getenv("ATTUNE_SHARED"))
        return std::filesystem::path(shared) / "conformance/wire-samples/captured.json";
    return testing::source_folder() / "../../../shared/conformance/wire-samples/captured.json";
}

// The write key stands in Basic, in the body, or in both; ours takes its place.
void replay(testing::World& world, base::JsonView request) {
    testing::Ask ask;
    ask.method = std::string(*request.find("method")->as_string());
    ask.path = std::string(*request.find("path")->as_string());
    ask.body = std::string(request.find("body")->text().text());
    const std::string key = world.key("ingest");
    if (const std::size_t at = ask.body.find(R"("writeKey":"WK")"); at != std::string::npos) {
        ask.body.replace(at, 15, R"("writeKey":")" + key + "\"");
    }
    for (auto [name, value] : request.find("headers")->members()) {
        if (name == "content-length" || name == "accept-encoding") continue;
        std::string text(*value.as_string());
        if (name == "authorization") text = "Basic " + base::to_base64(key + ":");
        if (name == "content-encoding") ask.body = http::testing::gzipped(ask.body);
        ask.headers += std::string(name) + ": " + text + "\r\n";
    }
    auto answer = world.ask(ask);
    EXPECT_EQ(answer.status, 200u) << answer.body;
    EXPECT_EQ(answer.body, R"({"success": true})");
}

TEST(SegmentClients, TheirRecordedRequestsAreAccepted) {
    std::ifstream file(recordings());
    if (!file) {
        std::cout << "SKIPPED: no recordings at " << recordings() << " (set ATTUNE_SHARED)\n";
        GTEST_SKIP();
    }
    std::stringstream text;
    text << file.rdbuf();
    auto document = base::JsonDocument::parse(text.str());
    ASSERT_TRUE(document);
    testing::World world;
    world.clock().jump_to(at("2026-11-20T23:35:44Z"));
    for (auto [client, requests] : document->root().members()) {
        if (client.find("segment") == client.npos && client.find("rudder") == client.npos) continue;
        for (base::JsonView request : requests.elements()) replay(world, request);
    }
    auto profile = world.ask({.path = "/api/v1/personalization/profile/u1", .as = "service"});
    EXPECT_EQ(testing::json_difference(R"({"version":7,"demographics":{"email":"a@b.c"},
        "identities":{"user_ids":["u1"],"anonymous_ids":["an1"]},"groups":[{"group_id":"g1"}],
        "behaviour":{"counts":{"Product Viewed":{"count":1},"page":{"count":1},"screen":{"count":1},"E":{"count":1}}}})",
                                       profile.body)
                  .value_or(""),
              "");
}

}  // namespace
}  // namespace attune::api::segment
