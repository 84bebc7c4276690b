#include "base/id128.h"

#include "base/encoding.h"

namespace attune::base {

std::string Id128::to_text() const { return to_hex(view()); }

std::optional<Id128> Id128::from_text(std::string_view text) {
    if (text.size() != 32) return std::nullopt;
    const auto bytes = from_hex(text);
    return bytes ? from_bytes(*bytes) : std::nullopt;
}

std::optional<Id128> Id128::from_bytes(std::string_view bytes) {
    Id128 id;
    if (bytes.size() != id.bytes.size()) return std::nullopt;
    std::memcpy(id.bytes.data(), bytes.data(), id.bytes.size());
    return id;
}

}  // namespace attune::base
