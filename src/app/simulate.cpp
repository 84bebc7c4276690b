#include "app/commands.h"
#include "app/event_sink.h"
#include "app/out_file.h"
#include "base/json.h"
#include "domain/describe.h"
#include "learn/simulate/world.h"

#include <algorithm>
#include <string_view>

namespace attune::app {

namespace {

namespace simulate = learn::simulate;

constexpr std::size_t kBatchEvents = 1'000;

Result<simulate::WorldOptions> world_options(const Invocation& invocation) {
    simulate::WorldOptions options;
    ATTUNE_TRY(options.seed, invocation.number_or("seed", options.seed, 0, UINT64_MAX));
    ATTUNE_TRY(const auto people, invocation.number_or("people", options.people, 1, 1u << 31));
    ATTUNE_TRY(const auto items, invocation.number_or("items", options.items, 1, 1u << 31));
    ATTUNE_TRY(const auto days, invocation.number_or("days", options.days, 1, 3'650));
    ATTUNE_TRY(options.events, invocation.number_or("events", 0, 0, UINT64_MAX));
    options.people = static_cast<std::uint32_t>(people);
    options.items = static_cast<std::uint32_t>(items);
    options.days = static_cast<std::uint32_t>(days);
    if (const auto start = invocation.text("start")) {
        const auto time = base::parse_time(
            start->find('T') == std::string::npos ? *start + "T00:00:00Z" : *start);
        if (!time) return fail_field("--start", "must be a day such as 2026-01-01");
        options.start = std::chrono::floor<std::chrono::days>(*time);
    }
    ATTUNE_TRY_VOID(simulate::World::check(options));
    return options;
}

// Writes `line(i)` for every i below `count`.
template <class Line>
Result<void> write_lines(Console& console, const std::string& path, std::uint32_t count,
                         Line line) {
    ATTUNE_TRY(auto out, OutFile::open(console, path));
    for (std::uint32_t i = 0; i < count; ++i) {
        base::append_json(out.buffer(), line(i));
        if (!out.row()) return fail(Code::cancelled, path + " cannot be written any more");
    }
    return out.finish();
}

Result<void> write_events(const simulate::World& world, Console& console,
                          const std::optional<std::string>& path) {
    ATTUNE_TRY(auto out, OutFile::open(console, path));
    Progress progress(console, "simulating", "events", world.options().days);
    simulate::Generator generator(world);
    domain::IncomingEvent event;
    while (generator.next(event)) {
        base::append_json(out.buffer(), event);
        if (!out.row()) return fail(Code::cancelled, "the output cannot be written any more");
        if (out.rows() % kBatchEvents == 0)
            progress.at(static_cast<std::uint64_t>(generator.day()), generator.count());
    }
    ATTUNE_TRY_VOID(out.finish());
    progress.at(world.options().days, generator.count());
    progress.finish();
    return {};
}

Result<void> send_events(const simulate::World& world, const Invocation& invocation,
                         Console& console) {
    ATTUNE_TRY(auto sink, open_sink(invocation, "simulate"));
    Progress progress(console, "sending", "events", world.options().days);
    simulate::Generator generator(world);
    std::vector<domain::IncomingEvent> batch;
    Result<void> outcome;
    std::uint64_t accepted = 0;
    std::uint64_t duplicates = 0;
    const auto done = [&](Result<SinkOutcome> sent) {
        if (!outcome) return;
        if (!sent) outcome = std::unexpected(sent.error());
        if (sent) accepted += sent->accepted;
        if (sent) duplicates += sent->duplicates;
        if (sent && !sent->rejected.empty()) {
            outcome =
                fail(Code::internal, "an event was refused: " + sent->rejected.front().message);
        }
    };
    domain::IncomingEvent event;
    bool more = true;
    while (more && outcome) {
        more = generator.next(event);
        if (more) batch.push_back(event);
        if (batch.size() < kBatchEvents && (more || batch.empty())) continue;
        ATTUNE_TRY_VOID(sink->send(std::exchange(batch, {}), done));
        progress.at(static_cast<std::uint64_t>(generator.day()), generator.count());
    }
    ATTUNE_TRY_VOID(sink->finish());
    ATTUNE_TRY_VOID(outcome);
    progress.at(world.options().days, generator.count());
    progress.finish();
    console.say("sent " + grouped(accepted + duplicates) + " events, " + grouped(duplicates) +
                " of them seen before");
    return {};
}

bool is_sent(const Invocation& invocation) {
    return invocation.has("url") || invocation.has("into-data-dir");
}

// Lines of two kinds, one after the other, nobody could tell apart.
Result<void> check_outputs(const Invocation& invocation) {
    int on_standard_output = !is_sent(invocation) && is_standard_output(invocation.text("out"));
    for (const std::string_view name : {"items-out", "truth", "items-truth"})
        if (invocation.has(name) && is_standard_output(invocation.text(name))) ++on_standard_output;
    if (on_standard_output <= 1) return {};
    return fail(Code::invalid_argument,
                "only one of --out, --items-out, --truth and --items-truth can go to standard "
                "output; events go there without --out");
}

Result<void> run(const Invocation& invocation, Console& console) {
    ATTUNE_TRY(const auto options, world_options(invocation));
    ATTUNE_TRY_VOID(check_outputs(invocation));
    const simulate::World world(options);
    if (const auto path = invocation.text("items-out")) {
        ATTUNE_TRY_VOID(write_lines(console, *path, options.items, [&](std::uint32_t i) {
            return world.catalogue().describe(i);
        }));
    }
    if (const auto path = invocation.text("truth")) {
        ATTUNE_TRY_VOID(write_lines(console, *path, options.people,
                                    [&](std::uint32_t i) { return world.truth_of(i); }));
    }
    if (const auto path = invocation.text("items-truth")) {
        ATTUNE_TRY_VOID(write_lines(console, *path, options.items,
                                    [&](std::uint32_t i) { return world.item_truth_of(i); }));
    }
    if (is_sent(invocation)) return send_events(world, invocation, console);
    return write_events(world, console, invocation.text("out"));
}

int run_simulate(const Invocation& invocation, Console& console) {
    const auto done = run(invocation, console);
    if (done) return kExitDone;
    console.fail_with(done.error());
    return exit_code_of(done.error());
}

std::vector<Option> options() {
    std::vector<Option> all = {
        {.name = "seed", .value = "N", .doc = "Which of all possible worlds.", .fallback = "1"},
        {.name = "people", .value = "N", .doc = "How many people there are.", .fallback = "1000"},
        {.name = "items", .value = "N", .doc = "How many apps the store has.", .fallback = "2000"},
        {.name = "days", .value = "N", .doc = "How long it goes on.", .fallback = "30"},
        {.name = "start", .value = "DAY", .doc = "The first day.", .fallback = "2026-01-01"},
        {.name = "events",
         .value = "N",
         .doc = "End after exactly so many events; people come by more or less often so that it "
                "takes about --days."},
        {.name = "out",
         .value = "FILE",
         .doc = "Where to write the events; standard output when left out, or -."},
        {.name = "items-out", .value = "FILE", .doc = "Write the catalogue there."},
        {.name = "truth",
         .value = "FILE",
         .doc =
             "Write what is true of each person there: tastes, prices, rhythm, when they leave."},
        {.name = "items-truth", .value = "FILE", .doc = "Write what is true of each item there."},
        {.name = "into-data-dir",
         .doc = "Send the events into the data directory instead of writing them."}};
    std::ranges::copy(sink_options(), std::back_inserter(all));
    return all;
}

}  // namespace

const Command kSimulate{
    .name = "simulate",
    .summary = "Makes the events of a world whose truth is known: an app store and its people.",
    .manual =
        "The same options give the same bytes on every machine. Writes NDJSON, or drives a server "
        "with --url.",
    .options = options(),
    .settings = TakesSettings::engine,
    .run = &run_simulate};

}  // namespace attune::app
