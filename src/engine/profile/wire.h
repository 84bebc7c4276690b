// The Protocol Buffers wire format, as far as stored states need it: varints, fixed64 and
// length-delimited fields. Reading is bounds-checked: damaged bytes make ok() false and never more
// than that.
//
//     WireWriter w;  w.varint(1, version);  w.bytes(2, name);
//     for (WireReader r(bytes); r.next();) switch (r.field()) { case 1: version = r.number();
//     break; … }
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace attune::engine {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2 };

class WireWriter {
public:
    // Zero and empty are the default and not written, as in proto3; a fixed64 always is.
    void varint(std::uint32_t field, std::uint64_t value) {
        if (value == 0) return;
        tag(field, WireType::varint);
        raw_varint(value);
    }
    void zigzag(std::uint32_t field, std::int64_t value) {
        varint(field,
               (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
    }
    void fixed64(std::uint32_t field, std::uint64_t value) {
        tag(field, WireType::fixed64);
        for (int shift = 0; shift < 64; shift += 8) out_ += static_cast<char>(value >> shift);
    }
    void bytes(std::uint32_t field, std::string_view value) {
        if (value.empty()) return;
        tag(field, WireType::bytes);
        raw_varint(value.size());
        out_ += value;
    }
    // A nested message; written even when empty, because it stands for an entry of a list.
    template <class Fill>
    void message(std::uint32_t field, Fill fill) {
        tag(field, WireType::bytes);
        const std::size_t at = out_.size();
        out_ += '\0';  // most messages are shorter than 128 bytes and need one byte of length
        fill();
        const std::size_t length = out_.size() - at - 1;
        if (length < 128) {
            out_[at] = static_cast<char>(length);
            return;
        }
        WireWriter prefix;
        prefix.raw_varint(length);
        out_.replace(at, 1, prefix.out_);
    }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void tag(std::uint32_t field, WireType type) {
        raw_varint(field << 3 | static_cast<std::uint32_t>(type));
    }
    void raw_varint(std::uint64_t value) {
        while (value >= 0x80) {
            out_ += static_cast<char>(value | 0x80);
            value >>= 7;
        }
        out_ += static_cast<char>(value);
    }

    std::string out_;
};

class WireReader {
public:
    explicit WireReader(std::string_view bytes) : rest_(bytes) {}

    // The next field; false at the end and at the first damaged byte.
    bool next();
    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] std::uint32_t field() const { return field_; }
    [[nodiscard]] std::uint64_t number() const { return number_; }
    [[nodiscard]] std::int64_t zigzag() const {
        return static_cast<std::int64_t>(number_ >> 1) ^ -static_cast<std::int64_t>(number_ & 1);
    }
    [[nodiscard]] std::string_view bytes() const { return bytes_; }

private:
    bool read_varint(std::uint64_t& value);

    std::string_view rest_;
    std::uint32_t field_ = 0;
    std::uint64_t number_ = 0;
    std::string_view bytes_;
    bool ok_ = true;
};

}  // namespace attune::engine
