#include "engine/logic/murmur3.h"

#include <bit>
#include <cstddef>
#include <cstring>

namespace attune::engine {
namespace {

std::uint32_t mixed(std::uint32_t block) {
    return std::rotl(block * 0xcc9e2d51u, 15) * 0x1b873593u;
}

}  // namespace

std::uint32_t murmur3(std::string_view bytes) {
    static_assert(std::endian::native == std::endian::little);
    std::uint32_t hash = 0;
    std::string_view rest = bytes;
    for (; rest.size() >= 4; rest.remove_prefix(4)) {
        std::uint32_t block = 0;
        std::memcpy(&block, rest.data(), 4);
        hash = std::rotl(hash ^ mixed(block), 13) * 5 + 0xe6546b64u;
    }
    std::uint32_t tail = 0;
    std::memcpy(&tail, rest.data(), rest.size());
    hash ^= mixed(tail);  // nothing when there is no tail
    hash ^= static_cast<std::uint32_t>(bytes.size());
    hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
    hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
    return hash ^ (hash >> 16);
}

}  // namespace attune::engine
