#include "app/commands.h"
#include "app/remote.h"
#include "app/workplace.h"
#include "engine/profile/people.h"
#include "http/text.h"

namespace attune::app {

namespace {

Result<std::string> profile_of(const Invocation& invocation) {
    const std::string user = *invocation.text("USER");
    if (invocation.has("url")) {
        ATTUNE_TRY(auto remote, Remote::connect(invocation));
        return remote->get("/api/v1/personalization/profile/" + http::percent_encoded(user));
    }
    ATTUNE_TRY(auto place, Workplace::open(invocation));
    ATTUNE_TRY(const auto tenant, place->tenant(invocation));
    ATTUNE_TRY(const auto rendered, place->engine().people().read(tenant, user));
    return rendered->json;
}

int run_profile(const Invocation& invocation, Console& console) {
    return answer_line(console, profile_of(invocation));
}

}  // namespace

const Command kProfile{.name = "profile",
                       .summary = "Prints what is known of a person, as JSON.",
                       .arguments = {{.name = "USER", .doc = "A user id or an anonymous id."}},
                       .options = {tenant_option(), url_option()},
                       .settings = TakesSettings::engine,
                       .run = &run_profile};

}  // namespace attune::app
