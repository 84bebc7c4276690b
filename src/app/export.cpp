#include "app/commands.h"
#include "app/csv_cell.h"
#include "app/workplace.h"
#include "base/json.h"
#include "domain/describe.h"

#include <fstream>

namespace attune::app {

namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;

// Where the rows go: a file, or standard output.
class Out {
public:
    Out(Console& console, const std::optional<std::string>& path) : console_(console) {
        if (path) file_.emplace(*path, std::ios::trunc | std::ios::binary);
    }
    [[nodiscard]] std::string& buffer() { return buffer_; }
    // False when it cannot be written any more.
    bool row() {
        buffer_ += '\n';
        ++rows_;
        return buffer_.size() < kBufferBytes || flush();
    }
    bool flush() {
        const std::string bytes = std::exchange(buffer_, {});
        if (!file_) return console_.write(bytes);
        file_->write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        file_->flush();
        return file_->good();
    }
    [[nodiscard]] std::uint64_t rows() const { return rows_; }

private:
    Console& console_;
    std::optional<std::ofstream> file_;
    std::string buffer_;
    std::uint64_t rows_ = 0;
};

struct ExportPlan {
    bool csv = false;
    bool complete = false;  // with what the server added
    std::optional<base::Time> since;
};

const base::JsonOptions kStored{
    .limits = {.bytes_max = 16u << 20}, .unknown = base::Unknown::ignore, .require_members = false};

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

constexpr std::string_view kEventHeader =
    "id,user_id,anonymous_id,event,item_id,value,decision_id,time,properties,context";

void append_event_cells(std::string& row, const domain::Event& event) {
    const auto cell = [&row](std::string_view text) {
        append_cell(row, text);
        row += ',';
    };
    cell(event.id);
    cell(event.user_id.value_or(""));
    cell(event.anonymous_id.value_or(""));
    cell(event.event);
    cell(event.item_id.value_or(""));
    if (event.value) append_number_cell(row, *event.value);
    row += ',';
    cell(event.decision_id.value_or(""));
    cell(base::format_time(event.time));
    cell(event.properties.is_null() ? "" : event.properties.text());
    append_cell(row, event.context.is_null() ? "" : event.context.text());
}

Result<void> export_events(engine::Engine& engine, engine::TenantId tenant, const ExportPlan& plan,
                           Out& out) {
    if (plan.csv) {
        out.buffer() += kEventHeader;
        (void)out.row();
    }
    Result<void> outcome;
    const auto visit = [&](const store::LoggedEvent& logged) {
        auto event = base::from_json<domain::Event>(logged.payload, kStored);
        if (!event) {
            outcome = fail(Code::data_loss, "an event cannot be read: " + event.error().message);
            return false;
        }
        // A merge comes of the events that led to it, also where they are imported. Decisions nobody sends.
        if (event->event == domain::event_names::kMerge) return true;
        if (!plan.complete && event->event == domain::event_names::kDecision) return true;
        if (plan.since && event->time < *plan.since) return true;
        if (plan.csv) {
            append_event_cells(out.buffer(), *event);
        } else if (plan.complete) {
            base::append_json(out.buffer(), *event);
        } else {
            base::append_json(out.buffer(), as_sent(*std::move(event)));
        }
        if (out.row()) return true;
        outcome = fail(Code::cancelled, "the output cannot be written any more");
        return false;
    };
    ATTUNE_TRY_VOID(engine.store().scan_all(tenant, {}, visit));
    return outcome;
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

Result<void> export_profiles(engine::Engine& engine, engine::TenantId tenant,
                             const ExportPlan& plan, Out& out) {
    if (plan.csv) {
        out.buffer() += kProfileHeader;
        (void)out.row();
    }
    store::Page page{.after = std::nullopt, .limit = 500};
    while (true) {
        ATTUNE_TRY(auto people, engine.people().list(tenant, page));
        for (const auto& summary : people.items) {
            if (plan.since && (!summary.last_seen_at || *summary.last_seen_at < *plan.since))
                continue;
            auto rendered = engine.people().read(tenant, summary.user_id);
            if (!rendered && rendered.error().code == Code::not_found)
                continue;  // erased meanwhile
            ATTUNE_TRY_VOID(rendered);
            if (plan.csv) {
                ATTUNE_TRY(const auto profile,
                           base::from_json<domain::Profile>((*rendered)->json, kStored));
                append_profile_cells(out.buffer(), profile);
            } else {
                out.buffer() += (*rendered)->json;
            }
            if (!out.row()) return fail(Code::cancelled, "the output cannot be written any more");
        }
        if (!people.cursor) return {};
        page.after = std::move(people.cursor);
    }
}

Result<void> run(const Invocation& invocation, Console& console) {
    const std::string what = *invocation.text("WHAT");
    if (what != "events" && what != "profiles")
        return fail_field("WHAT", "must be events or profiles");
    ExportPlan plan;
    plan.csv = invocation.text("format").value_or("ndjson") == "csv";
    plan.complete = invocation.has("complete");
    if (const auto since = invocation.text("since")) {
        plan.since = base::parse_time(*since);
        if (!plan.since)
            return fail_field("--since", "must be a time such as 2026-03-01T00:00:00Z");
    }
    ATTUNE_TRY(auto place, Workplace::open(invocation));
    ATTUNE_TRY(const auto tenant, place->tenant(invocation));
    Out out(console, invocation.text("out"));
    ATTUNE_TRY_VOID(what == "events" ? export_events(place->engine(), tenant, plan, out)
                                     : export_profiles(place->engine(), tenant, plan, out));
    if (!out.flush()) return fail(Code::cancelled, "the output cannot be written");
    console.say("exported " + grouped(out.rows() - (plan.csv ? 1 : 0)) + " " + what);
    return place->close();
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
        "spreadsheet would take for a formula is preceded by a single quote.",
    .arguments = {{.name = "WHAT", .doc = "events or profiles."}},
    .options =
        {tenant_option(),
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
         {.name = "out", .value = "FILE", .doc = "Where to write; standard output when left out."}},
    .settings = TakesSettings::engine,
    .run = &run_export};

}  // namespace attune::app
