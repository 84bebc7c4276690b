#include "app/commands.h"
#include "app/reach.h"
#include "app/route_command.h"
#include "app/workplace.h"
#include "base/json.h"
#include "domain/describe.h"
#include "engine/tenancy/tenants.h"

namespace attune::app {

namespace {

constexpr std::string_view kRoles[] = {"root", "admin", "service", "ingest", "analyst"};

// As the HTTP API answers it.
struct MadeKey {
    std::string id;
    std::string name;
    domain::Role role;
    std::string prefix;
    base::Time created_at;
    std::optional<base::Time> expires_at;
    std::string key;
};
BOOST_DESCRIBE_STRUCT(MadeKey, (), (id, name, role, prefix, created_at, expires_at, key))

struct NewKey {
    std::string name;
    std::string role;
    std::optional<base::Time> expires_at;
};
BOOST_DESCRIBE_STRUCT(NewKey, (), (name, role, expires_at))

// A root key belongs to nobody's tenant, and no request makes one.
Result<std::string> make_root_key(const Invocation& invocation, const NewKey& wanted) {
    if (invocation.has("url"))
        return fail_field("--role", "a root key is made in the data directory alone");
    ATTUNE_TRY(auto place, Workplace::open(invocation));
    ATTUNE_TRY(const auto made, place->engine().tenants().create_key(
                                    {}, wanted.name, domain::Role::root, wanted.expires_at));
    ATTUNE_TRY_VOID(place->close());
    return base::to_json(MadeKey{made.key.id, made.key.name, made.key.role, made.key.prefix,
                                 made.key.created_at, made.key.expires_at, made.secret});
}

Result<std::string> make_key(const Invocation& invocation, const Console& console) {
    NewKey wanted{.name = invocation.text("name").value_or("cli"),
                  .role = invocation.text("role").value_or("service"),
                  .expires_at = {}};
    ATTUNE_TRY(const auto days, invocation.number("days", 1, 36'500));
    if (days) wanted.expires_at = console.clock().now() + std::chrono::days(*days);
    if (wanted.role == "root") return make_root_key(invocation, wanted);
    ATTUNE_TRY(const auto reach, Reach::open(invocation, {}));
    ATTUNE_TRY(auto made, reach->ask(http::Method::post, "/api/v1/keys", base::to_json(wanted)));
    ATTUNE_TRY_VOID(reach->close());
    return made;
}

int run_create(const Invocation& invocation, Console& console) {
    const int code = answer_line(console, make_key(invocation, console));
    if (code == kExitDone) console.say("keep the secret: it is shown this once");
    return code;
}

constexpr RouteFace kList{.path = "/api/v1/keys", .lists = true};
constexpr RouteFace kRevoke{
    .method = http::Method::del, .path = "/api/v1/keys/{KEY_ID}", .done = "revoked"};

}  // namespace

const Command kKeysCreate = with_reach(
    {.name = "keys create",
     .summary = "Makes a key and prints it with its secret, as one line of JSON.",
     .options = {{.name = "role",
                  .value = "ROLE",
                  .doc = "root, admin, service, ingest or analyst. A root key is made in a data "
                         "directory alone.",
                  .fallback = "service",
                  .choices = {std::begin(kRoles), std::end(kRoles)}},
                 {.name = "name", .value = "NAME", .doc = "What it is for.", .fallback = "cli"},
                 {.name = "days",
                  .value = "N",
                  .doc = "It expires after so many days; never when left out."}},
     .run = &run_create});

const Command kKeysList = route_command<kList>(
    {.name = "keys list",
     .summary = "Lists a tenant's keys, one line of JSON each; their secrets are kept by nobody."});

const Command kKeysRevoke = route_command<kRevoke>(
    {.name = "keys revoke",
     .summary = "Makes a key useless.",
     .arguments = {{.name = "KEY_ID", .doc = "The id that `keys list` shows."}}});

}  // namespace attune::app
