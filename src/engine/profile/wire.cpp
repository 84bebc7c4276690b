#include "engine/profile/wire.h"

namespace attune::engine {

bool WireReader::read_varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
        const auto byte = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

bool WireReader::next() {
    if (!ok_ || rest_.empty()) return false;
    ok_ = false;
    std::uint64_t tag = 0;
    if (!read_varint(tag)) return false;
    field_ = static_cast<std::uint32_t>(tag >> 3);
    number_ = 0;
    bytes_ = {};
    switch (static_cast<WireType>(tag & 7)) {
        case WireType::varint:
            return ok_ = read_varint(number_);
        case WireType::fixed64:
            if (rest_.size() < 8) return false;
            for (std::size_t i = 0; i < 8; ++i) {
                number_ |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(rest_[i]))
                           << (8 * i);
            }
            rest_.remove_prefix(8);
            return ok_ = true;
        case WireType::bytes: {
            std::uint64_t length = 0;
            if (!read_varint(length) || length > rest_.size()) return false;
            bytes_ = rest_.substr(0, length);
            rest_.remove_prefix(length);
            return ok_ = true;
        }
    }
    return false;
}

}  // namespace attune::engine
