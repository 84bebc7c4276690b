// Experiment results over ten million exposures: what an update and an answer cost, what the counts take in memory, how
// fast a log is read again (from memory), and what assigning costs.
//
//     experiment_bench [MILLIONS]
#include "stopwatch.h"

#include "base/json.h"
#include "base/manual_clock.h"
#include "domain/describe.h"
#include "engine/experiment/experiment_reader.h"
#include "engine/experiment/results.h"
#include "store/memory/memory_store.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace attune::engine {
namespace {

constexpr std::string_view kDefinition =
    R"({"name":"n","variants":[{"name":"control","weight":0.5},{"name":"blue","weight":0.5}],"metrics":[)"
    R"({"name":"bought","role":"primary","kind":"conversion","event":"purchase"},)"
    R"({"name":"spent","kind":"sum","event":"purchase","covariate_seconds":86400},)"
    R"({"name":"median","kind":"quantile","event":"purchase","quantile":0.5}],)"
    R"("minimum_effect":0.05,"plan":{"baseline_mean":0.1}})";

UnitKey unit(std::uint64_t number) {
    UnitKey key;
    number = (number + 1) * 0x9e3779b97f4a7c15;
    for (std::size_t i = 0; i < 16; ++i)
        key.bytes[i] =
            static_cast<std::uint8_t>((number * (i < 8 ? 1 : 0xd6e8feb86659fd93)) >> (8 * (i % 8)));
    return key;
}

double resident_mb() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t pages = 0;
    file >> pages >> pages;
    return static_cast<double>(pages) * 4096 / 1e6;
}

void results_after_an_update(std::uint64_t millions) {
    const auto definition = *base::from_json<domain::Experiment>(kDefinition);
    const std::uint64_t units = millions * 1'000'000;
    const double before = resident_mb();
    Tally tally(definition);
    std::mt19937_64 dice(1);
    const base::Time start{std::chrono::seconds(1'780'000'000)};
    bench::Stopwatch filling;
    for (std::uint64_t i = 0; i < units; ++i) {
        tally.expose(unit(i), dice() % 2, 1, start);
        if (dice() % 10 == 0)
            tally.observe(unit(i), {"purchase", start + std::chrono::minutes(1),
                                    static_cast<double>(dice() % 10'000) / 100});
    }
    const double filled = filling.seconds();
    bench::Stopwatch updating;
    for (std::uint64_t i = 0; i < 10'000; ++i)
        tally.observe(unit(dice() % units), {"purchase", start + std::chrono::minutes(2), 5.0});
    const double updated = updating.seconds();
    bench::Stopwatch answering;
    const auto results = results_of("e", definition, tally, {});
    const double answered = answering.seconds();
    std::cout << units << " exposures counted in " << filled << " s, "
              << (resident_mb() - before) * 1e6 / static_cast<double>(units) << " bytes each\n"
              << "10,000 events more: " << updated * 1e3 << " ms; results: " << answered * 1e3
              << " ms (floor for both: 100 ms), verdict " << results->verdict.decision << '\n';
}

void assigning() {
    auto definition = *base::from_json<domain::Experiment>(kDefinition);
    definition.status = domain::ExperimentStatus::running;
    definition.room = {{0, 8'000}};
    const auto experiment = *CompiledExperiment::compile("e", 1, definition);
    const auto nothing = *base::JsonDocument::parse("{}");
    std::uint64_t given = 0;
    constexpr int kTimes = 5'000'000;
    std::vector<std::string> people;
    for (int i = 0; i < 1'000; ++i) people.push_back("user-" + std::to_string(i));
    bench::Stopwatch watch;
    for (int i = 0; i < kTimes; ++i)
        given += experiment
                     ->assign({.input = {.data = LogicValue(nothing.root())},
                               .person = people[static_cast<std::size_t>(i) % people.size()]})
                     .counts();
    std::cout << "an assignment: " << watch.seconds() * 1e9 / kTimes << " ns (" << given << ")\n";
}

// Rules with a goal, which nobody matches.
class OtherQuestions final : public QuestionSource {
public:
    explicit OtherQuestions(std::size_t count) {
        auto questions = std::make_shared<Questions>();
        const auto split = std::make_shared<const domain::Experiment>(
            domain::Experiment{.variants = {{.name = "holdout", .weight = 0.05, .config = {}},
                                            {.name = "applied", .weight = 0.95, .config = {}}},
                               .metrics = {{.name = "goal", .event = "purchase"}}});
        for (std::size_t i = 0; i < count; ++i)
            questions->list.push_back({.of = "rule:" + std::to_string(i), .definition = split});
        if (count > 0) questions->counted = "rule:";
        questions_ = std::move(questions);
    }
    Result<std::shared_ptr<const Questions>> questions(TenantId) override { return questions_; }

private:
    std::shared_ptr<const Questions> questions_;
};

// How fast a log is read again after a restart, beside so many rules with a goal: each person is exposed, looks around and perhaps buys.
void reading_a_log(std::uint64_t people, std::size_t rules) {
    const domain::TenantId tenant{1};
    const base::ManualClock clock(base::Time(std::chrono::seconds(1'780'000'000)));
    const auto store = store::open_memory({});
    Experiments experiments(*store, clock);
    const bool is_started =
        experiments.put(tenant, "e", base::JsonText::trusted(std::string(kDefinition)), {}) &&
        experiments.start(tenant, "e", {});
    if (!is_started) std::abort();
    std::uint64_t events = 0;
    const auto event = [&](std::string_view name, int second, std::string_view more) {
        domain::Event e{.id = std::to_string(++events), .user_id = "u", .event = std::string(name)};
        e.time = e.received_at = clock.now() + std::chrono::seconds(second);
        e.properties = base::JsonText::trusted(std::string(more));
        return store::StoredEvent{.key = unit(1'000'000'000 + events), .payload = base::to_json(e)};
    };
    for (std::uint64_t i = 0; i < people; ++i) {
        const std::string choice = R"({"choices":[{"of":"experiment:e","chosen":")" +
                                   std::string(i % 2 == 0 ? "control" : "blue") +
                                   R"(","probability":0.5,"version":2}]})";
        const auto stored = store->append(
            {.tenant = tenant,
             .person = unit(i),
             .events = {event("page", 0, R"({"path":"/"})"), event("$decision", 1, choice),
                        event("view", 2, R"({"category":"games"})"), event("purchase", 3, "{}")}});
        if (!stored) std::abort();
    }
    ExperimentQuestions questions(experiments);
    OtherQuestions others(rules);
    QuestionReader reader(*store, {&questions, &others});
    bench::Stopwatch watch;
    if (!reader.catch_up(tenant)) std::abort();
    const double seconds = watch.seconds();
    const auto results = ExperimentReader(reader, experiments).results(tenant, "e");
    std::cout << "reading a log again: " << static_cast<double>(events) / seconds
              << " events/s, one in four an exposure, beside " << rules << " rules ("
              << results->units << " units)\n";
}

}  // namespace
}  // namespace attune::engine

int main(int argc, char** argv) {
    attune::engine::assigning();
    attune::engine::reading_a_log(50'000, 0);
    attune::engine::reading_a_log(50'000, 200);
    attune::engine::results_after_an_update(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10);
}
