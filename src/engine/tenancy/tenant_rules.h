// What a tenant may be called and set to. Pure functions, thread-safe.
#pragma once

#include "base/result.h"
#include "domain/tenant.h"

#include <string_view>

namespace attune::engine {

// [a-z0-9][a-z0-9-]{0,62}: safe in a URL, a file name, a metric label and a host name.
[[nodiscard]] bool is_tenant_name(std::string_view name) noexcept;

// invalid_argument naming every field that cannot be ("/event_weights/view/half_life_days").
[[nodiscard]] Result<void> check_tenant(const domain::Tenant& tenant);

}  // namespace attune::engine
