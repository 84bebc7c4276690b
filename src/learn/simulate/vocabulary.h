// The words of the world: what its items are about and what its people carry around. Fixed tables;
// an index into them is part of the world's truth, so entries are only ever added at the end.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace attune::learn::simulate {

inline constexpr std::uint16_t kCategoryCount = 16;
inline constexpr std::uint16_t kTagsPerCategory = 8;
inline constexpr std::uint16_t kTagCount = kCategoryCount * kTagsPerCategory;

struct Zone {
    std::string_view name;        // IANA
    std::int32_t offset_minutes;  // of its standard time, all year: the world knows no summer time
    std::string_view locale;
    std::string_view country;
};

struct Device {
    std::string_view kind;  // "mobile", "tablet", "desktop"
    std::string_view user_agent;
    std::string_view app_version;
};

[[nodiscard]] std::string_view category_name(std::uint16_t category);
// Tags are numbered by category: those of category c are c·8 … c·8+7.
[[nodiscard]] std::string_view tag_name(std::uint16_t tag);
[[nodiscard]] std::span<const std::string_view> title_openings();
[[nodiscard]] std::span<const std::string_view> title_endings();
[[nodiscard]] std::span<const std::string_view> publisher_openings();
[[nodiscard]] std::span<const std::string_view> publisher_endings();
[[nodiscard]] std::span<const Zone> zones();
[[nodiscard]] std::span<const Device> devices();

}  // namespace attune::learn::simulate
