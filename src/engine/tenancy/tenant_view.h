// TenantView: what the rest of the engine needs to know of a tenant while it handles a request. Tenants implements it;
// tests pass a fixed one. Thread-safe, reads memory only.
#pragma once

#include "base/id128.h"
#include "base/result.h"
#include "domain/tenant.h"
#include "engine/tenancy/weights.h"

#include <memory>
#include <string_view>

namespace attune::engine {

using domain::TenantId;

class TenantView {
public:
    virtual ~TenantView() = default;

    // not_found when there is no such tenant.
    [[nodiscard]] virtual Result<std::shared_ptr<const domain::Tenant>> settings(
        TenantId tenant) const = 0;
    // The tenant's event weights; the built-in table for an unknown tenant.
    [[nodiscard]] virtual std::shared_ptr<const WeightTable> weights(TenantId tenant) const = 0;
    // The keyed hash under which an external id (kind "user", "anonymous" or "event") is known to the store.
    [[nodiscard]] virtual base::Id128 hashed_id(TenantId tenant, std::string_view kind,
                                                std::string_view id) const = 0;
};

}  // namespace attune::engine
