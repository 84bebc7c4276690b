#include "app/commands.h"
#include "app/import_rows.h"
#include "app/item_rows.h"
#include "app/item_target.h"
#include "app/rejects.h"
#include "app/remote.h"
#include "app/row_choices.h"
#include "app/workplace.h"
#include "base/disk.h"
#include "base/json.h"
#include "engine/catalogue/item_json.h"

#include <utility>

namespace attune::app {
namespace {

constexpr std::size_t kBatchItems = 500;
constexpr std::size_t kBatchBytes = 4u << 20;
constexpr std::size_t kItemFileBytesMax = 1u << 20;

// One file on its way into a catalogue.
class ItemImport {
public:
    ItemImport(std::string path, ItemTarget& target, Rejects& rejects)
        : path_(std::move(path)), target_(target), rejects_(rejects) {}

    Result<void> run(const ItemRowOptions& options, Console& console) {
        ATTUNE_TRY(auto file, RowFile::open(path_));
        auto rows = ItemRows::make(options);
        Progress progress(console, "importing " + printable(path_), "rows", file->bytes_total());
        const auto visit = [this](const ItemRow& row) { take(row); };
        for (bool more = true; more;) {
            ATTUNE_TRY(const auto piece, file->read());
            more = !piece.empty();
            if (more)
                rows->feed(piece, visit);
            else
                rows->finish(visit);
            if (rows->failure()) return std::unexpected(*rows->failure());
            if (!more) send();
            ATTUNE_TRY_VOID(outcome_);
            progress.at(file->bytes_done(), rows_);
        }
        progress.finish();
        rejects_.flush();
        return {};
    }

    [[nodiscard]] const ItemTarget::Outcome& counts() const { return counts_; }
    [[nodiscard]] std::uint64_t rejected() const { return rejected_; }
    // Up to where all is saved, or rejected.
    [[nodiscard]] std::uint64_t lines_done() const { return lines_done_; }

private:
    struct Place {
        std::uint64_t line = 0;
        std::string raw;
    };

    void take(const ItemRow& row) {
        if (!outcome_) return;
        ++rows_;
        last_line_ = row.line;
        if (!row.item) {
            reject(row.line, row.item.error().fields, row.item.error().message, row.raw);
            return;
        }
        batch_.push_back(*row.item);
        places_.push_back({row.line, std::string(row.raw)});
        batch_bytes_ += row.raw.size();
        if (batch_.size() >= kBatchItems || batch_bytes_ >= kBatchBytes) send();
    }

    void send() {
        auto items = std::exchange(batch_, {});
        const auto places = std::exchange(places_, {});
        batch_bytes_ = 0;
        if (!outcome_) return;
        if (!items.empty()) {
            const auto sent = target_.put(std::move(items));
            if (!sent) {
                outcome_ = std::unexpected(sent.error());
                return;
            }
            counts_.accepted += sent->accepted;
            counts_.duplicates += sent->duplicates;
            for (const ItemTarget::Rejected& one : sent->rejected) {
                const Place& place = places.at(one.index);
                reject(place.line, one.fields, one.message, place.raw);
            }
        }
        lines_done_ = last_line_;
    }

    void reject(std::uint64_t line, const std::vector<FieldError>& fields,
                const std::string& message, std::string_view raw) {
        ++rejected_;
        rejects_.add(path_, line, reasons_of(fields, message), raw);
    }

    const std::string path_;
    ItemTarget& target_;
    Rejects& rejects_;
    Result<void> outcome_;
    std::vector<domain::Item> batch_;
    std::vector<Place> places_;
    std::size_t batch_bytes_ = 0;
    ItemTarget::Outcome counts_;
    std::uint64_t rejected_ = 0;
    std::uint64_t rows_ = 0;
    std::uint64_t last_line_ = 0;
    std::uint64_t lines_done_ = 0;
};

Result<ItemRowOptions> row_options(const Invocation& invocation, const std::string& path) {
    ItemRowOptions options;
    const auto format = invocation.text("format").value_or("auto");
    options.is_csv = format == "csv" || (format == "auto" && looks_like_csv(path));
    ATTUNE_TRY(options.columns, pairs_of(invocation, "map"));
    ATTUNE_TRY(options.constants, pairs_of(invocation, "set"));
    ATTUNE_TRY(options.delimiter, delimiter_of(invocation, path));
    const auto separator = invocation.text("separator").value_or("|");
    if (separator.size() != 1) return fail_field("--separator", "must be one character");
    options.separator = separator.front();
    options.time_format = invocation.text("time-format").value_or("rfc3339");
    return options;
}

Result<int> import_files(const Invocation& invocation, Console& console) {
    Rejects rejects;
    if (const auto path = invocation.text("rejects")) ATTUNE_TRY_VOID(rejects.open(*path, false));
    ATTUNE_TRY(auto target, ItemTarget::open(invocation, false));
    ItemTarget::Outcome all;
    std::uint64_t rejected = 0;
    for (const std::string& path : invocation.list("FILE")) {
        ATTUNE_TRY(const auto options, row_options(invocation, path));
        ItemImport import(path, *target, rejects);
        const auto done = import.run(options, console);
        if (!done) {
            if (import.lines_done() > 0)
                console.say(
                    printable(path) + " is imported up to line " + grouped(import.lines_done()) +
                    "; importing it again is safe: what is there already is not written again");
            Error why = done.error();
            if (!why.message.contains(path)) why.message = printable(path) + ": " + why.message;
            return std::unexpected(std::move(why));
        }
        all.accepted += import.counts().accepted;
        all.duplicates += import.counts().duplicates;
        rejected += import.rejected();
    }
    ATTUNE_TRY_VOID(target->close());
    console.say("imported " + grouped(all.accepted) + " items, " + grouped(all.duplicates) +
                " there already, " + grouped(rejected) + " rejected");
    if (!rejects.first().empty()) console.say("the first: " + rejects.first());
    if (rejected > 0 && !invocation.has("rejects"))
        console.say("--rejects FILE keeps rejected rows and the reasons");
    return rejected == 0 ? kExitDone : kExitProblems;
}

int report(Console& console, const Result<int>& code) {
    if (code) return *code;
    console.fail_with(code.error());
    return exit_code_of(code.error());
}

int run_import(const Invocation& invocation, Console& console) {
    return report(console, import_files(invocation, console));
}

int run_list(const Invocation& invocation, Console& console) {
    return report(console, [&]() -> Result<int> {
        ATTUNE_TRY(auto target, ItemTarget::open(invocation));
        const ItemFilterText filter{invocation.text("category").value_or(""),
                                    invocation.text("tag").value_or("")};
        ATTUNE_TRY_VOID(
            target->list(filter, [&](std::string_view line) { return console.write_line(line); }));
        ATTUNE_TRY_VOID(target->close());
        return kExitDone;
    }());
}

int run_get(const Invocation& invocation, Console& console) {
    return answer_line(console, [&]() -> Result<std::string> {
        ATTUNE_TRY(auto target, ItemTarget::open(invocation));
        ATTUNE_TRY(auto line, target->get(*invocation.text("ITEM_ID")));
        ATTUNE_TRY_VOID(target->close());
        return line;
    }());
}

int run_put(const Invocation& invocation, Console& console) {
    return answer_line(console, [&]() -> Result<std::string> {
        base::PosixDisk disk;
        ATTUNE_TRY(const auto text,
                   base::read_file(disk, *invocation.text("FILE"), kItemFileBytesMax));
        ATTUNE_TRY(const auto document, base::JsonDocument::parse(text));
        ATTUNE_TRY(auto item, engine::read_item(document.root()));
        const std::string id = item.id;
        ATTUNE_TRY(auto target, ItemTarget::open(invocation));
        std::vector<domain::Item> one;
        one.push_back(std::move(item));
        ATTUNE_TRY(const auto outcome, target->put(std::move(one)));
        for (const ItemTarget::Rejected& wrong : outcome.rejected)
            return fail(Code::invalid_argument, reasons_of(wrong.fields, wrong.message).front());
        ATTUNE_TRY(auto line, target->get(id));
        ATTUNE_TRY_VOID(target->close());
        return line;
    }());
}

int run_remove(const Invocation& invocation, Console& console) {
    return report(console, [&]() -> Result<int> {
        ATTUNE_TRY(auto target, ItemTarget::open(invocation));
        ATTUNE_TRY_VOID(target->remove(*invocation.text("ITEM_ID")));
        console.say("removed");
        ATTUNE_TRY_VOID(target->close());
        return kExitDone;
    }());
}

}  // namespace

const Command kItemsImport{
    .name = "items import",
    .summary = "Puts the items of files into the catalogue: NDJSON or CSV, plain or gzipped.",
    .manual =
        "Each row replaces the item of its id as a whole; what is there already is not written "
        "again, so a feed may be imported "
        "every day. Of a CSV, columns called as a field of an item are that field (id, title, "
        "description, categories, tags, brand, "
        "price, currency, url, image_url, latitude, longitude, hidden, available_from, "
        "available_until, created_at, "
        "embeddings.NAME), and all others become attributes. A wrong row never costs its "
        "neighbours.",
    .arguments = {{.name = "FILE", .doc = "Files of items.", .repeats = true}},
    .options = {{.name = "format",
                 .value = "FORMAT",
                 .doc = "ndjson or csv; by the file's name when left out.",
                 .fallback = "auto",
                 .choices = {"auto", "ndjson", "csv"}},
                {.name = "map",
                 .value = "FIELD=COLUMN,…",
                 .doc = "CSV: which column holds which field of an item.",
                 .repeats = true},
                {.name = "set",
                 .value = "FIELD=TEXT,…",
                 .doc = "CSV: fields that are the same in every row, as in --set currency=EUR.",
                 .repeats = true},
                {.name = "separator",
                 .value = "CHARACTER",
                 .doc = "CSV: what stands between several categories or tags in one cell; a "
                        "vertical bar when left out."},
                {.name = "delimiter",
                 .value = "CHARACTER",
                 .doc = "CSV: what separates cells, or `tab`; a comma, or a tab for .tsv."},
                {.name = "time-format",
                 .value = "FORMAT",
                 .doc = "CSV: rfc3339, unix, unix_ms, or a pattern of strptime in UTC.",
                 .fallback = "rfc3339"},
                {.name = "rejects",
                 .value = "FILE",
                 .doc = "Writes rejected rows and the reasons to this file, as NDJSON."},
                tenant_option(),
                url_option()},
    .settings = TakesSettings::engine,
    .run = &run_import};

const Command kItemsList{
    .name = "items list",
    .summary = "Lists the items by id, one line of JSON each, without their embeddings.",
    .options = {{.name = "category", .value = "NAME", .doc = "Only those in it."},
                {.name = "tag", .value = "NAME", .doc = "Only those with it."},
                tenant_option(),
                url_option()},
    .settings = TakesSettings::engine,
    .run = &run_list};

const Command kItemsGet{.name = "items get",
                        .summary = "Prints an item as one line of JSON.",
                        .arguments = {{.name = "ITEM_ID", .doc = "Its id."}},
                        .options = {tenant_option(), url_option()},
                        .settings = TakesSettings::engine,
                        .run = &run_get};

const Command kItemsPut{
    .name = "items put",
    .summary = "Saves the item of a file of JSON, and prints it as it was saved.",
    .arguments = {{.name = "FILE", .doc = "All of the item, with its id."}},
    .options = {tenant_option(), url_option()},
    .settings = TakesSettings::engine,
    .run = &run_put};

const Command kItemsRemove{.name = "items remove",
                           .summary = "Takes an item out of the catalogue.",
                           .arguments = {{.name = "ITEM_ID", .doc = "Its id."}},
                           .options = {tenant_option(), url_option()},
                           .settings = TakesSettings::engine,
                           .run = &run_remove};

}  // namespace attune::app
