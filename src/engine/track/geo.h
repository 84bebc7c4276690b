// Geo: which country an address is in, from a MaxMind file (GeoLite2-Country, GeoIP2-City and the like).
//
//     auto geo = Geo::open("/var/lib/GeoLite2-Country.mmdb");
//     geo->country(*IpAddress::parse("203.0.113.77"));       // "CH", or empty
//
// The file is mapped once and read without locks. Thread-safe.
#pragma once

#include "base/result.h"
#include "engine/track/ip_address.h"

#include <memory>
#include <optional>
#include <string>

namespace attune::engine {

class Geo {
public:
    // An empty path: no countries. invalid_argument when there is a path and no readable database behind it.
    [[nodiscard]] static Result<Geo> open(const std::string& path);

    [[nodiscard]] std::optional<std::string> country(const IpAddress& address) const;

private:
    struct Database;
    explicit Geo(std::shared_ptr<const Database> database) : database_(std::move(database)) {}

    std::shared_ptr<const Database> database_;  // null: no countries
};

}  // namespace attune::engine
