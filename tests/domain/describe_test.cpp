#include "domain/describe.h"

#include <gtest/gtest.h>

namespace attune::domain {
namespace {

using base::from_json;
using base::to_json;

constexpr std::string_view kClientEvent =
    R"({"id":"e1","user_id":"u1","event":"rating","item_id":"i1","value":4.5,)"
    R"("properties":{"stars":4.5,"tags":["a","b"]},"context":{"ip":"203.0.113.9"},)"
    R"("time":"2026-03-01T12:30:00+01:00","colour":"red"})";

TEST(Describe, AnIncomingEventKeepsWhatItDoesNotKnow) {
    const auto event = from_json<IncomingEvent>(kClientEvent, {.unknown = base::Unknown::keep});
    ASSERT_TRUE(event) << event.error().message;
    EXPECT_EQ(event->user_id, "u1");
    EXPECT_EQ(event->value, 4.5);
    EXPECT_EQ(event->properties.text(), R"({"stars":4.5,"tags":["a","b"]})");
    EXPECT_EQ(base::format_time(*event->time), "2026-03-01T11:30:00Z");
    ASSERT_NE(event->extra.find("colour"), nullptr);
    EXPECT_EQ(event->extra.find("colour")->text(), R"("red")");
    EXPECT_NE(to_json(*event).find(R"("colour":"red")"), std::string::npos);
}

TEST(Describe, AnIncomingEventNeedsNothingButItsName) {
    EXPECT_TRUE(from_json<IncomingEvent>(R"({"event":"view"})"));
    const auto nothing = from_json<IncomingEvent>("{}");
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().fields, (std::vector<FieldError>{{"/event", "is required"}}));
}

TEST(Describe, EveryWrongFieldOfAnEventIsNamed) {
    const auto event = from_json<IncomingEvent>(
        R"({"event":"","user_id":7,"value":"4","properties":[],"time":"2026-02-30T00:00:00Z"})");
    ASSERT_FALSE(event);
    std::vector<std::string> pointers;
    for (const auto& field : event.error().fields) pointers.push_back(field.pointer);
    EXPECT_EQ(pointers,
              (std::vector<std::string>{"/event", "/user_id", "/value", "/properties", "/time"}));
}

TEST(Describe, AStoredEventReadsBackAsItWasWritten) {
    Event event{.id = "e1", .user_id = "u1", .event = "view"};
    event.properties = base::JsonText::parse(R"({"a":1})").value();
    event.time = *base::parse_time("2026-03-01T12:30:00.000001Z");
    event.received_at = event.time + std::chrono::seconds(3);
    event.enriched.local_hour = 13;
    const std::string text = to_json(event);
    const auto again = from_json<Event>(text);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(to_json(*again), text);
    EXPECT_EQ(again->enriched.local_hour, 13);
}

TEST(Describe, AnEventOfAnotherVersionIsReadWithDefaults) {
    const auto event =
        from_json<Event>(R"({"id":"e1","event":"view","new_member":{"x":1}})",
                         {.unknown = base::Unknown::ignore, .require_members = false});
    ASSERT_TRUE(event) << event.error().message;
    EXPECT_EQ(event->event, "view");
    EXPECT_EQ(event->time, base::Time{});
}

TEST(Describe, ARichProfileReadsBackAsItWasWritten) {
    Profile profile{.user_id = "u1", .version = 3};
    profile.as_of = *base::parse_time("2026-03-01T12:30:00Z");
    profile.demographics.age = 41;
    profile.demographics.traits["plan"] = base::JsonText::parse(R"("gold")").value();
    profile.behaviour.counts["view"] = {.count = 3, .recent = 0.1};
    profile.behaviour.activity.assign(7, std::vector<std::uint32_t>(24, 1));
    profile.behaviour.devices.push_back({.device = "mobile", .os = "iOS 17", .count = 2});
    profile.preferences["theme"] = {.value = base::JsonText::parse("\"dark\"").value(),
                                    .source = "explicit"};
    profile.interests.push_back(
        {.topic = "tag:puzzle", .score = -1.5, .share = 0, .confidence = 0.5});
    profile.consent["ads"] = {.granted = true, .at = *profile.as_of};
    profile.identities.user_ids = {"u1", "u2"};
    const std::string text = to_json(profile);
    const auto again = from_json<Profile>(text);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(to_json(*again), text);
}

TEST(Describe, RolesAreTheirNames) {
    ApiKey key{.id = "k1", .name = "site", .role = Role::ingest, .prefix = "at_"};
    const auto again = from_json<ApiKey>(to_json(key));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->role, Role::ingest);
    EXPECT_FALSE(from_json<Role>(R"("wizard")"));
}

TEST(Describe, LimitsHoldAtTheirEdges) {
    const auto with_id = [](std::size_t length) {
        return from_json<Item>(R"({"id":")" + std::string(length, 'x') + R"("})").has_value();
    };
    EXPECT_FALSE(with_id(0));
    EXPECT_TRUE(with_id(1));
    EXPECT_TRUE(with_id(limits::kIdBytesMax));
    EXPECT_FALSE(with_id(limits::kIdBytesMax + 1));
    EXPECT_FALSE(from_json<Item>(R"({"id":"a","price":-0.01})"));
    EXPECT_TRUE(from_json<Item>(R"({"id":"a","price":0})"));
}

TEST(Describe, SchemasNameTheNounsAndTheirLimits) {
    base::SchemaSet schemas;
    EXPECT_EQ(schemas.ref<Event>(), R"({"$ref":"#/components/schemas/Event"})");
    EXPECT_EQ(schemas.ref<std::vector<Item>>(),
              R"({"type":"array","items":{"$ref":"#/components/schemas/Item"}})");
    const std::string components = schemas.components();
    const auto parsed = base::JsonDocument::parse(components);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_TRUE(parsed->root().find("Enrichment"));
    const auto event = parsed->root().find("Event");
    ASSERT_TRUE(event);
    EXPECT_EQ(event->find("required")->text().text(), R"(["id","event","time","received_at"])");
    EXPECT_EQ(event->find("additionalProperties")->as_bool(), false);
    EXPECT_EQ(parsed->root().find("Item")->find("properties")->find("price")->text().text(),
              R"({"type":"number","minimum":0})");
}

}  // namespace
}  // namespace attune::domain
