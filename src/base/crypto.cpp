#include "base/crypto.h"

#include "base/result.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace attune::base {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Digest256 sha256(std::string_view bytes) {
    Digest256 digest;
    unsigned int size = 0;
    const int ok =
        EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
    ATTUNE_CHECK(ok == 1 && size == digest.size());
    return digest;
}

Digest256 hmac_sha256(std::string_view key, std::string_view bytes) {
    Digest256 digest;
    unsigned int size = 0;
    // A null key means "the key of last time" to OpenSSL, so an empty one is given an address.
    const void* key_bytes = key.empty() ? "" : key.data();
    const auto* out = HMAC(EVP_sha256(), key_bytes, static_cast<int>(key.size()), bytes_of(bytes),
                           bytes.size(), digest.data(), &size);
    ATTUNE_CHECK(out != nullptr && size == digest.size());
    return digest;
}

bool constant_time_equal(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace attune::base
