// What one flag costs in-process, against the floors: static 150 ns, targeted 500 ns, fractional 700 ns; and a hundred of
// them, evaluated and as OFREP's bulk answer with its tag (floor 100 us). What flagd-core takes for the same in the same run,
// where node and the package are installed (bench/peers).
#include "api/ofrep/answer.h"
#include "api/ofrep/stream.h"
#include "base/json.h"
#include "engine/flags/flag_set.h"
#include "peers.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using attune::base::JsonDocument;
using attune::engine::FlagAnswer;
using attune::engine::FlagContext;
using attune::engine::FlagError;
using attune::engine::FlagSet;
using attune::engine::FlagSetSource;
using attune::engine::LogicValue;

struct Subject {
    const char* name;
    const char* key;
    double floor_ns;
};

constexpr auto kSubjects = std::to_array<Subject>({
    {"static", "static", 150},
    {"targeted", "targeted", 500},
    {"fractional", "fractional", 700},
    {"rollout", "rollout", 500},
});

// The four among a hundred, as a tenant has them.
std::string flags() {
    std::string text =
        R"({"$evaluators":{"staff":{"ends_with":[{"var":"email"},"@example.org"]}},"flags":{)"
        R"("static":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"},)"
        R"("targeted":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":)"
        R"({"if":[{"and":[{"==":[{"var":"country"},"CH"]},{"sem_ver":[{"var":"app"},">=","2.1.0"]},{"$ref":"staff"}]},"on","off"]}},)"
        R"("fractional":{"state":"ENABLED","variants":{"a":"a","b":"b","c":"c"},"defaultVariant":"a","targeting":)"
        R"({"fractional":[{"cat":[{"var":"$flagd.flagKey"},{"var":"email"}]},["a",50],["b",25],["c",25]]}},)"
        R"("rollout":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","rollout":{"variant":"on",)"
        R"("steps":[{"at":"2020-01-01T00:00:00Z","share":0.05},{"at":"2021-01-01T00:00:00Z","share":0.5}],"guardrails":[{"event":"error"}]}})";
    for (int i = 0; i < 96; ++i)
        text +=
            R"(,"flag-)" + std::to_string(i) +
            R"(":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"if":[{"==":[{"var":"country"},"CH"]},"on"]}})";
    return text + "}}";
}

constexpr const char* kContext =
    R"({"targetingKey":"user-184467","email":"ada@example.org","country":"CH","app":"2.10.3","device":"mobile"})";

// The rollout is ours alone.
std::string question() {
    return "{\"flags\":" + flags() + ",\"context\":" + kContext +
           R"(,"ask":[["static",false],["targeted",false],["fractional","a"]]})";
}

template <class Work>
double nanoseconds_of(Work work) {
    using Clock = std::chrono::steady_clock;
    double best = 1e18;
    for (int round = 0; round < 9; ++round) {
        constexpr int kTimes = 5'000;
        const auto began = Clock::now();
        for (int i = 0; i < kTimes; ++i) work();
        const std::chrono::duration<double, std::nano> took = Clock::now() - began;
        best = std::min(best, took.count() / kTimes);
    }
    return best;
}

void must_hold(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

int main() {
    const auto file = JsonDocument::parse(flags()).value();
    const auto set = FlagSet::compile(FlagSetSource::of_file(file.root()).value()).value();
    const auto attributes = JsonDocument::parse(kContext).value();
    const FlagContext context{.attributes = LogicValue(attributes.root()),
                              .now = attune::base::Time(std::chrono::seconds(1'780'000'000))};
    bool all_within = true;
    const auto peers = attune::bench::peer_figures("flags.mjs", question());
    for (std::size_t i = 0; i < kSubjects.size(); ++i) {
        const Subject& subject = kSubjects[i];
        const double took = nanoseconds_of([&] {
            const FlagAnswer answer = set->evaluate(subject.key, context);
            must_hold(answer.error == FlagError::none && answer.variant != nullptr);
        });
        all_within = all_within && took <= subject.floor_ns;
        std::printf("%-12s %8.1f ns   floor %5.0f ns   %4.2f of it", subject.name, took,
                    subject.floor_ns, took / subject.floor_ns);
        if (i < peers.size() && !peers[i].empty())
            std::printf("   flagd-core %8.0f ns, %4.1f times", peers[i][0], peers[i][0] / took);
        std::puts("");
    }
    const double all = nanoseconds_of([&] {
        for (const auto& flag : set->flags())
            must_hold(set->evaluate(flag, context).error == FlagError::none);
    });
    std::printf("%-12s %8.1f us\n", "100 flags", all / 1000);
    const attune::http::Request request;
    const attune::api::ofrep::FlagSelector everything;
    const std::string stream = attune::api::ofrep::stream_at("ats_token");
    std::size_t bytes = 0;
    const double bulk = nanoseconds_of([&] {
        bytes = attune::api::ofrep::bulk({*set, everything, stream}, context, request).body.size();
        must_hold(bytes > 0);
    });
    constexpr double kBulkFloorNs = 100'000;
    all_within = all_within && bulk <= kBulkFloorNs;
    std::printf("%-12s %8.1f us   floor %5.0f us   %4.2f of it, %zu bytes\n", "bulk OFREP",
                bulk / 1000, kBulkFloorNs / 1000, bulk / kBulkFloorNs, bytes);
    const FlagSetSource source = FlagSetSource::of_file(file.root()).value();
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i) must_hold(FlagSet::compile(source).has_value());
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
    std::printf("%-12s %8.1f us\n", "compiling", took.count() / 100);
    return all_within ? 0 : 1;
}
