// /users: who is known, and what an application says of a user. A user is never stored as such: PUT is an
// identify event, DELETE erases the person behind the id.
#include "api/answers.h"
#include "api/call.h"
#include "api/dispatch.h"
#include "api/edits.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire.h"
#include "domain/describe.h"
#include "engine/profile/people.h"

#include <algorithm>
#include <utility>

namespace attune::api {

namespace {

wire::User summary_of(const engine::UserSummary& summary) {
    wire::User user;
    user.user_id = summary.user_id;
    user.user_ids = summary.user_ids;
    user.anonymous_ids = summary.anonymous_ids;
    user.version = summary.version;
    user.first_seen_at = summary.first_seen_at;
    user.last_seen_at = summary.last_seen_at;
    return user;
}

// Named traits and the application's own, as one object: what PUT takes.
Result<base::JsonText> traits_of(const domain::Demographics& demographics) {
    ATTUNE_TRY(auto document, base::JsonDocument::parse(base::to_json(demographics)));
    ObjectText traits;
    for (auto [key, value] : document.root().members()) {
        if (key != "traits" && !demographics.traits.contains(key)) traits.add(key, value);
    }
    for (const auto& [key, value] : demographics.traits) traits.add(key, value);
    return std::move(traits).finish();
}

Result<wire::User> read_user(const Call& call, std::string_view user_id) {
    auto profile = call.services.engine.people().profile(call.tenant(), user_id);
    if (!profile) {
        if (profile.error().code == Code::not_found) return no_such_user();
        return std::unexpected(profile.error());
    }
    wire::User user;
    user.user_id = std::string(user_id);
    user.user_ids = std::move(profile->identities.user_ids);
    user.anonymous_ids = std::move(profile->identities.anonymous_ids);
    user.version = profile->version;
    user.first_seen_at = profile->behaviour.first_seen_at;
    user.last_seen_at = profile->behaviour.last_seen_at;
    ATTUNE_TRY(user.traits, traits_of(profile->demographics));
    return user;
}

Result<http::Answer> list_users(const Call& call) {
    ATTUNE_TRY(auto page, page_of(call));
    ATTUNE_TRY(auto listing, call.services.engine.people().list(call.tenant(), page));
    wire::List<wire::User> answer;
    answer.items.reserve(listing.items.size());
    for (const auto& summary : listing.items) answer.items.push_back(summary_of(summary));
    if (listing.cursor) answer.cursor = cursor_after(call, *listing.cursor);
    return json_answer(200, list_json(answer));
}

Result<http::Answer> get_user(const Call& call) {
    ATTUNE_TRY(auto user, read_user(call, call.request.param("id")));
    return json_answer(200, base::to_json(user));
}

// Whoever names a visitor is given all that the visitor did. That two ids are one person is the application's to say.
Result<void> check_visitor(const Call& call, const wire::UserEdit& edit,
                           const std::string& user_id) {
    if (call.caller.role != domain::Role::person || !edit.anonymous_id) return {};
    const auto user = read_user(call, user_id);
    if (user &&
        std::ranges::find(user->anonymous_ids, *edit.anonymous_id) != user->anonymous_ids.end())
        return {};
    Error error{Code::permission_denied,
                "/anonymous_id: a person's token does not say which visitor somebody was"};
    error.fields.push_back({"/anonymous_id", "only the application may say so"});
    return std::unexpected(std::move(error));
}

Result<http::Answer> put_user(const Call& call) {
    ATTUNE_TRY(auto edit, base::from_json<wire::UserEdit>(call.request.body));
    const std::string user_id(call.request.param("id"));
    ATTUNE_TRY_VOID(check_visitor(call, edit, user_id));
    auto& people = call.services.engine.people();
    const bool known = people.read(call.tenant(), user_id).has_value();

    domain::IncomingEvent event;
    event.user_id = user_id;
    event.anonymous_id = edit.anonymous_id;
    event.event = std::string(domain::event_names::kIdentify);
    event.properties = edit.traits.is_null() ? base::JsonText::trusted("{}") : edit.traits;
    std::vector<domain::IncomingEvent> events;
    events.push_back(std::move(event));
    ATTUNE_TRY(auto ticket, apply_edits(call, std::move(events), {"/traits"}));
    ATTUNE_TRY(auto user, read_user(call, user_id));
    return http::Answer{http::Response::json(known ? 200 : 201, base::to_json(user)),
                        std::move(ticket)};
}

// Erasing reaches the disk before it answers, and is served even when the server sheds load.
Result<http::Answer> delete_user(const Call& call) {
    auto erased = call.services.engine.people().erase(call.tenant(), call.request.param("id"));
    if (!erased) {
        if (erased.error().code == Code::not_found) return no_such_user();
        return std::unexpected(erased.error());
    }
    return http::Answer{http::Response::json(204, {})};
}

Result<http::Answer> make_token(const Call& call) {
    wire::NewToken wanted;
    if (!call.request.body.empty()) {
        ATTUNE_TRY(wanted, base::from_json<wire::NewToken>(call.request.body));
    }
    wire::Token token;
    token.user_id = std::string(call.request.param("id"));
    const auto lifetime = std::chrono::seconds(wanted.lifetime_seconds);
    ATTUNE_TRY(auto signed_token, call.services.engine.tenants().person_token(
                                      call.tenant(), token.user_id, lifetime, call.caller.key_id));
    token.token = std::move(signed_token.text);
    token.expires_at = signed_token.expires_at;
    return json_answer(201, base::to_json(token));
}

// Whether there is such a user or not: a token may be there before its user is.
Result<http::Answer> revoke_tokens_of_user(const Call& call) {
    const std::string user_id(call.request.param("id"));
    ATTUNE_TRY_VOID(
        call.services.engine.tenants().revoke_person_tokens(call.tenant(), {&user_id, 1}));
    return http::Answer{http::Response::json(204, {})};
}

Result<http::Answer> revoke_tokens(const Call& call) {
    ATTUNE_TRY_VOID(call.services.engine.tenants().revoke_person_tokens(call.tenant()));
    return http::Answer{http::Response::json(204, {})};
}

constexpr Reply kListReplies[] = {{200, "A page of users.", schema_of_list<wire::User>}};
constexpr Reply kUserReplies[] = {{200, "The user.", schema_of<wire::User>}};
constexpr Reply kPutReplies[] = {{200, "The user, changed.", schema_of<wire::User>},
                                 {201, "The user, new.", schema_of<wire::User>}};
constexpr Reply kDeleteReplies[] = {{204, "Nothing of them can be read any more."}};
constexpr Reply kTokenReplies[] = {{201, "The token.", schema_of<wire::Token>}};
constexpr Reply kRevokedReplies[] = {{204, "No token signed before opens anything any more."}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/users",
     .id = "list_users",
     .tag = "users",
     .summary = "Everybody who is known, a page at a time",
     .access = Access::of_tenant(kReaders),
     .handler = list_users,
     .query = kPaging,
     .replies = kListReplies,
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/users/{id}",
     .id = "get_user",
     .tag = "users",
     .summary = "One user's ids and traits",
     .access = Access::of_person(kReaders, "id"),
     .handler = get_user,
     .replies = kUserReplies},
    {.method = http::Method::put,
     .pattern = "/api/v1/users/{id}",
     .id = "put_user",
     .tag = "users",
     .summary = "Say who a user is",
     .access = Access::of_person(kReaders, "id"),
     .handler = put_user,
     .body = {schema_of<wire::UserEdit>, "Traits, merged over what is known.",
              R"({"traits":{"email":"ann@example.org","plan":"pro"}})"},
     .replies = kPutReplies,
     .description = "Recorded as an identify event. Makes the user when there is none."},
    {.method = http::Method::del,
     .pattern = "/api/v1/users/{id}",
     .id = "delete_user",
     .tag = "users",
     .summary = "Erase a person",
     .access = Access::of_person(kReaders, "id"),
     .handler = delete_user,
     .replies = kDeleteReplies,
     .description =
         "Everything of the person, under all their ids: events, profile, aliases. Answered "
         "once it is gone from the disk.",
     .waits = true,
     .always = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/users/{id}/token",
     .id = "make_person_token",
     .tag = "users",
     .summary = "A token that lets one person at their own data",
     .access = Access::of_tenant(kReaders),
     .handler = make_token,
     .body = {schema_of<wire::NewToken>,
              "How long it lives.",
              R"({"lifetime_seconds":3600})",
              {},
              false},
     .replies = kTokenReplies,
     .description =
         "It ends with the key that asked for it, at the latest: when that expires or is "
         "revoked. It ends with the person's erasure, too.",
     .waits = true},
    {.method = http::Method::del,
     .pattern = "/api/v1/users/{id}/tokens",
     .id = "revoke_tokens_of_user",
     .tag = "users",
     .summary = "Revoke one person's tokens",
     .access = Access::of_person(kReaders, "id"),
     .handler = revoke_tokens_of_user,
     .replies = kRevokedReplies,
     .description =
         "All that were signed for this id so far, whoever holds them; the person may do "
         "it too, with any of them.",
     .waits = true,
     .always = true},
    {.method = http::Method::del,
     .pattern = "/api/v1/tokens",
     .id = "revoke_tokens",
     .tag = "users",
     .summary = "Revoke all persons' tokens",
     .access = Access::of_tenant(kAdmins),
     .handler = revoke_tokens,
     .replies = kRevokedReplies,
     .description =
         "All of the tenant, and the addresses at which flag clients hear of changes: they "
         "ask for new ones.",
     .waits = true,
     .always = true},
};

}  // namespace

std::span<const Route> user_routes() { return kRoutes; }

}  // namespace attune::api
