// How often the statistics are wrong, against what they claim: false positives of A/A tests looked at
// once, coverage of always-valid intervals that are looked at after every 1 % of the traffic, power
// against its calculation, the sample-ratio check against its level. docs/statistics.md quotes it.
#include "learn/trials/trials.h"

#include <array>

#include <cstdio>
#include <cstdlib>

namespace attune::learn {
namespace {

constexpr std::array kMetrics{Metric::proportion, Metric::mean, Metric::ratio};
constexpr std::array kNames{"proportion", "mean", "ratio"};

void print(const char* what, std::size_t metric, bool adjusted, double value, double claimed) {
    std::printf("%-44s %-10s %-5s %6.2f %%  (claimed %.0f %%)\n", what, kNames[metric],
                adjusted ? "CUPED" : "", 100 * value, 100 * claimed);
}

void run(std::uint64_t runs) {
    for (std::size_t metric = 0; metric < kMetrics.size(); ++metric) {
        for (const bool adjusted : {false, true}) {
            TrialOptions options{.metric = kMetrics[metric],
                                 .adjusted = adjusted,
                                 .people = 4'000,
                                 .looks = 1,
                                 .runs = runs};
            print("A/A false positives, one look", metric, adjusted,
                  run_trials(options)->last_claimed, 0.05);
            options.lift = 0.2;
            print("truth left out, lift 20 %, one look", metric, adjusted,
                  run_trials(options)->last_wrong, 0.05);
            options = {.metric = kMetrics[metric],
                       .method = Method::sequential,
                       .adjusted = adjusted,
                       .runs = runs / 5};
            print("always valid, A/A: ever wrong in 100 looks", metric, adjusted,
                  run_trials(options)->ever_wrong, 0.05);
            options.lift = 0.1;
            print("always valid, lift 10 %: ever wrong", metric, adjusted,
                  run_trials(options)->ever_wrong, 0.05);
        }
        TrialOptions peeking{.metric = kMetrics[metric], .runs = runs / 5};
        print("Welch, A/A: ever claimed in 100 looks", metric, false,
              run_trials(peeking)->ever_claimed, 0.05);
        TrialOptions planned{.metric = kMetrics[metric], .lift = 0.2, .looks = 1, .runs = runs / 5};
        const auto people = people_needed(plan_of(planned));
        planned.people = people->control + people->treatment;
        print("power as planned, lift 20 %", metric, false, run_trials(planned)->last_claimed, 0.8);
    }
    std::printf("%-44s %-16s %6.2f %%  (claimed 5 %%)\n", "sample-ratio check, honest splits", "",
                100 * run_sample_ratio_trials({.runs = runs}, 0.05));
}

}  // namespace
}  // namespace attune::learn

// trials_bench [RUNS]: 10,000 runs unless told.
int main(int argc, char** argv) {
    attune::learn::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000);
}
