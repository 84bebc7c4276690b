#include "app/commands.h"
#include "app/workplace.h"
#include "base/json.h"
#include "domain/describe.h"

namespace attune::app {

namespace {

int report(Console& console, const Result<void>& done) {
    if (done) return kExitDone;
    console.fail_with(done.error());
    return exit_code_of(done.error());
}

int run_create(const Invocation& invocation, Console& console) {
    return report(console, [&]() -> Result<void> {
        ATTUNE_TRY(auto place, Workplace::open(invocation, false));
        domain::Tenant tenant;
        tenant.id = *invocation.text("TENANT");
        tenant.name = invocation.text("name").value_or(tenant.id);
        ATTUNE_TRY(const auto made, place->engine().tenants().create(std::move(tenant)));
        console.write_line(base::to_json(made.tenant));
        return place->close();
    }());
}

int run_list(const Invocation& invocation, Console& console) {
    return report(console, [&]() -> Result<void> {
        ATTUNE_TRY(auto place, Workplace::open(invocation));
        for (const auto& document : place->engine().tenants().list()) {
            console.write_line(base::to_json(document.tenant));
        }
        return place->close();
    }());
}

}  // namespace

const Command kTenantsCreate{
    .name = "tenants create",
    .summary = "Makes a tenant.",
    .arguments = {{.name = "TENANT",
                   .doc = "Its id: lower-case letters, digits and hyphens, at most 63."}},
    .options = {{.name = "name",
                 .value = "NAME",
                 .doc = "What people call it; the id when left out."}},
    .settings = TakesSettings::engine,
    .run = &run_create};

const Command kTenantsList{.name = "tenants list",
                           .summary = "Lists the tenants, one line of JSON each.",
                           .settings = TakesSettings::engine,
                           .run = &run_list};

}  // namespace attune::app
