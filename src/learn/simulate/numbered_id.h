// Ids of the world: a prefix and a number of at least seven digits, "user-0000042", and back.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attune::learn::simulate {

[[nodiscard]] inline std::string numbered_id(std::string_view prefix, std::uint32_t number) {
    const std::string digits = std::to_string(number);
    std::string id(prefix);
    if (digits.size() < 7) id.append(7 - digits.size(), '0');
    return id += digits;
}

// Empty unless `id` is the id of a number below `count`.
[[nodiscard]] inline std::optional<std::uint32_t> number_of(std::string_view prefix,
                                                            std::string_view id,
                                                            std::uint32_t count) {
    if (!id.starts_with(prefix)) return std::nullopt;
    id.remove_prefix(prefix.size());
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error != std::errc{} || end != id.data() + id.size() || number >= count)
        return std::nullopt;
    return number;
}

}  // namespace attune::learn::simulate
