// Secrets: the keys that tenancy itself needs, in the one place that knows how they are kept. The
// pepper turns API keys into what is stored of them; each tenant's secret turns external ids into
// the hashes the store knows and signs the tenant's person tokens. They are drawn once, kept as
// documents of the collection "secrets", and never leave this folder.
//
//     auto secrets = Secrets::open(store, random);
//     auto secret = (*secrets)->tenant(number);          // made when it is not there
//     (*secret)->ids.sign({"user", …});
//
// Every document goes through seal() and open_sealed(), so that encrypting them under a root key
// changes this file alone. Not thread-safe: Tenants calls it with its writers' lock held. What it
// hands out is immutable and may be kept.
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "domain/tenant.h"
#include "engine/tenancy/hmac_key.h"
#include "store/store.h"

#include <memory>
#include <utility>

namespace attune::engine {

struct TenantSecret {
    HmacKey ids;
    HmacKey tokens;
};

class Secrets {
public:
    // Reads the pepper, or makes it.
    [[nodiscard]] static Result<std::unique_ptr<Secrets>> open(store::Store& store,
                                                               base::Random& random);

    [[nodiscard]] const HmacKey& pepper() const { return pepper_; }

    // The tenant's secret; made when there is none.
    [[nodiscard]] Result<std::shared_ptr<const TenantSecret>> tenant(domain::TenantId tenant);
    // Without its secret, a tenant's hashed ids can never be computed again.
    [[nodiscard]] Result<void> destroy(domain::TenantId tenant);

private:
    Secrets(store::Store& store, base::Random& random, HmacKey pepper)
        : store_(store), random_(random), pepper_(std::move(pepper)) {}

    store::Store& store_;
    base::Random& random_;
    HmacKey pepper_;
};

}  // namespace attune::engine
