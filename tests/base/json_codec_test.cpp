// Described types through from_json and to_json: laws, policies, and what a wrong value is told.
#include "base/json.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

namespace attune::base {
namespace {

enum class Colour { red, deep_blue };
BOOST_DESCRIBE_ENUM(Colour, red, deep_blue)

struct Inner {
    std::int8_t small = 0;
    std::uint64_t large = 0;
    std::optional<double> real;
    bool operator==(const Inner&) const = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (small, large, real))

struct Outer {
    std::string name;
    bool flag = false;
    Colour colour = Colour::red;
    double ratio = 0;
    Time at;
    std::chrono::microseconds wait{};
    Id128 id;
    std::array<std::int32_t, 2> pair{};
    std::optional<std::string> note;
    std::vector<Inner> inner;
    FlatMap<std::string, std::int64_t> counts;
    std::map<std::string, Inner> named;
    JsonText any;
    FlatMap<std::string, JsonText> extra;
    bool operator==(const Outer&) const = default;
};
BOOST_DESCRIBE_STRUCT(Outer, (),
                      (name, flag, colour, ratio, at, wait, id, pair, note, inner, counts, named,
                       any, extra))

struct Ruled {
    std::string name = "default";
    std::int32_t age = 0;
    std::optional<double> share;
    std::vector<std::string> tags;
    JsonText object;
};
BOOST_DESCRIBE_STRUCT(Ruled, (), (name, age, share, tags, object))

struct Empty {};
BOOST_DESCRIBE_STRUCT(Empty, (), ())

struct Node {
    std::string name;
    std::vector<Node> children;
};
BOOST_DESCRIBE_STRUCT(Node, (), (name, children))

}  // namespace

template <>
struct Fields<Ruled> {
    static constexpr std::string_view doc = "Something with rules.";
    static constexpr FieldRule rules[] = {
        {.name = "name", .doc = "A \"name\"", .optional = true, .length_min = 1, .length_max = 5},
        {.name = "age", .minimum = 0, .maximum = 150},
        {.name = "share", .minimum = 0, .maximum = 1},
        {.name = "tags", .length_max = 2},
        {.name = "object", .length_max = 20, .object = true},
    };
};

namespace {

std::vector<std::string> faults(const Error& error) {
    std::vector<std::string> out;
    for (const auto& field : error.fields) out.push_back(field.pointer + ": " + field.detail);
    return out;
}
template <class T>
std::vector<std::string> faults_of(std::string_view text, const JsonOptions& options = {}) {
    const auto value = from_json<T>(text, options);
    return value ? std::vector<std::string>{} : faults(value.error());
}
using Faults = std::vector<std::string>;

// Text of any valid characters but U+0000.
std::string any_text() {
    std::string out;
    for (int left = *rc::gen::inRange(0, 12); left > 0; --left) {
        const auto code = *rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(1, 0x80),
                                          rc::gen::inRange<std::uint32_t>(0x80, 0x800),
                                          rc::gen::inRange<std::uint32_t>(0xE000, 0x10000),
                                          rc::gen::inRange<std::uint32_t>(0x10000, 0x110000));
        if (code < 0x80) {
            out += static_cast<char>(code);
        } else if (code < 0x800) {
            out += static_cast<char>(0xC0 | (code >> 6));
            out += static_cast<char>(0x80 | (code & 63));
        } else {
            if (code >= 0x10000) {
                out += static_cast<char>(0xF0 | (code >> 18));
                out += static_cast<char>(0x80 | ((code >> 12) & 63));
            } else {
                out += static_cast<char>(0xE0 | (code >> 12));
            }
            out += static_cast<char>(0x80 | ((code >> 6) & 63));
            out += static_cast<char>(0x80 | (code & 63));
        }
    }
    return out;
}
double any_double() {
    const double value = std::bit_cast<double>(*rc::gen::arbitrary<std::uint64_t>());
    return std::isfinite(value) ? value : 0.25;
}
Inner any_inner() {
    Inner inner{.small = *rc::gen::arbitrary<std::int8_t>(),
                .large = *rc::gen::arbitrary<std::uint64_t>()};
    if (*rc::gen::arbitrary<bool>()) inner.real = any_double();
    return inner;
}
Outer any_outer() {
    Outer outer{.name = any_text(),
                .flag = *rc::gen::arbitrary<bool>(),
                .colour = *rc::gen::element(Colour::red, Colour::deep_blue),
                .ratio = any_double(),
                .at = Time{Duration{*rc::gen::inRange<std::int64_t>(-62'167'219'200'000'000,
                                                                    253'402'300'800'000'000)}},
                .wait = std::chrono::microseconds{*rc::gen::arbitrary<std::int64_t>()},
                .pair = {*rc::gen::arbitrary<std::int32_t>(), *rc::gen::arbitrary<std::int32_t>()}};
    for (auto& byte : outer.id.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
    if (*rc::gen::arbitrary<bool>()) outer.note = any_text();
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) outer.inner.push_back(any_inner());
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
        outer.counts[any_text()] = *rc::gen::arbitrary<std::int64_t>();
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) outer.named[any_text()] = any_inner();
    if (*rc::gen::arbitrary<bool>()) outer.any = to_json_text(outer.inner);
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
        outer.extra["x" + any_text()] = to_json_text(any_text());
    return outer;
}

TEST(JsonCodec, EveryValueReadsBackAsItWasWritten) {
    rc::check([] {
        const Outer outer = any_outer();
        const std::string text = to_json(outer);
        const auto again = from_json<Outer>(text, {.unknown = Unknown::keep});
        RC_ASSERT(again.has_value());
        RC_ASSERT(*again == outer);
        RC_ASSERT(to_json(*again) == text);
        RC_ASSERT(JsonText::parse(text).value().text() == text);
    });
}

TEST(JsonCodec, DoublesKeepEveryBit) {
    rc::check([](std::uint64_t bits) {
        const double value = std::bit_cast<double>(bits);
        if (!std::isfinite(value)) RC_DISCARD("no number");
        const auto again = from_json<double>(to_json(value));
        RC_ASSERT(again.has_value());
        RC_ASSERT(std::bit_cast<std::uint64_t>(*again) == bits);
    });
    for (const double value : {0.0, -0.0, 1e16, 1e17, 1e18, 0x1p63, 0x1p64, -0x1p63, 1e21, 5e-324,
                               1.7976931348623157e308}) {
        const auto again = from_json<double>(to_json(value));
        ASSERT_TRUE(again) << to_json(value);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(*again), std::bit_cast<std::uint64_t>(value))
            << to_json(value);
    }
}

TEST(JsonCodec, WhatIsNoNumberIsWrittenAsNull) {
    EXPECT_EQ(to_json(std::vector<double>{NAN, INFINITY, -INFINITY, 1}), "[null,null,null,1]");
    EXPECT_EQ(faults_of<double>("null"), Faults{": must be a number"});
}

TEST(JsonCodec, WhatSaysNothingIsNotWritten) {
    EXPECT_EQ(to_json(Ruled{}), R"({"name":"default","age":0,"tags":[]})");
    EXPECT_EQ(to_json(Empty{}), "{}");
    EXPECT_EQ(to_json(Inner{}), R"({"small":0,"large":0})");
    EXPECT_EQ(to_json(std::optional<int>{}), "null");
}

TEST(JsonCodec, IntegersHoldTheirRange) {
    EXPECT_EQ(from_json<std::int8_t>("-128"), std::int8_t{-128});
    EXPECT_EQ(faults_of<std::int8_t>("128"), Faults{": must be a whole number from -128 to 127"});
    EXPECT_EQ(faults_of<std::uint8_t>("-1"), Faults{": must be a whole number from 0 to 255"});
    EXPECT_EQ(from_json<std::uint8_t>("255.0"), std::uint8_t{255});
    EXPECT_FALSE(from_json<std::uint8_t>("1.5"));
    EXPECT_FALSE(from_json<int>("\"1\""));
    EXPECT_FALSE(from_json<int>("true"));
    EXPECT_EQ(from_json<std::int64_t>("-9223372036854775808"),
              std::numeric_limits<std::int64_t>::min());
    EXPECT_FALSE(from_json<std::int64_t>("9223372036854775808"));
    EXPECT_EQ(from_json<std::uint64_t>("18446744073709551615"),
              std::numeric_limits<std::uint64_t>::max());
    EXPECT_FALSE(from_json<std::int64_t>("1e300"));
}

TEST(JsonCodec, EveryFaultIsNamedByItsPointer) {
    EXPECT_EQ(
        faults_of<Outer>(
            R"({"name":1,"flag":0,"colour":"green","ratio":"x","at":"yesterday","wait":1.5,
        "id":"00","pair":[1],"inner":[{"small":300,"large":1},7],"counts":{"a/b":"x"},"more":1})"),
        (Faults{
            "/name: must be a string", "/flag: must be true or false",
            "/colour: must be one of \"red\", \"deep_blue\"", "/ratio: must be a number",
            "/at: must be an RFC 3339 time such as \"2026-03-01T12:30:00Z\"",
            "/wait: must be a whole number from -9223372036854775808 to 9223372036854775807",
            "/id: is not of the right form", "/pair: must have 2 entries",
            "/inner/0/small: must be a whole number from -128 to 127",
            "/inner/1: must be an object",
            "/counts/a~1b: must be a whole number from -9223372036854775808 to 9223372036854775807",
            "/more: is not known here"}));
}

TEST(JsonCodec, FaultsAreBoundedAndTheMessageCountsThem) {
    std::string text = "[";
    for (int i = 0; i < 1000; ++i) text += "\"x\",";
    text.back() = ']';
    const auto list = from_json<std::vector<int>>(text);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().fields.size(), 20u);
    EXPECT_EQ(list.error().message,
              "/0: must be a whole number from -2147483648 to 2147483647 (and 19 more)");
    const auto long_key = from_json<Empty>(R"({")" + std::string(5000, 'k') + R"(":1})");
    EXPECT_EQ(long_key.error().fields.at(0).pointer, "/" + std::string(64, 'k') + "…");
}

TEST(JsonCodec, WhatStoodThereIsNeverRepeated) {
    const auto value = from_json<Inner>(R"({"small":"4111-1111","large":"secret"})");
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().message.find("4111"), std::string::npos);
    for (const auto& fault : faults(value.error()))
        EXPECT_EQ(fault.find("secret"), std::string::npos);
}

TEST(JsonCodec, MembersAreRequiredUnlessTheyNeedNotBe) {
    EXPECT_EQ(faults_of<Outer>("{}").size(), 8u);
    EXPECT_EQ(faults_of<Ruled>("{}"), Faults{"/age: is required"});
    EXPECT_TRUE(from_json<Outer>("{}", {.require_members = false}));
    EXPECT_EQ(from_json<Ruled>("{}", {.require_members = false})->name, "default");
    EXPECT_EQ(from_json<Inner>(R"({"small":1,"large":2,"real":null})")->real, std::nullopt);
    EXPECT_FALSE(from_json<Inner>(R"({"small":null,"large":2})"));
}

TEST(JsonCodec, RulesHoldAtTheirEdges) {
    EXPECT_EQ(
        faults_of<Ruled>(R"({"name":"","age":-1,"share":1.01,"tags":["","",""],"object":[]})"),
        (Faults{"/name: must not be empty", "/age: must be at least 0", "/share: must be at most 1",
                "/tags: must not have more than 2 entries", "/object: must be an object"}));
    EXPECT_EQ(
        faults_of<Ruled>(R"({"name":"12345","age":150,"share":1,"tags":["",""],"object":{"a":1}})"),
        Faults{});
    EXPECT_EQ(faults_of<Ruled>(R"({"name":"123456","age":151,"object":{"long":"12345678901"}})"),
              (Faults{"/name: must not have more than 5 bytes", "/age: must be at most 150",
                      "/object: must not have more than 20 bytes"}));
    EXPECT_EQ(faults_of<Ruled>(R"({"age":1,"object":null,"share":null})"), Faults{});
}

TEST(JsonCodec, UnknownMembersAreRefusedKeptOrIgnored) {
    const std::string text = R"({"small":1,"large":2,"z":[1],"y":{"a":null}})";
    EXPECT_EQ(faults_of<Inner>(text), (Faults{"/z: is not known here", "/y: is not known here"}));
    EXPECT_TRUE(from_json<Inner>(text, {.unknown = Unknown::ignore}));
    EXPECT_TRUE(from_json<Inner>(text, {.unknown = Unknown::keep}));  // has nowhere to keep them
    const auto outer = from_json<Outer>(R"({"z":[1],"y":{"a":null},"extra":5})",
                                        {.unknown = Unknown::keep, .require_members = false});
    ASSERT_TRUE(outer) << outer.error().message;
    EXPECT_EQ(outer->extra.size(), 3u);
    EXPECT_EQ(outer->extra.find("extra")->text(), "5");
    EXPECT_NE(to_json(*outer).find(R"("extra":5,"y":{"a":null},"z":[1]})"), std::string::npos);
}

TEST(JsonCodec, AnExtraMemberNeverHidesAKnownOne) {
    Outer outer{.name = "real"};
    outer.extra["name"] = to_json_text(std::string("forged"));
    const auto document = JsonDocument::parse(to_json(outer));
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(document->root().find("name")->as_string(), "real");
}

TEST(JsonCodec, MembersInAnyOrderAreFound) {
    EXPECT_EQ(from_json<Inner>(R"({"real":1,"large":2,"small":3})"),
              (Inner{.small = 3, .large = 2, .real = 1}));
}

TEST(JsonCodec, TypesMayHoldThemselves) {
    const auto node =
        from_json<Node>(R"({"name":"a","children":[{"name":"b","children":[{"name":"c"}]}]})");
    ASSERT_TRUE(node);
    EXPECT_EQ(node->children[0].children[0].name, "c");
    EXPECT_EQ(faults_of<Node>(R"({"name":"a","children":[{"name":"b","children":[{}]}]})"),
              Faults{"/children/0/children/0/name: is required"});
    EXPECT_EQ(
        json_schema<Node>(),
        R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"#/$defs/Node","$defs":{"Node":)"
        R"({"type":"object","properties":{"name":{"type":"string"},"children":{"type":"array","items":)"
        R"({"$ref":"#/$defs/Node"}}},"required":["name"],"additionalProperties":false}}})");
}

TEST(JsonCodec, ViewsAreReadWhereTheyLie) {
    const auto document =
        JsonDocument::parse(R"({"events":[{"small":1,"large":2},{"small":"x","large":2}]})");
    ASSERT_TRUE(document);
    std::vector<Result<Inner>> read;
    std::size_t index = 0;
    for (const JsonView view : document->root().find("events")->elements()) {
        read.push_back(from_json<Inner>(view, {}, "/events/" + std::to_string(index++)));
    }
    EXPECT_TRUE(read[0]);
    EXPECT_EQ(faults(read[1].error()),
              Faults{"/events/1/small: must be a whole number from -128 to 127"});
}

TEST(JsonCodec, SchemasSayWhatTheReaderHolds) {
    SchemaSet schemas;
    EXPECT_EQ(schemas.ref<std::optional<Ruled>>(), R"({"$ref":"#/components/schemas/Ruled"})");
    EXPECT_EQ(
        schemas.components(),
        R"({"Ruled":{"type":"object","description":"Something with rules.","properties":{)"
        R"("name":{"type":"string","minLength":1,"maxLength":5,"description":"A \"name\""},)"
        R"("age":{"type":"integer","minimum":0,"maximum":150},"share":{"type":"number","minimum":0,"maximum":1},)"
        R"("tags":{"type":"array","items":{"type":"string"},"maxItems":2},"object":{"type":"object"}},)"
        R"("required":["age"],"additionalProperties":false}})");
    SchemaSet others;
    (void)others.ref<Outer>();
    const auto document = JsonDocument::parse(others.components());
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(document->root().find("Colour")->text().text(),
              R"({"type":"string","enum":["red","deep_blue"]})");
    EXPECT_FALSE(document->root().find("Outer")->find("additionalProperties"));
    EXPECT_EQ(
        document->root().find("Outer")->find("properties")->find("pair")->text().text(),
        R"({"type":"array","items":{"type":"integer","minimum":-2147483648,"maximum":2147483647},"minItems":2,"maxItems":2})");
}

}  // namespace
}  // namespace attune::base
