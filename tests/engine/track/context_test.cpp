#include "engine/track/context.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

TEST(Context, ReadsWhatABrowserLibrarySends) {
    const auto document = base::JsonDocument::parse(
        R"({"ip":"203.0.113.7","userAgent":"UA","locale":"de-CH","timezone":"Europe/Zurich",)"
        R"("page":{"path":"/hats","referrer":"https://a.example/?q=1","search":"?utm_campaign=x","url":"https://b.example/hats"},)"
        R"("campaign":{"name":"spring"},"userAgentData":{"brands":[{"brand":"Not/A)Brand","version":"8"},)"
        R"({"brand":"Chromium","version":"126"},{"brand":"Google Chrome","version":"126"}],"mobile":false,"platform":"macOS"}})");
    const ContextFacts facts = read_context(document->root());
    EXPECT_EQ(facts.ip, "203.0.113.7");
    EXPECT_EQ(facts.user_agent, "UA");
    EXPECT_EQ(facts.locale, "de-CH");
    EXPECT_EQ(facts.time_zone, "Europe/Zurich");
    EXPECT_EQ(facts.page, "/hats");
    EXPECT_EQ(facts.referrer, "https://a.example/?q=1");
    EXPECT_EQ(facts.campaign, "spring");
    EXPECT_EQ(facts.browser, "Chrome");
    EXPECT_EQ(facts.browser_version, "126");
    EXPECT_EQ(facts.os, "macOS");
    EXPECT_EQ(facts.is_mobile, false);
}

TEST(Context, ReadsWhatAMobileLibrarySends) {
    const auto document = base::JsonDocument::parse(
        R"({"app":{"name":"Shop","version":"2.4.1"},"device":{"type":"ios","model":"iPad13,1","manufacturer":"Apple"},)"
        R"("os":{"name":"iPhone OS","version":"17.1"},"location":{"country":"CH"},"time_zone":"UTC","page":"Home"})");
    const ContextFacts facts = read_context(document->root());
    EXPECT_EQ(facts.app_version, "2.4.1");
    EXPECT_EQ(facts.device, "ios");
    EXPECT_EQ(device_class(facts.device, facts.device_model), "tablet");
    EXPECT_EQ(facts.os, "iPhone OS");
    EXPECT_EQ(facts.os_version, "17.1");
    EXPECT_EQ(facts.country, "CH");
    EXPECT_EQ(facts.time_zone, "UTC");
    EXPECT_EQ(facts.page, "Home");
}

TEST(Context, IgnoresMembersOfTheWrongKind) {
    const auto document = base::JsonDocument::parse(
        R"({"ip":7,"userAgent":null,"page":[1],"app":"x","device":3,"os":false,"campaign":[],"userAgentData":"x","location":1,"referrer":{}})");
    const ContextFacts facts = read_context(document->root());
    EXPECT_EQ(facts.ip, "");
    EXPECT_EQ(facts.page, "");
    EXPECT_EQ(facts.app_version, "");
    EXPECT_EQ(facts.device, "");
    EXPECT_FALSE(facts.is_mobile);
}

TEST(Context, TellsDevicesByWhatTheyCallThemselves) {
    EXPECT_EQ(device_class("android", "Pixel 8"), "mobile");
    EXPECT_EQ(device_class("Smart TV", ""), "tv");
    EXPECT_EQ(device_class("tablet", ""), "tablet");
    EXPECT_EQ(device_class("Desktop", ""), "desktop");
    EXPECT_EQ(device_class("", ""), "");
    EXPECT_EQ(device_class("fridge", ""), "");
}

TEST(Context, PagesAndReferrersLoseTheirQueries) {
    EXPECT_EQ(page_of("https://shop.example/hats/1?email=a@b.c#top"), "/hats/1");
    EXPECT_EQ(page_of("https://shop.example"), "/");
    EXPECT_EQ(page_of("/hats?x"), "/hats");
    EXPECT_EQ(page_of("Home"), "Home");
    EXPECT_EQ(referrer_of("https://a.example/x?q=secret"), "https://a.example/x");
}

TEST(Context, LocalesAreWrittenOneWay) {
    EXPECT_EQ(locale_of("de_CH.UTF-8"), "de-CH");
    EXPECT_EQ(locale_of("en"), "en");
    EXPECT_EQ(locale_of("x"), "");
    EXPECT_EQ(locale_of("de CH"), "");
    EXPECT_EQ(locale_of(std::string(36, 'a')), "");
}

TEST(Context, CampaignsAreFoundInTheQuery) {
    EXPECT_EQ(campaign_of("?utm_source=x&utm_campaign=spring+sale%21&y=1"), "spring sale!");
    EXPECT_EQ(campaign_of("?my_utm_campaign=no"), "");
    EXPECT_EQ(campaign_of("?my_utm_campaign=no&utm_campaign=yes"), "yes");
    EXPECT_EQ(campaign_of("?utm_campaign=%"), "%");
    EXPECT_EQ(campaign_of(""), "");
}

}  // namespace
}  // namespace attune::engine
