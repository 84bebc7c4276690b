// Definitions of experiments of any kind: nothing crashes, what is refused has a place, everybody who takes part is given
// something, and whatever is counted, an answer can be written down.
#include "base/json.h"
#include "domain/describe.h"
#include "engine/experiment/describe.h"
#include "engine/experiment/plan.h"
#include "engine/experiment/results.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using attune::engine::Assignment;
using attune::engine::CompiledExperiment;
using attune::engine::Tally;

[[noreturn]] void wrong(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

attune::engine::UnitKey unit(std::uint8_t number) {
    attune::engine::UnitKey key;
    key.bytes[15] = number;
    return key;
}

// Sums that real people would not make: nothing, huge, negative and far away.
void count(const CompiledExperiment& experiment) {
    constexpr double kValues[] = {0, 1, -1, 1e300, 1e15, 1e-12};
    const attune::base::Time start{std::chrono::seconds(1'780'000'000)};
    Tally tally(experiment.definition);
    for (std::uint8_t i = 0; i < 60; ++i) {
        tally.expose(unit(i), i % tally.arms(), i % 3, start);
        for (const auto& metric : experiment.definition.metrics) {
            const auto at = start + std::chrono::hours(i % 7 == 0 ? -1 : 1);
            tally.observe(unit(i), {metric.event, at, kValues[i % 6]});
            if (metric.denominator)
                tally.observe(unit(i), {*metric.denominator, at, kValues[i % 5]});
        }
        if (i % 11 == 0) tally.forget(unit(i));
    }
    const auto results = attune::engine::results_of("fuzzed", experiment.definition, tally, {});
    if (!results) wrong("no results");
    const std::string text = attune::base::to_json(*results);
    if (!attune::base::JsonDocument::parse(text)) wrong("results that are no JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto definition = attune::base::from_json<attune::domain::Experiment>(
        {reinterpret_cast<const char*>(data), size});
    if (!definition) return 0;
    definition->status = attune::domain::ExperimentStatus::running;
    definition->room = {{0, attune::engine::kBuckets}};
    const auto compiled = CompiledExperiment::compile("e", 1, *definition);
    if (!compiled) {
        if (compiled.error().fields.empty()) wrong("refused without a place");
        return 0;
    }
    const auto nobody = attune::base::JsonDocument::parse("{}").value();
    const Assignment given =
        (*compiled)->assign({.input = {.data = attune::engine::LogicValue(nobody.root())},
                             .person = "ann",
                             .session = "s",
                             .group = "g"});
    if (given.outcome == Assignment::Outcome::assigned && given.variant == nullptr)
        wrong("assigned nothing");
    if (!(given.probability >= 0 && given.probability <= 1)) wrong("no probability");
    const auto need = attune::engine::units_needed((*compiled)->definition);
    if (!need && need.error().fields.empty()) wrong("not planned, without a place");
    count(**compiled);
    return 0;
}
