// /events:export and /users:export: everything of a tenant, a page of lines at a time, for other systems and for the command
// line. A page is bounded in what it answers and in what it looks at, so that no request holds a worker for long.
#include "api/answers.h"
#include "api/call.h"
#include "api/query.h"
#include "api/routes.h"
#include "domain/describe.h"
#include "domain/incoming_event.h"
#include "engine/profile/people.h"
#include "http/text.h"

#include <charconv>
#include <deque>
#include <utility>

namespace attune::api {
namespace {

constexpr std::string_view kLines = "application/x-ndjson";
constexpr std::size_t kEventsDefault = 1'000;
constexpr std::size_t kEventsMax = 10'000;
constexpr std::size_t kPageBytes = 8u << 20;
constexpr std::size_t kLookedMax = 50'000;         // at events that may all be left out
constexpr store::Sequence kCommitsMax = 1u << 16;  // that may all be other tenants'

const base::JsonOptions kStored{
    .limits = {.bytes_max = 16u << 20}, .unknown = base::Unknown::ignore, .require_members = false};

std::string text_of(store::Position position) {
    return std::to_string(position.sequence) + "-" + std::to_string(position.index);
}

// Behind all of a commit; the beginning for 0.
store::Position behind(store::Sequence sequence) {
    return sequence == 0 ? store::Position{} : store::Position{sequence, store::kLogEnd.index};
}

Result<store::Position> position_in(const http::Request& request) {
    const auto text = request.query_param("cursor");
    if (!text) return store::Position{};
    store::Position position;
    const char* const end = text->data() + text->size();
    const auto [dash, wrong] = std::from_chars(text->data(), end, position.sequence);
    if (wrong == std::errc{} && dash != end && *dash == '-') {
        const auto [rest, wrong_too] = std::from_chars(dash + 1, end, position.index);
        if (wrong_too == std::errc{} && rest == end) return position;
    }
    return fail_field("?cursor", "is none of a page's");
}

Result<std::optional<std::size_t>> count_in(const http::Request& request, std::string_view name) {
    const auto text = request.query_param(name);
    if (!text) return std::nullopt;
    const auto count = http::parse_decimal(*text);
    if (!count || *count < 1 || *count > kEventsMax)
        return fail_field("?" + std::string(name),
                          "must be a number from 1 to " + std::to_string(kEventsMax));
    return static_cast<std::size_t>(*count);
}

struct EventsWanted {
    bool complete = false;
    std::optional<base::Time> since;
    std::size_t limit = kEventsDefault;

    // A merge comes of the events that led to it, also where they are imported. Decisions nobody sends.
    [[nodiscard]] bool has(const domain::Event& event) const {
        return event.event != domain::event_names::kMerge &&
               (complete || event.event != domain::event_names::kDecision) &&
               (!since || event.time >= *since);
    }
};

Result<domain::Event> event_in(const store::LoggedEvent& logged) {
    auto event = base::from_json<domain::Event>(logged.payload, kStored);
    if (!event) return fail(Code::data_loss, "an event cannot be read: " + event.error().message);
    return event;
}

// As a client would send it: importing it gives the same event.
domain::IncomingEvent as_sent(domain::Event event) {
    domain::IncomingEvent sent;
    sent.id = std::move(event.id);
    sent.user_id = std::move(event.user_id);
    sent.anonymous_id = std::move(event.anonymous_id);
    sent.event = std::move(event.event);
    sent.item_id = std::move(event.item_id);
    sent.value = event.value;
    sent.decision_id = std::move(event.decision_id);
    sent.properties = std::move(event.properties);
    sent.context = std::move(event.context);
    sent.time = event.time;
    return sent;
}

// Behind which the newest events begin, as many as are wanted; or as far back as one request looks.
Result<store::Position> before_newest(store::Store& store, domain::TenantId tenant,
                                      const EventsWanted& wanted) {
    std::size_t found = 0;
    std::size_t looked = 0;
    store::Position upto{store.stats().last_committed, store::kLogEnd.index};
    const store::Sequence last = upto.sequence;
    // Twice as much each time, so that what is found soon costs little.
    for (store::Sequence span = 64; upto.sequence > 0; span *= 2) {
        const store::Position after = behind(last > span ? last - span : 0);
        std::deque<store::Position> newest;  // and the one before them
        Result<void> outcome;
        const auto look = [&](const store::LoggedEvent& logged) {
            ++looked;
            const auto event = event_in(logged);
            if (!event) outcome = std::unexpected(event.error());
            if (event && wanted.has(*event)) newest.push_back(logged.position);
            if (newest.size() > wanted.limit - found + 1) newest.pop_front();
            return outcome.has_value();
        };
        ATTUNE_TRY_VOID(store.scan_all(tenant, {after, upto}, look));
        ATTUNE_TRY_VOID(outcome);
        if (newest.size() > wanted.limit - found) return newest.front();
        found += newest.size();
        upto = after;
        if (found == wanted.limit || looked >= kLookedMax || span >= kCommitsMax) break;
    }
    return upto;
}

http::Answer lines_answer(std::string lines) {
    http::Response response = http::Response::json(200, std::move(lines));
    response.content_type = kLines;
    return http::Answer{std::move(response)};
}

void add_end(std::string& lines, const std::optional<std::string>& cursor,
             const std::optional<std::string>& upto) {
    ObjectText end;
    if (cursor)
        end.add_string("cursor", *cursor);
    else
        end.add("cursor", "null");
    if (upto) end.add_string("upto", *upto);
    lines.append(std::move(end).finish().text()).append("\n");
}

Result<http::Answer> events_behind(store::Store& store, domain::TenantId tenant,
                                   store::Position from, const EventsWanted& wanted) {
    std::string lines;
    std::size_t shown = 0;
    std::size_t looked = 0;
    bool is_full = false;
    Result<void> outcome;
    const store::Sequence last = store.stats().last_committed;
    const bool is_last = last <= from.sequence || last - from.sequence <= kCommitsMax;
    const store::Position end = is_last ? store::kLogEnd : behind(from.sequence + kCommitsMax);
    const auto visit = [&](const store::LoggedEvent& logged) {
        is_full = shown == wanted.limit || lines.size() >= kPageBytes || looked == kLookedMax;
        if (is_full) return false;
        ++looked;
        auto event = event_in(logged);
        if (!event) {
            outcome = std::unexpected(std::move(event).error());
            return false;
        }
        if (!wanted.has(*event)) return true;
        if (wanted.complete)
            base::append_json(lines, *event);
        else
            base::append_json(lines, as_sent(*std::move(event)));
        lines += '\n';
        ++shown;
        return true;
    };
    ATTUNE_TRY(const store::Position upto, store.scan_all(tenant, {from, end}, visit));
    ATTUNE_TRY_VOID(outcome);
    const std::string place = text_of(upto);
    add_end(lines, is_full || !is_last ? std::optional(place) : std::nullopt, place);
    return lines_answer(std::move(lines));
}

Result<http::Answer> export_events(const Call& call) {
    EventsWanted wanted;
    ATTUNE_TRY(wanted.complete, switch_in(call.request, "complete"));
    ATTUNE_TRY(wanted.since, time_of(call.request, "since"));
    ATTUNE_TRY(const auto limit, count_in(call.request, "limit"));
    ATTUNE_TRY(const auto newest, count_in(call.request, "newest"));
    ATTUNE_TRY(store::Position from, position_in(call.request));
    store::Store& store = call.services.engine.store();
    wanted.limit = limit.value_or(kEventsDefault);
    if (newest) {
        if (limit || wanted.since || from != store::Position{})
            return fail_field("?newest", "goes without limit, since and cursor");
        wanted.limit = *newest;
        ATTUNE_TRY(from, before_newest(store, call.tenant(), wanted));
    }
    return events_behind(store, call.tenant(), from, wanted);
}

Result<http::Answer> export_profiles(const Call& call) {
    ATTUNE_TRY(const auto since, time_of(call.request, "since"));
    ATTUNE_TRY(const auto page, page_of(call));
    auto& people = call.services.engine.people();
    ATTUNE_TRY(auto listing, people.list(call.tenant(), page));
    std::string lines;
    for (const auto& summary : listing.items) {
        if (since && (!summary.last_seen_at || *summary.last_seen_at < *since)) continue;
        ATTUNE_TRY(const auto rendered,
                   people.read(call.tenant(), summary.person, summary.user_id));
        if (rendered == nullptr) continue;  // erased meanwhile
        lines.append(rendered->json).append("\n");
    }
    if (listing.cursor) listing.cursor = cursor_after(call, *listing.cursor);
    add_end(lines, listing.cursor, std::nullopt);
    return lines_answer(std::move(lines));
}

std::string schema_of_lines(base::SchemaSet&) { return R"({"type":"string"})"; }

constexpr Param kEventParams[] = {
    {"complete", "As they stand in the log, with what the server added and its decisions.",
     "boolean"},
    {"since", "Only those that happened from then on.", "string", "date-time"},
    {.name = "limit",
     .doc = "How many at most, from 1 to 10,000; 1,000 when left out.",
     .type = "integer",
     .minimum = 1,
     .maximum = 10000},
    {"cursor", "Of the last line of the page before, or its upto for what came since."},
    {.name = "newest",
     .doc =
         "Begin with the newest so many, from 1 to 10,000, of the last 65,536 commits of the log.",
     .type = "integer",
     .minimum = 1,
     .maximum = 10000}};
constexpr Param kProfileParams[] = {
    {"since", "Only those who were seen from then on.", "string", "date-time"},
    {.name = "limit",
     .doc = "How many people, from 1 to 500; 100 when left out.",
     .type = "integer",
     .minimum = 1,
     .maximum = 500},
    {"cursor", "Of the last line of the page before."}};
constexpr Reply kEventReplies[] = {
    {200,
     "A line for each event, in order of arrival. The last line is {\"cursor\": …, \"upto\": …}: "
     "cursor is null at the end, and upto goes on from here with what comes later.",
     schema_of_lines, kLines}};
constexpr Reply kProfileReplies[] = {
    {200,
     "A line for each person, as GET …/profile answers. The last line is {\"cursor\": …}; it is "
     "null at the end.",
     schema_of_lines, kLines}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/events:export",
     .id = "export_events",
     .tag = "events",
     .summary = "All events, a page at a time",
     .access = Access::of_tenant(kReaders),
     .handler = export_events,
     .query = kEventParams,
     .replies = kEventReplies,
     .description = "As a client would send them, so that sending them to POST /events gives the "
                    "same; with `complete`, as they stand in the log. A page may be short, or "
                    "empty, and not the last.",
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/users:export",
     .id = "export_profiles",
     .tag = "users",
     .summary = "All profiles, a page at a time",
     .access = Access::of_tenant(kReaders),
     .handler = export_profiles,
     .query = kProfileParams,
     .replies = kProfileReplies,
     .description = "A page may be short, or empty, and not the last.",
     .waits = true},
};

}  // namespace

std::span<const Route> export_routes() { return kRoutes; }

}  // namespace attune::api
