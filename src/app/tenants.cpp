// Who shares a data directory or a server.
#include "app/commands.h"
#include "app/route_command.h"

namespace attune::app {
namespace {

constexpr RouteFace kCreate{.method = http::Method::post,
                            .path = "/api/v1/tenants",
                            .body = {{{"TENANT", "id"}, {"name"}}},
                            .of_root = true,
                            .may_begin = true};
constexpr RouteFace kList{.path = "/api/v1/tenants", .lists = true, .of_root = true};

}  // namespace

const Command kTenantsCreate = route_command<kCreate>(
    {.name = "tenants create",
     .summary = "Makes a tenant.",
     .manual = "Through a server it needs root's key.",
     .arguments = {{.name = "TENANT",
                    .doc = "Its id: lower-case letters, digits and hyphens, at most 63."}},
     .options = {
         {.name = "name", .value = "NAME", .doc = "What people call it; the id when left out."}}});

const Command kTenantsList =
    route_command<kList>({.name = "tenants list",
                          .summary = "Lists the tenants, one line of JSON each.",
                          .manual = "Through a server it needs root's key."});

}  // namespace attune::app
