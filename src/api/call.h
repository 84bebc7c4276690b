// Call: what a handler is given. The caller is known, the role is right and the tenant is set when a handler of a
// tenant-bound route runs; it cannot reach another tenant's data by mistake.
#pragma once

#include "api/route.h"
#include "api/services.h"
#include "engine/tenancy/tenants.h"
#include "http/message.h"

#include <string_view>

namespace attune::api {

struct Call {
    const http::Request& request;
    const engine::Caller& caller;
    Services& services;
    const Route& route;
    // Whose doing it is where no key says so: "cli", "library". Empty: the caller's.
    std::string_view author = {};

    [[nodiscard]] domain::TenantId tenant() const { return caller.tenant; }
};

}  // namespace attune::api
