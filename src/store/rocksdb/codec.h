// Writer and Reader: bytes of keys and records. Integers in keys are big-endian, so that byte order is number order;
// in values they are LEB128 varints. A Reader never reads past its end: it turns false and stays so.
#pragma once

#include "base/id128.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace attune::store::rocks {

class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}

    Writer& u8(std::uint8_t value) {
        out_.push_back(static_cast<char>(value));
        return *this;
    }
    Writer& u32(std::uint32_t value) { return big_endian(value, 4); }
    Writer& u64(std::uint64_t value) { return big_endian(value, 8); }
    Writer& varint(std::uint64_t value) {
        while (value >= 0x80) {
            u8(static_cast<std::uint8_t>(value | 0x80));
            value >>= 7;
        }
        return u8(static_cast<std::uint8_t>(value));
    }
    Writer& id(const base::Id128& id) { return bytes(id.view()); }
    Writer& bytes(std::string_view bytes) {
        out_.append(bytes);
        return *this;
    }
    Writer& sized(std::string_view bytes_) { return varint(bytes_.size()).bytes(bytes_); }

private:
    Writer& big_endian(std::uint64_t value, int size) {
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
            u8(static_cast<std::uint8_t>(value >> shift));
        return *this;
    }

    std::string& out_;
};

class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] std::uint8_t u8() {
        const std::string_view byte = bytes(1);
        return byte.empty() ? 0 : static_cast<std::uint8_t>(byte[0]);
    }
    [[nodiscard]] std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }
    [[nodiscard]] std::uint64_t u64() { return big_endian(8); }
    [[nodiscard]] std::uint64_t varint() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const std::uint8_t byte = u8();
            // The tenth byte has room for one bit.
            if (shift == 63 && byte > 1) break;
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80) return ok_ ? value : 0;
        }
        ok_ = false;
        return 0;
    }
    [[nodiscard]] base::Id128 id() {
        return base::Id128::from_bytes(bytes(16)).value_or(base::Id128{});
    }
    [[nodiscard]] std::string_view bytes(std::uint64_t size) {
        if (!ok_ || size > rest_.size()) {
            ok_ = false;
            return {};
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    [[nodiscard]] std::string_view sized() { return bytes(varint()); }
    [[nodiscard]] std::string_view rest() const { return rest_; }
    [[nodiscard]] bool ok() const { return ok_; }
    // Everything was read, and it was there.
    [[nodiscard]] bool at_end() const { return ok_ && rest_.empty(); }

private:
    [[nodiscard]] std::uint64_t big_endian(std::uint64_t size) {
        std::uint64_t value = 0;
        for (char byte : bytes(size)) value = value << 8 | static_cast<std::uint8_t>(byte);
        return value;
    }

    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace attune::store::rocks
