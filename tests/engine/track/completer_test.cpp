#include "engine/track/completer.h"

#include "base/json.h"
#include "domain/describe.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

base::Time at(std::string_view text) { return base::parse_time(text).value(); }
const base::Time kNow = at("2026-03-01T12:00:00Z");

class CompleterTest : public testing::Test {
protected:
    // As the wire gives it to the tracker.
    Result<Completed> complete(std::string_view json,
                               const Origin& origin = {.address_is_client = false}) {
        auto incoming =
            base::from_json<domain::IncomingEvent>(json, {.unknown = base::Unknown::keep});
        if (!incoming) return std::unexpected(incoming.error());
        return completer_.complete(tenant_, *std::move(incoming), origin, kNow, agents_);
    }
    domain::Event event(std::string_view json,
                        const Origin& origin = {.address_is_client = false}) {
        auto completed = complete(json, origin);
        EXPECT_TRUE(completed) << json << ": " << (completed ? "" : completed.error().message);
        return completed ? std::move(completed->event) : domain::Event{};
    }
    // The pointers of what is wrong, joined.
    std::string wrong(std::string_view json) {
        const auto completed = complete(json);
        std::string pointers;
        if (!completed) {
            EXPECT_EQ(completed.error().code, Code::invalid_argument);
            EXPECT_FALSE(completed.error().message.empty());
            for (const FieldError& field : completed.error().fields) {
                pointers += (pointers.empty() ? "" : " ") + field.pointer;
            }
        }
        return pointers;
    }

    domain::Tenant tenant_{.id = "shop"};
    base::SeededRandom random_{11};
    Completer completer_ = Completer::open(random_, {}).value();
    AgentMemo agents_;
};

TEST_F(CompleterTest, KeepsWhatWasSentAndAddsWhatWasNot) {
    const domain::Event done =
        event(R"({"user_id":"ann","event":"view","item_id":"hat","value":2,"decision_id":"d1",
        "properties":{"b":1,"a":[true,null]},"time":"2026-02-28T23:00:00Z"})");
    EXPECT_EQ(done.user_id, "ann");
    EXPECT_EQ(done.item_id, "hat");
    EXPECT_EQ(done.value, 2);
    EXPECT_EQ(done.decision_id, "d1");
    EXPECT_EQ(done.properties.text(), R"({"b":1,"a":[true,null]})");
    EXPECT_EQ(done.time, at("2026-02-28T23:00:00Z"));
    EXPECT_EQ(done.received_at, kNow);
    EXPECT_EQ(done.enriched.local_hour, 23);
    EXPECT_EQ(done.enriched.local_weekday, 5);
    EXPECT_EQ(done.enriched.source, "api");
    EXPECT_TRUE(done.context.is_null());
}

TEST_F(CompleterTest, MakesIdsThatSortByTimeAndNeverRepeat) {
    const std::string first = event(R"({"user_id":"a","event":"e"})").id;
    const std::string second = event(R"({"user_id":"a","event":"e"})").id;
    EXPECT_NE(first, second);
    ASSERT_EQ(first.size(), 36u);
    EXPECT_EQ(first.substr(0, 13), second.substr(0, 13)) << "the same millisecond";
    EXPECT_EQ(first[14], '7');
    EXPECT_NE(std::string("89ab").find(first[19]), std::string::npos);
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(kNow.time_since_epoch()).count();
    EXPECT_EQ(std::stoull(first.substr(0, 8) + first.substr(9, 4), nullptr, 16),
              static_cast<unsigned long long>(ms));
    EXPECT_EQ(event(R"({"id":"mine","user_id":"a","event":"e"})").id, "mine");
}

TEST_F(CompleterTest, NamesEverythingThatIsWrong) {
    EXPECT_EQ(wrong(R"({"event":"view"})"), "/user_id");
    EXPECT_EQ(wrong(R"({"anonymous_id":")" + std::string(257, 'x') + R"(","event":"view"})"),
              "/anonymous_id");
    EXPECT_EQ(wrong(R"({"anonymous_id":")" + std::string(256, 'x') + R"(","event":"view"})"), "");
    const domain::IncomingEvent all_wrong{.id = "",
                                          .user_id = "a",
                                          .event = "rating",
                                          .item_id = "",
                                          .value = 9,
                                          .properties = base::JsonText::trusted("[]"),
                                          .context = base::JsonText::trusted("7")};
    const auto refused = completer_.complete(tenant_, all_wrong, {}, kNow, agents_);
    ASSERT_FALSE(refused);
    std::string pointers;
    for (const FieldError& field : refused.error().fields) pointers += field.pointer + " ";
    EXPECT_EQ(pointers, "/id /item_id /context /properties /value ");
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"e","time":"1999-01-01T00:00:00Z"})"), "/time");
}

TEST_F(CompleterTest, ReservesNamesThatBeginWithADollar) {
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"$pageview"})"), "/event");
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"$merge"})"), "/event");
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"$Identify"})"), "/event");
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"$identify"})"), "");
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"cash$"})"), "");
}

TEST_F(CompleterTest, TellsUnprocessableTimesFromBadRequests) {
    EXPECT_EQ(
        complete(R"({"user_id":"a","event":"e","time":"2026-03-02T12:00:01Z"})").error().reason,
        "unprocessable");
    EXPECT_EQ(
        complete(R"({"user_id":"a","event":"$x","time":"2026-03-02T12:00:01Z"})").error().reason,
        "");
}

TEST_F(CompleterTest, KeepsIdsApartThatOnlyLookAlike) {
    EXPECT_NE(event("{\"user_id\":\"\u00e9\",\"event\":\"e\"}").user_id,
              event("{\"user_id\":\"e\u0301\",\"event\":\"e\"}").user_id);
}

TEST_F(CompleterTest, KeepsUnknownFieldsAsPropertiesUnlessThereIsOneOfThatName) {
    EXPECT_EQ(
        event(
            R"({"user_id":"a","event":"e","color":"red","size":{"eu":42},"properties":{"color":"blue"}})")
            .properties.text(),
        R"({"color":"blue","size":{"eu":42}})");
    EXPECT_EQ(event(R"({"user_id":"a","event":"e","color":"red"})").properties.text(),
              R"({"color":"red"})");
}

TEST_F(CompleterTest, LimitsPropertiesInNumberDepthAndSize) {
    const auto with = [](const std::string& properties) {
        return R"({"user_id":"a","event":"e","properties":)" + properties + "}";
    };
    std::string many = "{";
    for (int i = 0; i < 201; ++i) many += (i > 0 ? ",\"p" : "\"p") + std::to_string(i) + "\":1";
    EXPECT_NE(wrong(with(many + "}")), "");
    std::string deep;
    for (int i = 0; i < 40; ++i) deep += R"({"a":)";
    EXPECT_NE(wrong(with(deep + "1" + std::string(40, '}'))), "");
    const auto big = base::JsonText::trusted(R"({"a":")" + std::string(70'000, 'x') + R"("})");
    const auto refused = completer_.complete(
        tenant_, {.user_id = "a", .event = "e", .properties = big}, {}, kNow, agents_);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().fields.at(0).pointer.starts_with("/properties"))
        << refused.error().message;
}

TEST_F(CompleterTest, CorrectsTheClockAndKeepsWhatItSaid) {
    const domain::Event done = event(
        R"({"user_id":"a","event":"e","time":"2020-01-01T00:00:00Z","sent_at":"2020-01-01T00:01:00Z",
        "context":{"page":"x"}})");
    EXPECT_EQ(done.time, kNow - 1min);
    EXPECT_EQ(done.context.text(), R"({"page":"x","original_time":"2020-01-01T00:00:00Z"})");
    EXPECT_EQ(
        event(
            R"({"user_id":"a","event":"e","time":"2020-01-01T00:00:00Z","sent_at":"2020-01-01T00:01:00Z"})")
            .context.text(),
        R"({"original_time":"2020-01-01T00:00:00Z"})");
    EXPECT_EQ(
        event(
            R"({"user_id":"a","event":"e","time":"2026-03-01T11:59:00Z","sent_at":"2026-03-01T12:00:00Z"})")
            .context.text(),
        "null");
}

TEST_F(CompleterTest, TakesSurroundingsFromTheContextBeforeTheRequest) {
    const Origin browser{
        .source = "segment",
        .address = "198.51.100.9",
        .user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"};
    const domain::Enrichment own = event(R"({"user_id":"a","event":"e"})", browser).enriched;
    EXPECT_EQ(own.device, "desktop");
    EXPECT_EQ(own.browser, "Firefox 128");
    EXPECT_EQ(own.os, "Linux");
    EXPECT_EQ(own.ip, "198.51.100.0");
    EXPECT_EQ(own.source, "segment");

    const domain::Enrichment told =
        event(
            R"({"user_id":"a","event":"e","context":{"ip":"2001:db8:1:2:3::4","timezone":"Asia/Tokyo",
        "locale":"ja_JP","app":{"version":"1.2"},"os":{"name":"iOS","version":"17.1"},"device":{"type":"ios"},
        "page":{"url":"https://x.example/a/b?q=1","referrer":"https://y.example/?s=2","search":"?utm_campaign=c"},"country":"JP"}})",
            browser)
            .enriched;
    EXPECT_EQ(told.device, "mobile");
    EXPECT_EQ(told.os, "iOS 17.1");
    EXPECT_EQ(told.ip, "2001:db8:1::");
    EXPECT_EQ(told.time_zone, "Asia/Tokyo");
    EXPECT_EQ(told.local_hour, 21);
    EXPECT_EQ(told.locale, "ja-JP");
    EXPECT_EQ(told.app_version, "1.2");
    EXPECT_EQ(told.page, "/a/b");
    EXPECT_EQ(told.referrer, "https://y.example/");
    EXPECT_EQ(told.campaign, "c");
    EXPECT_EQ(told.country, "JP");

    const Origin server{
        .address = "198.51.100.9", .user_agent = "curl/8", .address_is_client = false};
    const domain::Enrichment forwarded = event(R"({"user_id":"a","event":"e"})", server).enriched;
    EXPECT_FALSE(forwarded.ip || forwarded.device || forwarded.browser);
}

TEST_F(CompleterTest, LetsNoFullAddressThrough) {
    const char* json =
        R"({"user_id":"a","event":"e","remote_addr":"203.0.113.77","note":"198.51.100.9",
        "properties":{"ip":"203.0.113.77","deep":[{"x-forwarded-for":["203.0.113.77","2001:db8::77"]}],"seen":"203.0.113.77","version":"1.2.3.4"},
        "context":{"ip":"203.0.113.77","device":{"ipAddress":"203.0.113.77:99"},"client_ip":"203.0.113.77, 10.0.0.9","page":"/a"}})";
    const Origin origin{.address = "198.51.100.9"};
    const auto stored = [&] { return base::to_json(event(json, origin)); };
    for (const std::string& text : {stored(), (tenant_.ip_policy = "drop", stored())}) {
        for (const char* full : {"203.0.113.77", "198.51.100.9", "2001:db8::77", "10.0.0.9"}) {
            EXPECT_EQ(text.find(full), std::string::npos) << full << " in " << text;
        }
        EXPECT_NE(text.find("1.2.3.4"), std::string::npos) << "a version is no address";
    }
    EXPECT_EQ(stored().find("203.0.113"), std::string::npos) << "dropped, not cut";
    tenant_.ip_policy = "truncate";
    EXPECT_EQ(
        event(json, origin).context.text(),
        R"({"ip":"203.0.113.0","device":{"ipAddress":"203.0.113.0"},"client_ip":null,"page":"/a"})");
}

TEST_F(CompleterTest, FindsItemAndValueWhereSegmentPutsThem) {
    const auto viewed = event(
        R"({"user_id":"a","event":"Product Viewed","properties":{"product_id":507,"price":18.99}})");
    EXPECT_EQ(viewed.item_id, "507");
    EXPECT_FALSE(viewed.value);
    const auto ordered = event(
        R"({"user_id":"a","event":"Order Completed","properties":{"order_id":"o","revenue":25,"total":30,"products":[]}})");
    EXPECT_EQ(ordered.value, 25);
    EXPECT_FALSE(ordered.item_id);
    const auto reviewed = event(
        R"({"user_id":"a","event":"Product Reviewed","properties":{"product_id":"p","rating":4,"review_body":"ok"}})");
    EXPECT_EQ(reviewed.value, 4);
    EXPECT_EQ(event(R"({"user_id":"a","event":"scroll","properties":{"percent":50}})").value, 0.5);
    EXPECT_EQ(event(R"({"user_id":"a","event":"scroll","properties":{"depth":50}})").value, 0.5);
    EXPECT_EQ(event(R"({"user_id":"a","event":"scroll","properties":{"depth":0.5}})").value, 0.5);
    EXPECT_EQ(event(R"({"user_id":"a","event":"scroll","properties":{"depth":1}})").value, 1);
    EXPECT_EQ(
        event(R"({"user_id":"a","event":"scroll","properties":{"percent_scrolled":1}})").value,
        0.01);
    EXPECT_EQ(event(R"({"user_id":"a","event":"scroll","properties":{"depth":101}})").value,
              std::nullopt);
    EXPECT_EQ(event(R"({"user_id":"a","event":"dwell","properties":{"seconds":-3}})").value,
              std::nullopt);
    EXPECT_EQ(
        event(R"({"user_id":"a","event":"view","item_id":"own","properties":{"product_id":"p"}})")
            .item_id,
        "own");
}

TEST_F(CompleterTest, ANameOfBlanksIsNone) {
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"  "})"), "/event");
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"\t\n"})"), "/event");
    EXPECT_EQ(wrong(R"({"user_id":"a","event":""})"), "/event");
    EXPECT_EQ(event(R"({"user_id":"a","event":" x "})").event, " x ");
}

TEST_F(CompleterTest, ReadsRatingsOnAnyScale) {
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"rating"})"), "/value");
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"rating","value":6})"), "/value");
    EXPECT_EQ(event(R"({"user_id":"a","event":"rated","value":4.5})").value, 4.5);
    EXPECT_EQ(event(R"({"user_id":"a","event":"rating","value":80,"properties":{"scale_max":100}})")
                  .value,
              4);
    EXPECT_EQ(
        wrong(R"({"user_id":"a","event":"rating","value":101,"properties":{"scale_max":100}})"),
        "/value");
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"scroll","value":1.5})"), "/value");
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"dwell","value":-1})"), "/value");
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"whatever","value":1e13})"), "/value");
}

TEST_F(CompleterTest, HoldsStatementsToTheirShapes) {
    const auto said = [&](const std::string& name, const std::string& properties) {
        return wrong(R"({"user_id":"a","event":")" + name + R"(","properties":)" + properties +
                     "}");
    };
    EXPECT_EQ(said("$alias", R"({"previous_id":"b"})"), "");
    EXPECT_EQ(said("$alias", "{}"), "/properties/previous_id");
    EXPECT_EQ(said("$alias", R"({"previous_id":"a"})"), "/properties/previous_id");
    EXPECT_EQ(said("$alias", R"({"previous_id":")" + std::string(257, 'x') + R"("})"),
              "/properties/previous_id");
    EXPECT_EQ(complete(R"({"user_id":"a","event":"$alias","properties":{"previous_id":"b"}})")
                  ->previous_id,
              "b");
    EXPECT_EQ(said("$group", R"({"group_id":"g","traits":{"plan":"pro"}})"), "");
    EXPECT_EQ(said("$group", R"({"traits":[]})"), "/properties/group_id /properties/traits");
    EXPECT_EQ(
        said(
            "$consent",
            R"({"ads":true,"train":{"granted":false,"source":"form","text_version":"3"},"old":null})"),
        "");
    EXPECT_EQ(said("$consent", "{}"), "/properties");
    EXPECT_EQ(said("$consent", R"({"ads":"yes","a/b":{"granted":1}})"),
              "/properties/ads /properties/a~1b");
    EXPECT_EQ(said("$preference", R"({"key":"genre","value":"jazz","confidence":0.5})"), "");
    EXPECT_EQ(said("$preference", R"({"value":"jazz","confidence":2})"),
              "/properties/key /properties/confidence");
    EXPECT_EQ(said("$rectify", R"({"email":"x"})"), "");
    EXPECT_EQ(said("$rectify", "{}"), "/properties");
    EXPECT_EQ(wrong(R"({"user_id":"a","event":"$group"})"), "/properties/group_id");
}

// docs/capabilities/events.md shows this event.
TEST_F(CompleterTest, StoresTheWorkedExampleAsTheManualSays) {
    domain::Event done = event(
        R"({"anonymous_id":"c1","event":"Product Viewed","properties":{"product_id":507,"price":18.99},
            "time":"2023-03-01T11:59:00Z","sent_at":"2023-03-01T12:00:00Z",
            "context":{"ip":"203.0.113.77","timezone":"Europe/Zurich","os":{"name":"iOS","version":"17.1"},"device":{"type":"ios"}}})");
    done.id = "1";
    EXPECT_EQ(
        base::to_json(done),
        R"({"id":"1","anonymous_id":"c1","event":"Product Viewed","item_id":"507","properties":{"product_id":507,"price":18.99},)"
        R"("context":{"ip":"203.0.113.0","timezone":"Europe/Zurich","os":{"name":"iOS","version":"17.1"},"device":{"type":"ios"},)"
        R"("original_time":"2023-03-01T11:59:00Z"},"time":"2026-03-01T11:59:00Z","received_at":"2026-03-01T12:00:00Z",)"
        R"("enriched":{"device":"mobile","os":"iOS 17.1","ip":"203.0.113.0","time_zone":"Europe/Zurich","local_hour":12,)"
        R"("local_weekday":6,"source":"api"}})");
}

TEST_F(CompleterTest, SurvivesHostileText) {
    EXPECT_EQ(
        complete(
            R"({"user_id":"a","event":"e","context":{"timezone":"../../../etc/passwd","locale":"\n","page":{"path":"%00"},
        "campaign":{"name":"\u202e"},"userAgent":"(((((((((((((((((;;;;;;;"}})")
            ->event.enriched.time_zone,
        std::nullopt);
    const auto done = completer_.complete(
        tenant_, {.user_id = "\xff", .event = std::string("e\0", 2)}, {}, kNow, agents_);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().fields.size(), 2u);
    const std::string page(2000, 'p');
    EXPECT_LE(event(R"({"user_id":"a","event":"e","context":{"page":")" + page + R"("}})")
                  .enriched.page->size(),
              512u);
}

}  // namespace
}  // namespace attune::engine
