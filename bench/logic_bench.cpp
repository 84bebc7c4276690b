// Nanoseconds an evaluation takes, for rules as people write them; and json-logic-js's figure for the same rules in the
// same run, where node and the package are installed (tests/e2e/logic keeps them).
#include "base/json.h"
#include "engine/logic/logic.h"

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
};

constexpr auto kRules = std::to_array<Rule>({
    {"one comparison", R"({">=":[{"var":"profile.age"},18]})"},
    {"four conditions",
     R"({"and":[{"==":[{"var":"context.device"},"mobile"]},{">":[{"var":"profile.age"},18]},{"in":[{"var":"context.country"},["CH","DE","AT"]]},{"!":{"var":"profile.opted_out"}}]})"},
    {"if chain",
     R"({"if":[{"<":[{"var":"time.hour"},6]},"night",{"<":[{"var":"time.hour"},12]},"morning",{"<":[{"var":"time.hour"},18]},"day","evening"]})"},
    {"list filter",
     R"({">":[{"reduce":[{"filter":[{"var":"orders"},{">":[{"var":"value"},10]}]},{"+":[{"var":"accumulator"},{"var":"current.value"}]},0]},50]})"},
    {"text", R"({"in":["sale",{"cat":[{"var":"context.page"},"/",{"var":"context.device"}]}]})"},
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

// One figure a line, or none where it cannot run.
std::vector<double> peer_nanoseconds() {
    std::string script =
        "cd \"${ATTUNE_SOURCE:-.}/tests/e2e/logic\" 2>/dev/null && node -e '"
        "const l=require(\"json-logic-js\");const d=" +
        std::string(kData) + ";for(const r of [";
    for (const Rule& rule : kRules) script += std::string(rule.logic) + ",";
    script +=
        "]){let best=1e18;for(let k=0;k<7;k++){const b=process.hrtime.bigint();for(let "
        "i=0;i<50000;i++)l.apply(r,d);"
        "best=Math.min(best,Number(process.hrtime.bigint()-b)/50000);}console.log(best);}' "
        "2>/dev/null";
    std::vector<double> figures;
    std::FILE* const pipe = ::popen(script.c_str(), "r");
    if (pipe == nullptr) return figures;
    std::array<char, 64> line;
    while (std::fgets(line.data(), line.size(), pipe) != nullptr)
        figures.push_back(std::strtod(line.data(), nullptr));
    ::pclose(pipe);
    return figures.size() == kRules.size() ? figures : std::vector<double>{};
}

}  // namespace

int main() {
    const auto data = JsonDocument::parse(kData).value();
    const LogicInput input{.data = LogicValue(data.root())};
    const std::vector<double> peer = peer_nanoseconds();
    if (peer.empty())
        std::puts(
            "json-logic-js is not there (npm ci in tests/e2e/logic, and run this in the source "
            "directory): no ratio");
    for (std::size_t i = 0; i < kRules.size(); ++i) {
        const auto document = JsonDocument::parse(kRules[i].logic).value();
        const double ours = nanoseconds_of(Logic::compile(document.root()).value(), input);
        if (peer.empty())
            std::printf("%-16s %8.1f ns\n", kRules[i].name, ours);
        else
            std::printf("%-16s %8.1f ns   json-logic-js %8.1f ns   %5.1f times as fast\n",
                        kRules[i].name, ours, peer[i], peer[i] / ours);
    }
    return 0;
}
