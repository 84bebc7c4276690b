#include "base/fingerprint.h"

#include <xxhash.h>
#include <cstring>

namespace attune::base {

Id128 fingerprint(std::string_view bytes) noexcept {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
    Id128 id;
    static_assert(sizeof canonical.digest == sizeof id.bytes);
    std::memcpy(id.bytes.data(), canonical.digest, sizeof canonical.digest);
    return id;
}

}  // namespace attune::base
