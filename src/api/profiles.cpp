// Profiles: what is known of a person. Reading one is the hottest path of the server: the key is remembered by the
// connection, the profile was rendered when it last changed, and its bytes are shared with the transport.
#include "api/answers.h"
#include "api/call.h"
#include "api/dispatch.h"
#include "api/edits.h"
#include "api/etag.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire.h"
#include "domain/describe.h"
#include "engine/profile/people.h"
#include "engine/profile/trait_checks.h"

#include <utility>

namespace attune::api {

namespace {

using SharedProfile = std::shared_ptr<const engine::RenderedProfile>;

Result<SharedProfile> read(const Call& call) {
    auto profile = call.services.engine.people().read(call.tenant(), call.request.param("user_id"));
    if (!profile && profile.error().code == Code::not_found) return no_such_user();
    return profile;
}

http::Response profile_response(SharedProfile profile) {
    http::Response response;
    const auto* rendered = profile.get();
    response.shared_body = std::shared_ptr<const std::string>(std::move(profile), &rendered->json);
    response.headers.reserve(1);
    response.headers.emplace_back("ETag", rendered->etag);
    return response;
}

Result<http::Answer> get_profile(const Call& call) {
    ATTUNE_TRY(auto profile, read(call));
    if (auto condition = call.request.header("if-none-match");
        condition && etag_matches(*condition, profile->etag)) {
        http::Response unchanged;
        unchanged.status = 304;
        unchanged.headers.emplace_back("ETag", profile->etag);
        return http::Answer{std::move(unchanged)};
    }
    return http::Answer{profile_response(std::move(profile))};
}

// If-Match: an edit applies to the version that its author saw, or not at all. "*" asks only that there is one.
Result<void> check_if_match(const Call& call) {
    auto condition = call.request.header("if-match");
    if (!condition) return {};
    auto profile = read(call);
    if (profile && etag_matches_strongly(*condition, (*profile)->etag)) return {};
    return fail(Code::failed_precondition, "The profile is not at this version any more.",
                "version_mismatch");
}

domain::IncomingEvent said(std::string_view user_id, std::string_view event,
                           base::JsonText properties) {
    domain::IncomingEvent incoming;
    incoming.user_id = std::string(user_id);
    incoming.event = std::string(event);
    incoming.properties = std::move(properties);
    return incoming;
}

struct Edits {
    std::string user_id;
    std::vector<domain::IncomingEvent> events;
    std::vector<std::string> pointers;

    void add(std::string_view event, base::JsonText properties, std::string pointer) {
        events.push_back(said(user_id, event, std::move(properties)));
        pointers.push_back(std::move(pointer));
    }
};

std::string member_pointer(std::string_view parent, std::string_view key) {
    std::string pointer(parent);
    pointer += '/';
    for (char c : key) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
    return pointer;
}

// As events have it, but with the place in the request and not in the event that is made of it.
Result<void> check_name(std::string_view name, const std::string& pointer) {
    constexpr std::size_t kBytesMax = 200;
    if (!name.empty() && name.size() <= kBytesMax) return {};
    return fail_field(pointer, "must have a name of 1 to " + std::to_string(kBytesMax) + " bytes");
}

// demographics, demographics.traits and traits are one set of traits; the flat names win over nothing and must not
// contradict each other.
Result<void> add_traits(const wire::ProfileEdit& edit, Edits& edits) {
    ObjectText traits;
    base::FlatMap<std::string, bool> seen;
    auto take = [&](base::JsonView object, std::string_view pointer, bool open) -> Result<void> {
        for (auto [key, value] : object.members()) {
            if (open && key == "traits") continue;
            const std::string at = member_pointer(pointer, key);
            if (key.empty()) return fail_field(at, "must have a name");
            if (seen.contains(key)) return fail_field(at, "is said twice");
            seen[std::string(key)] = true;
            const base::JsonText text = value.text();
            if (const auto problem = engine::trait_problem(key, text.text());
                problem && !text.is_null())
                return fail_field(at, std::string(*problem));
            traits.add(key, value);
        }
        return {};
    };
    if (edit.demographics.is_object()) {
        ATTUNE_TRY(auto document, base::JsonDocument::parse(edit.demographics.text()));
        ATTUNE_TRY_VOID(take(document.root(), "/demographics", true));
        if (auto nested = document.root().find("traits")) {
            if (!nested->is_object())
                return fail_field("/demographics/traits", "must be an object");
            ATTUNE_TRY_VOID(take(*nested, "/demographics/traits", false));
        }
    }
    if (edit.traits.is_object()) {
        ATTUNE_TRY(auto document, base::JsonDocument::parse(edit.traits.text()));
        ATTUNE_TRY_VOID(take(document.root(), "/traits", false));
    }
    if (traits.empty()) return {};
    const bool flat = edit.demographics.is_object();
    edits.add(domain::event_names::kIdentify, std::move(traits).finish(),
              flat ? "/demographics" : "/traits");
    return {};
}

// Errors inside a member name the place in the request.
template <class T>
Result<T> parse_member(const base::JsonText& text, const std::string& pointer) {
    auto value = base::from_json<T>(text.text());
    if (value) return value;
    return base::error_below(pointer, std::move(value).error());
}

Result<void> add_preferences(const wire::ProfileEdit& edit, Edits& edits) {
    for (const auto& [key, value] : edit.preferences) {
        const std::string pointer = member_pointer("/preferences", key);
        ATTUNE_TRY_VOID(check_name(key, pointer));
        wire::PreferenceEdit preference{value, {}};
        if (value.is_object()) {
            ATTUNE_TRY(preference, parse_member<wire::PreferenceEdit>(value, pointer));
        }
        ObjectText properties;
        properties.add_string("key", key);
        properties.add("value", preference.value);  // null takes it away
        if (preference.category) properties.add_string("category", *preference.category);
        edits.add(domain::event_names::kPreference, std::move(properties).finish(), pointer);
    }
    return {};
}

Result<void> add_consent(const wire::ProfileEdit& edit, Edits& edits) {
    for (const auto& [purpose, value] : edit.consent) {
        const std::string pointer = member_pointer("/consent", purpose);
        ATTUNE_TRY_VOID(check_name(purpose, pointer));
        ObjectText properties;
        wire::ConsentEdit consent;
        if (value.is_null()) {
            properties.add(purpose, "null");  // takes the word back
            edits.add(domain::event_names::kConsent, std::move(properties).finish(), pointer);
            continue;
        }
        if (value.text() == "true" || value.text() == "false") {
            consent.granted = value.text() == "true";
        } else if (value.is_object()) {
            ATTUNE_TRY(consent, parse_member<wire::ConsentEdit>(value, pointer));
        } else {
            return fail_field(pointer, "must be true, false, null or an object with \"granted\"");
        }
        properties.add(purpose, base::to_json(consent));
        edits.add(domain::event_names::kConsent, std::move(properties).finish(), pointer);
    }
    return {};
}

Result<http::Answer> edit_profile(const Call& call) {
    ATTUNE_TRY(auto edit, base::from_json<wire::ProfileEdit>(call.request.body));
    Edits edits;
    edits.user_id = std::string(call.request.param("user_id"));
    ATTUNE_TRY_VOID(add_traits(edit, edits));
    ATTUNE_TRY_VOID(add_preferences(edit, edits));
    ATTUNE_TRY_VOID(add_consent(edit, edits));
    if (edits.events.empty()) {
        return fail_field("", "must hold demographics, traits, preferences or consent");
    }
    base::MutexLock lock(call.services.edit_lock(call.tenant(), edits.user_id));
    ATTUNE_TRY_VOID(check_if_match(call));
    ATTUNE_TRY(auto ticket, apply_edits(call, std::move(edits.events), edits.pointers));
    ATTUNE_TRY(auto profile, read(call));
    return http::Answer{profile_response(std::move(profile)), std::move(ticket)};
}

Result<http::Answer> recompute(const Call& call) {
    auto again =
        call.services.engine.people().recompute(call.tenant(), call.request.param("user_id"));
    if (!again) {
        if (again.error().code == Code::not_found) return no_such_user();
        return std::unexpected(again.error());
    }
    wire::Recomputed answer{again->profile->version, again->events, again->changed};
    return json_answer(200, base::to_json(answer)).response.with("ETag", again->profile->etag);
}

Result<http::Answer> interactions(const Call& call) {
    engine::InteractionQuery query;
    query.event = call.request.query_param("event");
    query.item_id = call.request.query_param("item_id");
    ATTUNE_TRY(query.since, time_of(call.request, "since"));
    ATTUNE_TRY(query.until, time_of(call.request, "until"));
    ATTUNE_TRY(query.limit, limit_of(call.request));
    ATTUNE_TRY(query.cursor, place_in(call));
    auto listing = call.services.engine.people().interactions(call.tenant(),
                                                              call.request.param("user_id"), query);
    if (!listing) {
        if (listing.error().code == Code::not_found) return no_such_user();
        return std::unexpected(listing.error());
    }
    wire::List<domain::Event> answer{std::move(listing->items), std::nullopt};
    if (listing->cursor) answer.cursor = cursor_after(call, *listing->cursor);
    return json_answer(200, list_json(answer));
}

constexpr Param kInteractionQuery[] = {{"event", "Only events of this name."},
                                       {"item_id", "Only events about this item."},
                                       {"since", "From this time on.", "string", "date-time"},
                                       {"until", "Before this time.", "string", "date-time"},
                                       kPageLimit,
                                       kPageCursor};
constexpr Reply kProfileReplies[] = {{200, "The profile.", schema_of<domain::Profile>},
                                     {304, "Unchanged since the ETag that was sent."}};
constexpr Reply kEditReplies[] = {
    {200, "The profile as it is now, durable.", schema_of<domain::Profile>}};
constexpr Reply kRecomputeReplies[] = {
    {200, "What the fold of the whole log says.", schema_of<wire::Recomputed>}};
constexpr Reply kInteractionReplies[] = {
    {200, "A page of events, those that arrived last first.", schema_of_list<domain::Event>}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/personalization/profile/{user_id}",
     .id = "get_profile",
     .tag = "profiles",
     .summary = "What is known of a person",
     .access = Access::of_person(kReaders, "user_id"),
     .handler = get_profile,
     .replies = kProfileReplies,
     .description = "The fold of everything they did, up to the event that was acknowledged last.",
     .conditional = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/personalization/profile/{user_id}",
     .id = "edit_profile",
     .tag = "profiles",
     .summary = "Say something about a person outright",
     .access = Access::of_person(kReaders, "user_id"),
     .handler = edit_profile,
     .body =
         {schema_of<wire::ProfileEdit>, "What to change; the shape mirrors the profile.",
          R"({"demographics":{"country":"CH"},"preferences":{"theme":"dark"},"consent":{"personalise":true}})"},
     .replies = kEditReplies,
     .description =
         "Becomes events like any others, all of them or none. With If-Match, only when the "
         "profile is still at that version.",
     .conditional = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/personalization/profile/{user_id}/recompute",
     .id = "recompute_profile",
     .tag = "profiles",
     .summary = "Fold a person's whole log again",
     .access = Access::of_tenant(kReaders),
     .handler = recompute,
     .replies = kRecomputeReplies,
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/personalization/interactions/{user_id}",
     .id = "list_interactions",
     .tag = "events",
     .summary = "What a person did, last first",
     .access = Access::of_person(kReaders, "user_id"),
     .handler = interactions,
     .query = kInteractionQuery,
     .replies = kInteractionReplies},
};

}  // namespace

std::span<const Route> profile_routes() { return kRoutes; }

}  // namespace attune::api
