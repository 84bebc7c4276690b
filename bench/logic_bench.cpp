// Nanoseconds an evaluation takes, for rules as people write them; and what json-logic-js and zen-engine take for the same
// rules in the same run, where node and the packages are installed (bench/peers).
#include "base/json.h"
#include "engine/logic/logic.h"
#include "peers.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using attune::base::JsonDocument;
using attune::engine::Logic;
using attune::engine::LogicInput;
using attune::engine::LogicScratch;
using attune::engine::LogicValue;

struct Rule {
    const char* name;
    const char* logic;
    const char* zen;  // the same as an expression of zen-engine
};

constexpr auto kRules = std::to_array<Rule>({
    {"one comparison", R"({">=":[{"var":"profile.age"},18]})", "profile.age >= 18"},
    {"four conditions",
     R"({"and":[{"==":[{"var":"context.device"},"mobile"]},{">":[{"var":"profile.age"},18]},{"in":[{"var":"context.country"},["CH","DE","AT"]]},{"!":{"var":"profile.opted_out"}}]})",
     "context.device == 'mobile' and profile.age > 18 and context.country in ['CH','DE','AT'] and "
     "not profile.opted_out"},
    {"if chain",
     R"({"if":[{"<":[{"var":"time.hour"},6]},"night",{"<":[{"var":"time.hour"},12]},"morning",{"<":[{"var":"time.hour"},18]},"day","evening"]})",
     "time.hour < 6 ? 'night' : time.hour < 12 ? 'morning' : time.hour < 18 ? 'day' : 'evening'"},
    {"list filter",
     R"({">":[{"reduce":[{"filter":[{"var":"orders"},{">":[{"var":"value"},10]}]},{"+":[{"var":"accumulator"},{"var":"current.value"}]},0]},50]})",
     "sum(map(filter(orders, #.value > 10), #.value)) > 50"},
    {"text", R"({"in":["sale",{"cat":[{"var":"context.page"},"/",{"var":"context.device"}]}]})",
     "contains(context.page + '/' + context.device, 'sale')"},
});

constexpr const char* kData =
    R"({"profile":{"name":"Ada","plan":"free","age":31,"opted_out":false},"context":{"page":"/shop/sale","device":"mobile","country":"CH"},)"
    R"("time":{"hour":14,"weekday":3},"segments":["new","sale-hunter"],)"
    R"("orders":[{"value":5},{"value":20},{"value":40},{"value":1},{"value":12.5}]})";

double nanoseconds_of(const Logic& logic, const LogicInput& input) {
    using Clock = std::chrono::steady_clock;
    double best = 1e18;
    for (int round = 0; round < 7; ++round) {
        constexpr int kTimes = 200'000;
        std::size_t truthy = 0;
        const auto began = Clock::now();
        for (int i = 0; i < kTimes; ++i) {
            LogicScratch scratch;
            truthy += logic.evaluate(input, scratch)->is_absent() ? 1u : 0u;
        }
        const std::chrono::duration<double, std::nano> took = Clock::now() - began;
        if (truthy > 0) std::abort();
        best = std::min(best, took.count() / kTimes);
    }
    return best;
}

std::string question() {
    std::string text = "{\"data\":" + std::string(kData) + ",\"rules\":[";
    for (const Rule& rule : kRules) {
        if (&rule != kRules.data()) text += ',';
        text += "{\"logic\":" + std::string(rule.logic) + ",\"zen\":\"" + rule.zen + "\"}";
    }
    return text + "]}";
}

}  // namespace

int main() {
    const auto data = JsonDocument::parse(kData).value();
    const LogicInput input{.data = LogicValue(data.root())};
    const auto peers = attune::bench::peer_figures("logic.mjs", question());
    for (std::size_t i = 0; i < kRules.size(); ++i) {
        const auto document = JsonDocument::parse(kRules[i].logic).value();
        const double ours = nanoseconds_of(Logic::compile(document.root()).value(), input);
        std::printf("%-16s %8.1f ns", kRules[i].name, ours);
        if (i < peers.size() && peers[i].size() == 2)
            std::printf("   json-logic-js %8.1f ns, %5.1f times   zen-engine %8.0f ns", peers[i][0],
                        peers[i][0] / ours, peers[i][1]);
        std::puts("");
    }
    return 0;
}
