#include "engine/track/geo.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace attune::engine {
namespace {

// A MaxMind database (format 2.0) that knows one network, 203.0.113.0/24, written by the rules of the public
// specification: a binary tree over the address's bits, sixteen zero bytes, the data, the metadata.
std::string database() {
    constexpr std::uint32_t kNodes = 24;
    constexpr std::uint32_t kNetwork = 203u << 24 | 0u << 16 | 113u << 8;
    std::string bytes;
    const auto record = [&](std::uint32_t value) {
        for (const int shift : {16, 8, 0}) bytes += static_cast<char>(value >> shift);
    };
    for (std::uint32_t depth = 0; depth < kNodes; ++depth) {
        const std::uint32_t onwards = depth + 1 == kNodes ? kNodes + 16 : depth + 1;
        const bool one = (kNetwork >> (31 - depth) & 1) != 0;
        record(one ? kNodes : onwards);
        record(one ? onwards : kNodes);
    }
    const auto text = [](std::string_view value) {
        return static_cast<char>(0x40 | value.size()) + std::string(value);
    };
    const auto map = [](int entries) { return std::string(1, static_cast<char>(0xE0 | entries)); };
    const auto u16 = [](int value) { return std::string{'\xA1', static_cast<char>(value)}; };
    bytes += std::string(16, '\0');
    bytes += map(1) + text("country") + map(1) + text("iso_code") + text("CH");
    bytes += "\xAB\xCD\xEFMaxMind.com";
    bytes += map(9) + text("binary_format_major_version") + u16(2) +
             text("binary_format_minor_version") + u16(0);
    bytes += text("build_epoch") + std::string{'\x01', '\x02', '\x01'} + text("database_type") +
             text("Test");
    bytes += text("description") + map(0) + text("ip_version") + u16(4);
    bytes += text("languages") + std::string{'\x00', '\x04'} + text("node_count") +
             std::string{'\xC1', '\x18'};
    bytes += text("record_size") + u16(24);
    return bytes;
}

class GeoFile : public testing::Test {
protected:
    std::string write(std::string_view bytes) {
        std::ofstream(path_, std::ios::binary) << bytes;
        return path_;
    }
    ~GeoFile() override { std::remove(path_.c_str()); }

    const std::string path_ = (std::filesystem::temp_directory_path() /
                               ("attune_geo_test_" + std::to_string(::getpid()) + ".mmdb"))
                                  .string();
};

TEST_F(GeoFile, TellsTheCountryOfAnAddress) {
    const auto geo = Geo::open(write(database()));
    ASSERT_TRUE(geo) << geo.error().message;
    EXPECT_EQ(geo->country(*IpAddress::parse("203.0.113.77")), "CH");
    EXPECT_EQ(geo->country(*IpAddress::parse("203.0.114.77")), std::nullopt);
    EXPECT_EQ(geo->country(*IpAddress::parse("2001:db8::1")), std::nullopt);
}

TEST_F(GeoFile, IsOptional) {
    const auto geo = Geo::open("");
    ASSERT_TRUE(geo);
    EXPECT_EQ(geo->country(*IpAddress::parse("203.0.113.77")), std::nullopt);
}

TEST_F(GeoFile, ThatIsNoDatabaseIsAnErrorThatNamesIt) {
    for (const std::string& path : {write("not a database"), std::string("/nonexistent/x.mmdb")}) {
        const auto geo = Geo::open(path);
        ASSERT_FALSE(geo);
        EXPECT_EQ(geo.error().code, Code::invalid_argument);
        EXPECT_NE(geo.error().message.find(path), std::string::npos);
    }
}

}  // namespace
}  // namespace attune::engine
