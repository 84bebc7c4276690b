#include "engine/track/ip_address.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

std::string truncated(std::string_view text) {
    const auto address = IpAddress::parse(text);
    return address ? address->truncated() : "none";
}

TEST(IpAddress, LosesItsLastOctetOrItsLast80Bits) {
    EXPECT_EQ(truncated("203.0.113.77"), "203.0.113.0");
    EXPECT_EQ(truncated("2001:db8:1234:5678:9abc:def0:1:2"), "2001:db8:1234::");
    EXPECT_EQ(truncated("::1"), "::");
}

TEST(IpAddress, IsFoundWithPortBracketsZoneAndMapping) {
    EXPECT_EQ(truncated("203.0.113.77:8080"), "203.0.113.0");
    EXPECT_EQ(truncated("[2001:db8::7]:443"), "2001:db8::");
    EXPECT_EQ(truncated("fe80::1%eth0"), "fe80::");
    EXPECT_EQ(truncated("::ffff:203.0.113.77"), "203.0.113.0");
}

TEST(IpAddress, IsNothingElse) {
    for (const char* text : {"", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4, 5.6.7.8",
                             ":", "[", "[::1", "01.2.3.4"}) {
        EXPECT_EQ(truncated(text), "none") << text;
    }
    EXPECT_EQ(truncated(std::string(1000, '1')), "none");
}

}  // namespace
}  // namespace attune::engine
