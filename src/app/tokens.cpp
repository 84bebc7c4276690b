#include "app/commands.h"
#include "app/reach.h"
#include "app/route_command.h"
#include "http/text.h"

namespace attune::app {

namespace {

Result<void> revoke(const Invocation& invocation, const std::optional<std::string>& user) {
    ATTUNE_TRY(const auto reach, Reach::open(invocation, {}));
    const std::string target =
        user ? "/api/v1/users/" + http::percent_encoded(*user) + "/tokens" : "/api/v1/tokens";
    ATTUNE_TRY_VOID(reach->ask(http::Method::del, target));
    return reach->close();
}

// Whose must be said: left out, it would be everybody's.
int run_revoke(const Invocation& invocation, Console& console) {
    const auto user = invocation.text("user");
    if (user.has_value() == invocation.has("all")) {
        console.say("say whose tokens are to be revoked: --user ID, or --all");
        return kExitUsage;
    }
    if (const auto done = revoke(invocation, user); !done) {
        console.fail_with(done.error());
        return exit_code_of(done.error());
    }
    console.say("revoked");
    return kExitDone;
}

}  // namespace

const Command kTokensRevoke = with_reach(
    {.name = "tokens revoke",
     .summary = "Makes the tokens useless that were signed so far for one person, or for all.",
     .manual =
         "Tokens signed afterwards work. Those that a leaked key signed end with it: `keys "
         "revoke`. With --all, flag clients ask for a new address at which they hear of changes.",
     .options = {{.name = "user", .value = "ID", .doc = "Of this user id alone."},
                 {.name = "all", .doc = "Of all persons of the tenant."}},
     .run = &run_revoke});

}  // namespace attune::app
