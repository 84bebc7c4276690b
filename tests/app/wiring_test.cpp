#include "app/wiring.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace attune::app {
namespace {

bool refuses(const Settings& settings) {
    const auto findings = examine_exposure(settings);
    return std::ranges::any_of(findings, &Finding::fatal);
}

TEST(Listen, TakesAddressesAndPorts) {
    EXPECT_EQ(parse_listen("127.0.0.1:8080")->port, 8080);
    EXPECT_EQ(parse_listen("localhost:0")->host, "127.0.0.1");
    EXPECT_EQ(parse_listen("[::1]:80")->host, "::1");
    EXPECT_EQ(parse_listen("[::1]:80")->text(81), "[::1]:81");
    for (const char* wrong : {"", "8080", ":8080", "host:", "host:65536", "host:-1", "host:80x"}) {
        EXPECT_FALSE(parse_listen(wrong)) << wrong;
    }
}

TEST(Exposure, LoopbackNeedsNothing) {
    EXPECT_TRUE(examine_exposure({}).empty());
    Settings settings;
    settings.listen = "[::1]:0";
    EXPECT_FALSE(refuses(settings));
}

TEST(Exposure, OthersAreServedWithTlsOrKnowingly) {
    Settings settings;
    settings.listen = "0.0.0.0:8080";
    EXPECT_TRUE(refuses(settings));
    settings.insecure = true;
    EXPECT_FALSE(refuses(settings));
    EXPECT_FALSE(examine_exposure(settings).empty()) << "still said";
    settings.insecure = false;
    settings.tls_cert = "cert.pem";
    EXPECT_TRUE(refuses(settings)) << "a certificate without its key";
    settings.tls_key = "key.pem";
    EXPECT_FALSE(refuses(settings));
}

TEST(Exposure, WhatWeakensTrustIsNamed) {
    Settings settings;
    settings.durability = "none";
    EXPECT_EQ(examine_exposure(settings).size(), 1u);
    settings.cors_origins = {"*"};
    EXPECT_EQ(examine_exposure(settings).size(), 2u);
    EXPECT_FALSE(refuses(settings));
}

}  // namespace
}  // namespace attune::app
