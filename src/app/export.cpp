#include "app/commands.h"
#include "app/csv_cell.h"
#include "app/line_pages.h"
#include "app/out_file.h"
#include "app/reach.h"
#include "app/remote.h"
#include "app/workplace.h"
#include "base/json.h"
#include "domain/describe.h"
#include "engine/profile/people.h"
#include "http/text.h"

#include <algorithm>
#include <utility>

namespace attune::app {

namespace {

struct ExportPlan {
    bool csv = false;
    bool complete = false;  // with what the server added
    std::optional<std::string> since;
};

const base::JsonOptions kStored{
    .limits = {.bytes_max = 16u << 20}, .unknown = base::Unknown::ignore, .require_members = false};

constexpr std::string_view kEventHeader =
    "id,user_id,anonymous_id,event,item_id,value,decision_id,time,properties,context";

void append_event_cells(std::string& row, const domain::IncomingEvent& event) {
    const auto cell = [&row](std::string_view text) {
        append_cell(row, text);
        row += ',';
    };
    cell(event.id.value_or(""));
    cell(event.user_id.value_or(""));
    cell(event.anonymous_id.value_or(""));
    cell(event.event);
    cell(event.item_id.value_or(""));
    if (event.value) append_number_cell(row, *event.value);
    row += ',';
    cell(event.decision_id.value_or(""));
    cell(event.time ? base::format_time(*event.time) : "");
    cell(event.properties.is_null() ? "" : event.properties.text());
    append_cell(row, event.context.is_null() ? "" : event.context.text());
}

constexpr std::string_view kProfileHeader =
    "user_id,user_ids,anonymous_ids,version,events,sessions,first_seen_at,last_seen_at,country,"
    "interests";

void append_profile_cells(std::string& row, const domain::Profile& profile) {
    const auto cell = [&row](std::string_view text) {
        append_cell(row, text);
        row += ',';
    };
    const auto time = [](const std::optional<base::Time>& at) {
        return at ? base::format_time(*at) : std::string();
    };
    cell(profile.user_id);
    cell(base::to_json(profile.identities.user_ids));
    cell(base::to_json(profile.identities.anonymous_ids));
    cell(std::to_string(profile.version));
    cell(std::to_string(profile.behaviour.events));
    cell(std::to_string(profile.behaviour.sessions.count));
    cell(time(profile.behaviour.first_seen_at));
    cell(time(profile.behaviour.last_seen_at));
    cell(profile.demographics.country.value_or(""));
    base::FlatMap<std::string, double> interests;
    for (const auto& interest : profile.interests) interests[interest.topic] = interest.score;
    append_cell(row, base::to_json(interests));
}

// One of what is exported: where its pages are, and how a line of them is a row of CSV.
struct Exported {
    std::string_view target;
    std::size_t page = 0;
    std::string_view header;
    Result<void> (*append)(std::string& row, std::string_view line) = nullptr;
};

template <class T, auto kAppend>
Result<void> append_row(std::string& row, std::string_view line) {
    ATTUNE_TRY(const auto value, base::from_json<T>(line, kStored));
    kAppend(row, value);
    return {};
}

constexpr Exported kEvents{"/api/v1/events:export", 10'000, kEventHeader,
                           &append_row<domain::IncomingEvent, &append_event_cells>};
constexpr Exported kProfiles{"/api/v1/users:export", 100, kProfileHeader,
                             &append_row<domain::Profile, &append_profile_cells>};

std::string target_of(const Exported& what, const ExportPlan& plan) {
    std::string target = std::string(what.target) + "?limit=" + std::to_string(what.page);
    if (plan.since) target += "&since=" + http::percent_encoded(*plan.since);
    if (plan.complete) target += "&complete=true";
    return target;
}

Result<void> write_page(std::string_view lines, const Exported& what, const ExportPlan& plan,
                        OutFile& out) {
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        if (plan.csv) {
            ATTUNE_TRY_VOID(what.append(out.buffer(), line));
        } else {
            out.buffer() += line;
        }
        if (!out.row()) return fail(Code::cancelled, "the output cannot be written any more");
    }
    return {};
}

// Answers how many rows there are.
Result<std::uint64_t> write_all(Reach& reach, const Exported& what, const ExportPlan& plan,
                                Console& console, const std::optional<std::string>& path) {
    const std::string target = target_of(what, plan);
    std::string page = target;
    std::optional<OutFile> out;
    while (true) {
        ATTUNE_TRY(std::string lines, reach.ask(http::Method::get, page));
        ATTUNE_TRY(const PageEnd end, take_end(lines));
        // Not before: where nothing can be asked for, what is in the file stays.
        if (!out) {
            ATTUNE_TRY(out, OutFile::open(console, path));
            if (plan.csv) {
                out->buffer() += what.header;
                (void)out->row();
            }
        }
        ATTUNE_TRY_VOID(write_page(lines, what, plan, *out));
        if (!end.cursor) break;
        page = target + "&cursor=" + http::percent_encoded(*end.cursor);
    }
    ATTUNE_TRY_VOID(out->finish());
    return out->rows() - (plan.csv ? 1 : 0);
}

Result<void> run(const Invocation& invocation, Console& console) {
    const std::string what = *invocation.text("WHAT");
    if (what != "events" && what != "profiles")
        return fail_field("WHAT", "must be events or profiles");
    const Exported& exported = what == "events" ? kEvents : kProfiles;
    const ExportPlan plan{.csv = invocation.text("format").value_or("ndjson") == "csv",
                          .complete = &exported == &kEvents && invocation.has("complete"),
                          .since = invocation.text("since")};
    if (plan.since && !base::parse_time(*plan.since))
        return fail_field("--since", "must be a time such as 2026-03-01T00:00:00Z");
    ATTUNE_TRY(const auto reach, Reach::open(invocation, {}));
    ATTUNE_TRY(const std::uint64_t rows,
               write_all(*reach, exported, plan, console, invocation.text("out")));
    console.say("exported " + grouped(rows) + " " + what);
    return reach->close();
}

int run_export(const Invocation& invocation, Console& console) {
    const auto done = run(invocation, console);
    if (done) return kExitDone;
    console.fail_with(done.error());
    return exit_code_of(done.error());
}

}  // namespace

const Command kExport{
    .name = "export",
    .summary = "Writes all events or all profiles as NDJSON or CSV.",
    .manual =
        "Events are written as a client would send them, so that `attune import` brings them back: "
        "without what the server found out when they came, and without decisions, which nobody "
        "sends. --complete writes the log as it stands; `attune import --complete` takes that into "
        "another data directory, for the same profiles and, once the same experiments are there, "
        "the same results. In CSV, a text that a "
        "spreadsheet would take for a formula is preceded by a single quote, which `attune import` "
        "takes away again.",
    .arguments = {{.name = "WHAT", .doc = "events or profiles."}},
    .options =
        {tenant_option(),
         url_option(),
         {.name = "format",
          .value = "FORMAT",
          .doc = "ndjson or csv.",
          .fallback = "ndjson",
          .choices = {"ndjson", "csv"}},
         {.name = "since",
          .value = "TIME",
          .doc = "Only events from then on; only profiles that were seen from then on."},
         {.name = "complete",
          .doc =
              "Events as they stand in the log: in NDJSON with what the server added (when it came "
              "in, device, country), and with its decisions."},
         {.name = "out",
          .value = "FILE",
          .doc = "Where to write; standard output when left out, or -."}},
    .settings = TakesSettings::engine,
    .run = &run_export};

}  // namespace attune::app
