#include "app/commands.h"
#include "app/event_sink.h"
#include "app/import_rows.h"
#include "app/import_state.h"
#include "app/rejects.h"
#include "app/row_choices.h"
#include "app/settings.h"
#include "app/whole_events.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "base/json.h"

#include <algorithm>
#include <filesystem>

namespace attune::app {

namespace {

constexpr std::size_t kBatchEvents = 1'000;
constexpr base::Duration kStateEvery = std::chrono::milliseconds(500);

// A row without an id gets one that is the same whenever the same row of the same file comes again.
std::string id_of_row(const std::string& fingerprint, std::uint64_t line, std::string_view raw) {
    std::string named = fingerprint + "/" + std::to_string(line) + "/";
    named += raw;
    return "import-" + base::to_hex(base::view_of(base::sha256(named))).substr(0, 32);
}

// Where events go to, the same words for the same place: what is resumed must not end up elsewhere.
Result<std::string> destination_of(const Invocation& invocation) {
    const std::string tenant = ", tenant " + invocation.text("tenant").value_or("default");
    if (const auto url = invocation.text("url")) return *url + tenant;
    ATTUNE_TRY(const auto loaded, load_settings(invocation.sources));
    std::error_code error;
    const auto directory = std::filesystem::weakly_canonical(loaded.settings.data_dir, error);
    return (error ? loaded.settings.data_dir : directory.string()) + tenant;
}

class FileImport {
public:
    // `complete`: rows are events as they stand in a log.
    FileImport(std::string path, const RowOptions& options, bool complete, EventSink& sink,
               std::string into, Rejects& rejects, Console& console)
        : path_(std::move(path)),
          options_(options),
          complete_(complete),
          sink_(sink),
          rejects_(rejects),
          console_(console) {
        state_.into = std::move(into);
    }

    // Reads the file to its end; finish() must still wait for the sink.
    Result<void> run(bool resume) {
        ATTUNE_TRY(auto file, RowFile::open(path_));
        state_.fingerprint = file->fingerprint();
        if (resume) ATTUNE_TRY_VOID(take_up());
        state_.complete = false;
        skip_until_ = state_.lines_done;
        auto reader = RowReader::make(options_);
        Progress progress(console_, "importing " + printable(path_), "rows", file->bytes_total());
        const auto visit = [this](const Row& row) { take(row); };
        while (true) {
            ATTUNE_TRY(const auto piece, file->read());
            if (piece.empty()) break;
            reader->feed(piece, visit);
            ATTUNE_TRY_VOID(check(*reader));
            progress.at(file->bytes_done(), rows_);
        }
        reader->finish(visit);
        ATTUNE_TRY_VOID(check(*reader));
        ATTUNE_TRY_VOID(send());
        progress.at(file->bytes_total(), rows_);
        progress.finish();
        return {};
    }

    // After the sink has finished: everything is on the disk.
    Result<void> finish() {
        ATTUNE_TRY_VOID(outcome_);
        state_.complete = true;
        rejects_.flush();
        return write_import_state(path_, state_);
    }

    // Stops in the middle: --resume goes on behind what is on the disk.
    Error stop(Error why) {
        rejects_.flush();
        if (!why.message.contains(path_)) why.message = printable(path_) + ": " + why.message;
        if (state_.lines_done > 0 && write_import_state(path_, state_)) {
            console_.say(printable(path_) + " is imported up to line " +
                         grouped(state_.lines_done) + "; --resume goes on from there");
        }
        return why;
    }

    [[nodiscard]] const ImportState& state() const { return state_; }

private:
    Result<void> take_up() {
        ATTUNE_TRY(const auto saved, read_import_state(path_));
        if (!saved) return {};
        if (saved->fingerprint != state_.fingerprint) {
            return fail(Code::failed_precondition,
                        path_ + " is not the file that was being imported; remove " +
                            import_state_path(path_) + " to start over");
        }
        if (saved->into != state_.into) {
            return fail(Code::failed_precondition, path_ + " was being imported into " +
                                                       saved->into + ", not into " + state_.into +
                                                       "; remove " + import_state_path(path_) +
                                                       " to start over");
        }
        state_ = *saved;
        // A log may have grown since.
        console_.say(path_ + (state_.complete
                                  ? " was imported up to line " + grouped(state_.lines_done) +
                                        ": looking for more"
                                  : ": going on after line " + grouped(state_.lines_done)));
        return {};
    }

    void take(const Row& row) {
        if (row.line <= skip_until_ || !outcome_) return;
        ++rows_;
        last_line_ = row.line;
        if (auto kept = keep(row); !kept) {
            // Counted when its neighbours are durable, so that the state never runs ahead of the
            // rejects file.
            bad_.push_back({row.line, reasons_of(kept.error().fields, kept.error().message),
                            std::string(row.raw)});
        } else {
            places_.push_back({row.line, std::string(row.raw)});
        }
        if (places_.size() + bad_.size() >= kBatchEvents) {
            if (auto sent = send(); !sent) outcome_ = sent;
        }
    }

    Result<void> keep(const Row& row) {
        if (complete_) {
            ATTUNE_TRY(auto event, whole_event(row.raw, console_.clock().now()));
            whole_.push_back(std::move(event));
            return {};
        }
        ATTUNE_TRY(auto event, row.event);
        if (!event.id) event.id = id_of_row(state_.fingerprint, row.line, row.raw);
        batch_.push_back(std::move(event));
        return {};
    }

    struct Place {
        std::uint64_t line = 0;
        std::string raw;
    };
    struct Bad {
        std::uint64_t line = 0;
        std::vector<std::string> reasons;
        std::string raw;
    };

    Result<void> send() {
        if (places_.empty() && bad_.empty()) return {};
        auto done = [this, places = std::exchange(places_, {}), bad = std::exchange(bad_, {}),
                     upto = last_line_](Result<SinkOutcome> outcome) mutable {
            settle(std::move(outcome), places, bad, upto);
        };
        if (complete_) return sink_.send_whole(std::exchange(whole_, {}), std::move(done));
        return sink_.send(std::exchange(batch_, {}), std::move(done));
    }

    void settle(Result<SinkOutcome> outcome, const std::vector<Place>& places,
                std::vector<Bad>& bad, std::uint64_t upto) {
        if (!outcome) {
            if (outcome_) outcome_ = std::unexpected(outcome.error());
            return;
        }
        if (!outcome_) return;  // an earlier batch is missing: this one must not be counted as done
        for (auto& row : bad) rejects_.add(path_, row.line, std::move(row.reasons), row.raw);
        for (const auto& rejected : outcome->rejected) {
            const Place& place = places.at(rejected.index);
            rejects_.add(path_, place.line, reasons_of(rejected.fields, rejected.message),
                         place.raw);
        }
        state_.accepted += outcome->accepted;
        state_.duplicates += outcome->duplicates;
        state_.rejected += bad.size() + outcome->rejected.size();
        state_.lines_done = upto;
        const auto now = console_.clock().steady_now();
        if (now - saved_ < kStateEvery) return;
        saved_ = now;
        rejects_.flush();
        if (auto written = write_import_state(path_, state_); !written && !warned_) {
            warned_ = true;
            console_.say(written.error().message + ": this import cannot be resumed");
        }
    }

    Result<void> check(const RowReader& reader) const {
        if (reader.failure()) return std::unexpected(*reader.failure());
        return outcome_;
    }

    std::string path_;
    const RowOptions& options_;
    const bool complete_;
    EventSink& sink_;
    Rejects& rejects_;
    Console& console_;
    ImportState state_;
    Result<void> outcome_;
    std::uint64_t skip_until_ = 0;
    std::uint64_t last_line_ = 0;
    std::uint64_t rows_ = 0;
    std::vector<domain::IncomingEvent> batch_;
    std::vector<domain::Event> whole_;  // instead, of a complete export
    std::vector<Place> places_;
    std::vector<Bad> bad_;
    base::SteadyTime saved_{};
    bool warned_ = false;
};

Result<RowOptions> row_options(const Invocation& invocation, const std::string& path) {
    RowOptions options;
    const auto format = invocation.text("format").value_or("auto");
    options.format = format == "csv" || (format == "auto" && looks_like_csv(path))
                         ? RowFormat::csv
                         : RowFormat::ndjson;
    ATTUNE_TRY(options.columns, pairs_of(invocation, "map"));
    ATTUNE_TRY(options.constants, pairs_of(invocation, "set"));
    ATTUNE_TRY(options.delimiter, delimiter_of(invocation, path));
    options.time_format = invocation.text("time-format").value_or("rfc3339");
    return options;
}

Result<int> import_files(const Invocation& invocation, Console& console) {
    const auto files = invocation.list("FILE");
    const bool complete = invocation.has("complete");
    Rejects rejects;
    if (const auto path = invocation.text("rejects")) {
        ATTUNE_TRY_VOID(rejects.open(*path, invocation.has("resume")));
    }
    ImportState all;
    for (const std::string& path : files) {
        ATTUNE_TRY(const auto options, row_options(invocation, path));
        if (complete && options.format == RowFormat::csv)
            return fail_field("--complete", "takes NDJSON; " + path + " is read as CSV");
        ATTUNE_TRY(auto sink, open_sink(invocation, "import"));
        ATTUNE_TRY(auto into, destination_of(invocation));
        FileImport import(path, options, complete, *sink, std::move(into), rejects, console);
        const auto read = import.run(invocation.has("resume"));
        const auto finished = sink->finish();
        if (!read) return std::unexpected(import.stop(read.error()));
        if (!finished) return std::unexpected(import.stop(finished.error()));
        ATTUNE_TRY_VOID(import.finish());
        all.accepted += import.state().accepted;
        all.duplicates += import.state().duplicates;
        all.rejected += import.state().rejected;
    }
    console.say("imported " + grouped(all.accepted) + " events, " + grouped(all.duplicates) +
                " seen before, " + grouped(all.rejected) + " rejected");
    if (!rejects.first().empty()) console.say("the first: " + rejects.first());
    if (all.rejected > 0 && !invocation.has("rejects"))
        console.say("--rejects FILE keeps rejected rows and the reasons");
    return all.rejected == 0 ? kExitDone : kExitProblems;
}

int run_import(const Invocation& invocation, Console& console) {
    const auto code = import_files(invocation, console);
    if (code) return *code;
    console.fail_with(code.error());
    return exit_code_of(code.error());
}

std::vector<Option> options() {
    std::vector<Option> all = {
        {.name = "format",
         .value = "FORMAT",
         .doc = "ndjson or csv; by the file's name when left out.",
         .fallback = "auto",
         .choices = {"auto", "ndjson", "csv"}},
        {.name = "map",
         .value = "FIELD=COLUMN,…",
         .doc = "CSV: which column holds which field of an event.",
         .repeats = true},
        {.name = "set",
         .value = "FIELD=TEXT,…",
         .doc = "CSV: fields that are the same in every row, as in --set event=purchase.",
         .repeats = true},
        {.name = "delimiter",
         .value = "C",
         .doc = "CSV: what separates columns, or `tab`.",
         .fallback = ","},
        {.name = "time-format",
         .value = "FORMAT",
         .doc = "CSV: rfc3339, unix, unix_ms, or a pattern such as %d.%m.%Y %H:%M, read as UTC.",
         .fallback = "rfc3339"},
        {.name = "complete",
         .doc = "Rows are what `export events --complete` wrote, and are taken as they stand, with "
                "what the server added and wrote itself. NDJSON into a data directory."},
        {.name = "resume", .doc = "Go on where an earlier import of the file stopped."},
        {.name = "rejects",
         .value = "FILE",
         .doc = "Write rejected rows there, with line number and reasons."}};
    std::ranges::copy(sink_options(), std::back_inserter(all));
    return all;
}

}  // namespace

const Command kImport{.name = "import",
                      .summary = "Reads events from NDJSON or CSV files, gzipped or not.",
                      .manual =
                          "A bad row costs its neighbours nothing. Rows without an id get one made "
                          "of the file's beginning, the line's "
                          "number and its text, so that importing a file twice counts it once. How "
                          "far it came is kept in "
                          "FILE.attune-import. Columns that are no field of an event become "
                          "properties. Exit code 1 when rows were rejected.",
                      .arguments = {{.name = "FILE", .doc = "What to read.", .repeats = true}},
                      .options = options(),
                      .settings = TakesSettings::engine,
                      .run = &run_import};

}  // namespace attune::app
