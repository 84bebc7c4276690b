// How far two places on the earth are apart.
#pragma once

#include "domain/item.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace attune::engine {

// Great-circle distance by the haversine formula, in kilometres.
[[nodiscard]] inline double distance_km(const domain::GeoPoint& a, const domain::GeoPoint& b) {
    constexpr double kEarthKm = 6'371;
    constexpr double kRadians = std::numbers::pi / 180;
    const double south = std::sin((b.latitude - a.latitude) * kRadians / 2);
    const double west = std::sin((b.longitude - a.longitude) * kRadians / 2);
    const double h = south * south + std::cos(a.latitude * kRadians) *
                                         std::cos(b.latitude * kRadians) * west * west;
    return 2 * kEarthKm * std::asin(std::min(1.0, std::sqrt(h)));
}

}  // namespace attune::engine
