// The JSON codec against the floor it stands on: a bare simdjson DOM parse of the same bytes,
// buffers reused. Prints, after Google Benchmark's own lines, what counts: nanoseconds per 500
// bytes and the ratio to the floor.
#include "domain/describe.h"

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstdio>
#include <map>
#include <string>

namespace {

using attune::base::append_json;
using attune::base::from_json;
using attune::base::JsonDocument;
using attune::base::JsonOptions;
using attune::base::Unknown;
using attune::domain::Event;
using attune::domain::IncomingEvent;

const std::string kIncoming =
    R"({"id":"0190f5f2-7c1e-7b3a-9d55-1c6a0e9b2f31","user_id":"customer-184467","event":"purchase",)"
    R"("item_id":"app-000123","value":4.99,"time":"2026-03-01T12:30:00.25Z",)"
    R"("sent_at":"2026-03-01T12:30:01Z","properties":{"currency":"EUR","price":4.99,"quantity":1,)"
    R"("category":"games","tags":["puzzle","offline"],"campaign":"spring-2026","position":3},)"
    R"raw("context":{"user_agent":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X)",)raw"
    R"("ip":"203.0.113.9","locale":"de-CH","timezone":"Europe/Zurich","page":"/apps/puzzle"}})";

JsonOptions keep() { return {.unknown = Unknown::keep}; }

const std::string& stored() {
    static const std::string text = [] {
        const auto incoming = from_json<IncomingEvent>(kIncoming, keep()).value();
        Event event{.id = *incoming.id, .user_id = incoming.user_id, .event = incoming.event};
        event.item_id = incoming.item_id;
        event.value = incoming.value;
        event.properties = incoming.properties;
        event.time = *incoming.time;
        event.received_at = *incoming.sent_at;
        event.enriched = {.device = "mobile",
                          .os = "iOS 17.1",
                          .browser = "Safari 17",
                          .locale = "de-CH",
                          .ip = "203.0.113.0",
                          .time_zone = "Europe/Zurich",
                          .local_hour = 13,
                          .local_weekday = 6,
                          .source = "api"};
        return attune::base::to_json(event);
    }();
    return text;
}

void count_bytes(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
    state.counters["bytes"] = static_cast<double>(bytes);
}

void bare_simdjson(benchmark::State& state) {
    simdjson::dom::parser parser;
    const simdjson::padded_string text(kIncoming);
    for (auto _ : state) benchmark::DoNotOptimize(parser.parse(text).error());
    count_bytes(state, kIncoming.size());
}
BENCHMARK(bare_simdjson);

void parse_and_check(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(JsonDocument::parse(kIncoming));
    count_bytes(state, kIncoming.size());
}
BENCHMARK(parse_and_check);

void read_incoming_event(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(from_json<IncomingEvent>(kIncoming, keep()));
    count_bytes(state, kIncoming.size());
}
BENCHMARK(read_incoming_event);

void read_stored_event(benchmark::State& state) {
    const JsonOptions options{.unknown = Unknown::ignore, .require_members = false};
    for (auto _ : state) benchmark::DoNotOptimize(from_json<Event>(stored(), options));
    count_bytes(state, stored().size());
}
BENCHMARK(read_stored_event);

void write_stored_event(benchmark::State& state) {
    const auto event = from_json<Event>(stored()).value();
    std::string out;
    for (auto _ : state) {
        out.clear();
        append_json(out, event);
        benchmark::DoNotOptimize(out.data());
    }
    count_bytes(state, stored().size());
}
BENCHMARK(write_stored_event);

// Keeps each figure so that the ratios can be printed at the end.
class Ratios : public benchmark::ConsoleReporter {
public:
    void ReportRuns(const std::vector<Run>& runs) override {
        ConsoleReporter::ReportRuns(runs);
        for (const Run& run : runs) {
            const double bytes = run.counters.at("bytes");
            per_500_bytes_[run.benchmark_name()] = run.GetAdjustedCPUTime() * 500 / bytes;
        }
    }
    void Finalize() override {
        const double floor = per_500_bytes_["bare_simdjson"];
        std::printf("\n%-24s %18s %8s   (goal for reading: under 1000 ns)\n", "",
                    "ns per 500 bytes", "ratio");
        for (const auto& [name, nanoseconds] : per_500_bytes_) {
            std::printf("%-24s %18.0f %7.2fx\n", name.c_str(), nanoseconds, nanoseconds / floor);
        }
    }

private:
    std::map<std::string, double> per_500_bytes_;
};

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    Ratios reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
}
