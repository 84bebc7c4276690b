// A random or hashed 128-bit id. Internal ids hold nothing of the person they stand for.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace attune::base {

struct Id128 {
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const Id128&) const = default;

    [[nodiscard]] bool is_nil() const { return *this == Id128{}; }
    // The sixteen bytes as they stand in a key.
    [[nodiscard]] std::string_view view() const {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    [[nodiscard]] std::uint64_t low() const {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + 8, sizeof word);
        return word;
    }
    // 32 lower-case hexadecimal digits, and back.
    [[nodiscard]] std::string to_text() const;
    [[nodiscard]] static std::optional<Id128> from_text(std::string_view text);
    // From exactly sixteen bytes.
    [[nodiscard]] static std::optional<Id128> from_bytes(std::string_view bytes);
};

// For tables keyed by ids that we drew or keyed-hashed ourselves: their bits are already uniform.
struct Id128Hash {
    std::size_t operator()(const Id128& id) const noexcept { return id.low(); }
};

}  // namespace attune::base
