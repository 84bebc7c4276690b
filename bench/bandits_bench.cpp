// Bandits at work: from a reward that is durable to a draw that uses it, over RocksDB with every commit synced; what a draw
// costs without and with context; how fast a log is read again, and how long another policy takes to be judged on it.
//
//     bandits_bench [DIRECTORY]
#include "stopwatch.h"

#include "base/json.h"
#include "base/keyed_hash.h"
#include "domain/describe.h"
#include "engine/bandit/bandits.h"
#include "engine/bandit/what_if.h"
#include "engine/experiment/plan.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

const TenantId kTenant{1};
const base::SystemClock kClock;

std::string definition(std::string_view bandit) {
    return R"({"name":"n","variants":[{"name":"a","weight":0.5},{"name":"b","weight":0.5}],"metrics":[)"
           R"({"name":"bought","role":"primary","kind":"conversion","event":"purchase"}],"bandit":)" +
           std::string(bandit) + "}";
}

store::PersonId person(std::uint64_t number) {
    return base::hash128(base::HashKey{}, std::to_string(number));
}

store::StoredEvent event(std::string_view name, std::string_view properties) {
    static std::uint64_t events = 0;
    domain::Event e{.id = std::to_string(++events), .user_id = "u", .event = std::string(name)};
    e.time = e.received_at = kClock.now();
    e.properties = base::JsonText::trusted(std::string(properties));
    return {.key = person(1'000'000'000 + events), .payload = base::to_json(e)};
}

std::string decision(std::string_view chosen, std::string_view probability) {
    return R"({"choices":[{"of":"experiment:e","chosen":")" + std::string(chosen) +
           R"(","probability":)" + std::string(probability) +
           R"(}],"features":{"context":{"device":"mobile"}}})";
}

void append(store::Store& store, std::uint64_t who, store::StoredEvent told) {
    auto ticket =
        store.append({.tenant = kTenant, .person = person(who), .events = {std::move(told)}});
    if (!ticket || !ticket->wait()) std::abort();
}

std::unique_ptr<Experiments> begun(store::Store& store, std::string_view bandit) {
    auto experiments = std::make_unique<Experiments>(store, kClock);
    const bool is_started =
        experiments->put(kTenant, "e", base::JsonText::trusted(definition(bandit)), {}) &&
        experiments->start(kTenant, "e", {});
    if (!is_started) std::abort();
    return experiments;
}

// What a new unit in the first bucket is drawn with; it is remembered, so each asks as somebody new.
double probability_now(const Bandits& bandits, const CompiledExperiment& experiment) {
    static std::uint64_t asked = 0;
    BanditDrawing drawing(bandits, kTenant);
    const std::string unit = std::to_string(++asked);
    return drawing.draw(experiment, unit, 0, {.input = {}, .person = unit})->probability;
}

void from_reward_to_use(const std::string& directory) {
    auto store = store::open_rocksdb({.directory = directory});
    if (!store) std::abort();
    const auto experiments = begun(**store, R"({"begin_units":0,"floor":0.001})");
    Bandits bandits(**store, *experiments);
    bandits.watch(kTenant);
    const auto set = *experiments->of(kTenant);
    const CompiledExperiment& experiment = *set->find("e");
    std::vector<double> waits;
    for (std::uint64_t i = 0; i < 400; ++i) {
        append(**store, i, event("$decision", decision(i % 2 == 0 ? "a" : "b", "0.5")));
        std::this_thread::sleep_for(10ms);
        const double before = probability_now(bandits, experiment);
        append(**store, i, event("purchase", "{}"));
        const auto durable = std::chrono::steady_clock::now();
        const auto until = durable + 1s;
        while (probability_now(bandits, experiment) == before &&
               std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(20us);
        const auto waited = std::chrono::steady_clock::now() - durable;
        if (waited < 1s) waits.push_back(std::chrono::duration<double, std::milli>(waited).count());
    }
    std::ranges::sort(waits);
    std::cout << "from a durable reward to a draw that uses it (" << waits.size()
              << " times): median " << waits[waits.size() / 2] << " ms, 99 of 100 within "
              << waits[waits.size() * 99 / 100] << " ms\n";
}

void drawing(std::string_view what, std::string_view bandit) {
    const auto store = store::open_memory({});
    const auto experiments = begun(*store, bandit);
    for (std::uint64_t i = 0; i < 200; ++i) {
        append(*store, i, event("$decision", decision(i % 2 == 0 ? "a" : "b", "0.5")));
        if (i % 3 == 0) append(*store, i, event("purchase", "{}"));
    }
    Bandits bandits(*store, *experiments);
    if (!bandits.catch_up(kTenant)) std::abort();
    const auto set = *experiments->of(kTenant);
    const auto context = *base::JsonDocument::parse(R"({"context":{"device":"mobile"}})");
    const LogicInput input{.data = LogicValue(context.root())};
    constexpr int kTimes = 200'000;
    std::vector<std::string> people;
    for (int i = 0; i < kTimes; ++i) people.push_back("user-" + std::to_string(i));
    std::size_t given = 0;
    bench::Stopwatch watch;
    for (const std::string& user : people) {
        BanditDrawing draws(bandits, kTenant);
        given += set->assign("", {.input = input, .person = user, .bandits = &draws}).size();
    }
    std::cout << "a draw " << what << ": " << watch.seconds() * 1e9 / kTimes << " ns (" << given
              << ")\n";
}

void reading_and_judging(std::uint64_t people) {
    const auto store = store::open_memory({});
    const auto experiments = begun(*store, "{}");
    for (std::uint64_t i = 0; i < people; ++i) {
        std::vector<store::StoredEvent> told{
            event("page", R"({"path":"/"})"),
            event("$decision", decision(i % 2 == 0 ? "a" : "b", "0.5")),
            event("view", R"({"category":"games"})")};
        if (i % 5 == 0) told.push_back(event("purchase", "{}"));
        if (!store->append({.tenant = kTenant, .person = person(i), .events = std::move(told)}))
            std::abort();
    }
    if (!store->flush()) std::abort();
    const double events = static_cast<double>(people) * 3.2;
    Bandits bandits(*store, *experiments);
    bench::Stopwatch reading;
    if (!bandits.catch_up(kTenant)) std::abort();
    std::cout << "reading a log again: " << events / reading.seconds() << " events/s\n";
    const auto set = *experiments->of(kTenant);
    const WhatIf asked{.of = "experiment:e",
                       .reward = *primary_metric(set->find("e")->definition),
                       .policy = {.weights = {{"a", 0.2}, {"b", 0.8}}, .logic = {}},
                       .limit = WhatIf::kLimitMax};
    bench::Stopwatch judging;
    const auto answer = what_if(*store, kTenant, asked);
    if (!answer) std::abort();
    std::cout << "another policy judged on " << answer->evaluation.rows
              << " decisions: " << judging.seconds() << " s\n";
}

}  // namespace
}  // namespace attune::engine

int main(int argc, char** argv) {
    const std::string directory = argc > 1 ? argv[1] : "bandits_bench.store";
    std::filesystem::remove_all(directory);
    attune::engine::from_reward_to_use(directory);
    std::filesystem::remove_all(directory);
    attune::engine::drawing("without context", R"({"begin_units":0})");
    attune::engine::drawing(
        "with context",
        R"({"strategy":"linear_thompson","begin_units":0,"features":["context.device"]})");
    attune::engine::reading_and_judging(300'000);
}
