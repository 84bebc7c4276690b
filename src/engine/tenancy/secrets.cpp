#include "engine/tenancy/secrets.h"

#include "base/encoding.h"
#include "base/json.h"

#include <openssl/crypto.h>
#include <boost/describe/class.hpp>

#include <array>

namespace attune::engine {

// The stored form of one secret.
struct StoredSecret {
    std::string key;  // hexadecimal
};
BOOST_DESCRIBE_STRUCT(StoredSecret, (), (key))

namespace {

constexpr std::string_view kCollection = "secrets";
constexpr std::string_view kPepper = "pepper";
constexpr std::size_t kSecretBytes = 32;
// Two processes that start on one empty store race for the pepper; whoever loses reads the
// winner's.
constexpr int kAttemptsMax = 4;

std::string seal(const StoredSecret& secret) { return base::to_json(secret); }

Result<std::string> open_sealed(std::string_view name, const std::string& value) {
    const base::JsonOptions options{.unknown = base::Unknown::ignore, .require_members = false};
    const auto secret = base::from_json<StoredSecret>(value, options);
    auto bytes = secret ? base::from_hex(secret->key) : std::nullopt;
    if (!bytes || bytes->size() != kSecretBytes) {
        return fail(Code::data_loss, "the stored secret \"" + std::string(name) + "\" is damaged");
    }
    return *std::move(bytes);
}

StoredSecret draw(base::Random& random) {
    std::array<std::uint8_t, kSecretBytes> bytes;
    random.fill(bytes);
    StoredSecret secret{base::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()})};
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return secret;
}

// The bytes of a stored secret, drawn and stored first when there is none.
Result<std::string> find_or_make(store::Store& store, base::Random& random, std::string_view name) {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        ATTUNE_TRY(const auto document, store.get_document({}, kCollection, name));
        if (document) return open_sealed(name, document->value);
        const auto made = store.put_document({}, kCollection, name, seal(draw(random)), 0);
        if (!made && made.error().reason != "version_mismatch")
            return std::unexpected(made.error());
    }
    return fail(Code::aborted, "the secret \"" + std::string(name) + "\" changes without end");
}

std::string document_name(domain::TenantId tenant) {
    return "tenant-" + std::to_string(tenant.value);
}

HmacKey prepare(std::string&& bytes) {
    const HmacKey key(bytes);
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return key;
}

}  // namespace

Result<std::unique_ptr<Secrets>> Secrets::open(store::Store& store, base::Random& random) {
    ATTUNE_TRY(auto pepper, find_or_make(store, random, kPepper));
    return std::unique_ptr<Secrets>(new Secrets(store, random, prepare(std::move(pepper))));
}

Result<std::shared_ptr<const TenantSecret>> Secrets::tenant(domain::TenantId tenant) {
    ATTUNE_TRY(auto bytes, find_or_make(store_, random_, document_name(tenant)));
    const HmacKey key = prepare(std::move(bytes));
    return std::make_shared<const TenantSecret>(
        TenantSecret{key.derive("ids"), key.derive("person tokens")});
}

Result<void> Secrets::destroy(domain::TenantId tenant) {
    auto deleted = store_.delete_document({}, kCollection, document_name(tenant), std::nullopt);
    if (!deleted && deleted.error().code == Code::not_found) return {};
    return deleted;
}

}  // namespace attune::engine
