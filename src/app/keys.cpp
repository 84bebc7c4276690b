#include "app/commands.h"
#include "app/workplace.h"
#include "base/json.h"
#include "domain/describe.h"

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

domain::Role role_called(std::string_view name) {
    if (name == "root") return domain::Role::root;
    if (name == "admin") return domain::Role::admin;
    if (name == "ingest") return domain::Role::ingest;
    if (name == "analyst") return domain::Role::analyst;
    return domain::Role::service;
}

// A root key belongs to nobody's tenant.
Result<engine::TenantId> owner_of_key(const Workplace& place, const Invocation& invocation,
                                      domain::Role role) {
    if (role == domain::Role::root) return engine::TenantId{};
    return place.tenant(invocation);
}

int report(Console& console, const Result<void>& done) {
    if (done) return kExitDone;
    console.fail_with(done.error());
    return exit_code_of(done.error());
}

int run_create(const Invocation& invocation, Console& console) {
    return report(console, [&]() -> Result<void> {
        ATTUNE_TRY(const auto days, invocation.number("days", 1, 36'500));
        ATTUNE_TRY(auto place, Workplace::open(invocation));
        const auto role = role_called(invocation.text("role").value_or("service"));
        ATTUNE_TRY(const auto tenant, owner_of_key(*place, invocation, role));
        std::optional<base::Time> expires_at;
        if (days) expires_at = place->clock().now() + std::chrono::days(*days);
        ATTUNE_TRY(auto made,
                   place->engine().tenants().create_key(
                       tenant, invocation.text("name").value_or("cli"), role, expires_at));
        console.write_line(
            base::to_json(MadeKey{made.key.id, made.key.name, made.key.role, made.key.prefix,
                                  made.key.created_at, made.key.expires_at, made.secret}));
        console.say("keep the secret: it is shown this once");
        return place->close();
    }());
}

int run_list(const Invocation& invocation, Console& console) {
    return report(console, [&]() -> Result<void> {
        ATTUNE_TRY(auto place, Workplace::open(invocation));
        ATTUNE_TRY(const auto tenant, place->tenant(invocation));
        for (const auto& key : place->engine().tenants().keys(tenant))
            console.write_line(base::to_json(key));
        return place->close();
    }());
}

int run_revoke(const Invocation& invocation, Console& console) {
    return report(console, [&]() -> Result<void> {
        ATTUNE_TRY(auto place, Workplace::open(invocation));
        ATTUNE_TRY(const auto tenant, place->tenant(invocation));
        ATTUNE_TRY_VOID(place->engine().tenants().revoke_key(tenant, *invocation.text("KEY_ID")));
        console.say("revoked");
        return place->close();
    }());
}

}  // namespace

const Command kKeysCreate{
    .name = "keys create",
    .summary = "Makes a key and prints it with its secret, as one line of JSON.",
    .options = {tenant_option(),
                {.name = "role",
                 .value = "ROLE",
                 .doc = "root, admin, service, ingest or analyst.",
                 .fallback = "service",
                 .choices = {std::begin(kRoles), std::end(kRoles)}},
                {.name = "name", .value = "NAME", .doc = "What it is for.", .fallback = "cli"},
                {.name = "days",
                 .value = "N",
                 .doc = "It expires after so many days; never when left out."}},
    .settings = TakesSettings::engine,
    .run = &run_create};

const Command kKeysList{
    .name = "keys list",
    .summary = "Lists a tenant's keys, one line of JSON each; their secrets are kept by nobody.",
    .options = {tenant_option()},
    .settings = TakesSettings::engine,
    .run = &run_list};

const Command kKeysRevoke{
    .name = "keys revoke",
    .summary = "Makes a key useless.",
    .arguments = {{.name = "KEY_ID", .doc = "The id that `keys list` shows."}},
    .options = {tenant_option()},
    .settings = TakesSettings::engine,
    .run = &run_revoke};

}  // namespace attune::app
