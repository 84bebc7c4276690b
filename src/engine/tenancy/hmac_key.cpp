// OpenSSL 3 deprecates the low-level SHA-256 calls in favour of EVP, whose contexts live on the
// heap and cannot be copied by value. Copying a prepared state is the whole point here, so this one
// file uses them.
#define OPENSSL_SUPPRESS_DEPRECATED  // NOLINT(readability-identifier-naming): theirs

#include "engine/tenancy/hmac_key.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <cstring>

namespace attune::engine {
namespace {

constexpr std::size_t kBlock = 64;

void start(SHA256_CTX& context, const std::array<std::uint8_t, kBlock>& key, std::uint8_t pad) {
    std::array<std::uint8_t, kBlock> block = key;
    for (auto& byte : block) byte ^= pad;
    SHA256_Init(&context);
    SHA256_Update(&context, block.data(), block.size());
    OPENSSL_cleanse(block.data(), block.size());
}

}  // namespace

HmacKey::HmacKey(std::string_view key) {
    static_assert(sizeof(State) == sizeof(SHA256_CTX) && alignof(State) >= alignof(SHA256_CTX));
    std::array<std::uint8_t, kBlock> block{};
    if (key.size() > kBlock) {
        base::Digest256 digest = base::sha256(key);
        std::memcpy(block.data(), digest.data(), digest.size());
        OPENSSL_cleanse(digest.data(), digest.size());
    } else if (!key.empty()) {
        std::memcpy(block.data(), key.data(), key.size());
    }
    SHA256_CTX context;
    start(context, block, 0x36);
    std::memcpy(&inner_, &context, sizeof context);
    start(context, block, 0x5c);
    std::memcpy(&outer_, &context, sizeof context);
    OPENSSL_cleanse(&context, sizeof context);
    OPENSSL_cleanse(block.data(), block.size());
}

HmacKey::~HmacKey() {
    OPENSSL_cleanse(&inner_, sizeof inner_);
    OPENSSL_cleanse(&outer_, sizeof outer_);
}

base::Digest256 HmacKey::sign(std::initializer_list<std::string_view> parts) const {
    SHA256_CTX context;
    std::memcpy(&context, &inner_, sizeof context);
    for (const std::string_view part : parts) SHA256_Update(&context, part.data(), part.size());
    base::Digest256 digest;
    SHA256_Final(digest.data(), &context);
    std::memcpy(&context, &outer_, sizeof context);
    SHA256_Update(&context, digest.data(), digest.size());
    SHA256_Final(digest.data(), &context);
    return digest;
}

HmacKey HmacKey::derive(std::string_view purpose) const {
    return HmacKey(base::view_of(sign({"derive:", purpose})));
}

}  // namespace attune::engine
