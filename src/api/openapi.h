// /openapi.json, read off the route table.
#pragma once

#include "api/route.h"

#include <span>
#include <string>
#include <string_view>

namespace attune::api {

// An OpenAPI 3.1 document of these routes: paths, parameters, bodies, answers, the error document, security schemes and
// the roles that each operation admits (x-attune-roles).
[[nodiscard]] std::string openapi_document(std::span<const Route* const> routes,
                                           std::string_view version);

}  // namespace attune::api
